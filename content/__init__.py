"""What is said: templates are compiled when they are published and rendered per recipient."""
