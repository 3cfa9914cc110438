"""Committed events become profile changes, entries, starts and signals. The only writer of Temporal commands.

`gathering.py` takes a batch from the inbox · `directory.py` says whose events they are · `applying.py` writes people and
events · `matching.py`, `waking.py`, `entering.py` decide what follows · `router.py` drives it · `delivery.py` hands the
commands to Temporal.
"""
