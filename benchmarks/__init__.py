"""Programs that measure what the documents claim: `make bench`. Each starts a stack of its own on free ports and stops it."""
