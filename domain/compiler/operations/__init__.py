"""One function for each kind of step: from what the author wrote to what the engine runs."""
