"""What an author writes: one model for each mapping of a journey document, short forms included."""
