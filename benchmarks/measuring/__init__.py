"""How the benchmarks measure: CPU by process tree, latencies, histories, and results that can be compared."""
