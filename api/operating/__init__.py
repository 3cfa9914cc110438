"""Orders to many runs at once: operations, what is parked, pauses of journeys and channels."""
