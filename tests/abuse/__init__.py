"""What somebody who means harm would try, and what happens then. docs/security.md says what is promised."""
