"""The rules of Sojourn: pure code, no clock, no IO. Imports pydantic and the standard library only."""
