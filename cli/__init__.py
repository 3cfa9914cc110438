"""The `sojourn` command. Each module beside `main` adds its commands by a function `add_commands(app)`."""
