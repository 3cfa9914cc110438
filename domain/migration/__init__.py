"""Moving people to another version: what stands ahead of a run (`ahead.py`), whether a map can be meant (`mapping.py`), and what
a move would change for each of them (`forecast.py`). The move itself is the engine's: `domain.engine.migrating`."""
