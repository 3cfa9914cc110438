"""The one-command stack: every server as a child process, and the supervisor that starts, watches and stops them."""
