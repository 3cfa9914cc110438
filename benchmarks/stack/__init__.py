"""What the benchmarks run on: a stack of their own, load over HTTP, mail sinks, and the raw programs that are the
floors.
"""
