"""Programs that measure what the documents claim: `make bench`. Each starts a stack of its own, and stops it."""
