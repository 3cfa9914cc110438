"""The HTTP edge: authenticate, validate, call, answer."""
