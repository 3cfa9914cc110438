"""Orders to many runs at once, what is parked, and what is paused."""
