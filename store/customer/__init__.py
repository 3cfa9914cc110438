"""Customers: the row, the ids they are known by, what changes them, what merges them, what rules ask about them."""
