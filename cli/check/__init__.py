"""`sojourn journeys check`: what is wrong with journeys, and what is worth a second look."""
