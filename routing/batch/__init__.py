"""Takes a batch of accepted events, works out whose they are, and applies them."""
