"""Events: accepted (inbox), read in batches (arrivals), applied (events), read back (history), kept by month (partitions)."""
