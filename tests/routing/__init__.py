"""Routing, on a real database and, for delivery, a real Temporal server."""
