"""For those who hold an admin key: publish, look, operate. One file a noun; each validates, calls, and answers."""
