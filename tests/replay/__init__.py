"""The guard of the workflow's code: what ran once must run the same way for ever.

`plays/` are real runs of every kind of step and every order. `test_plays.py` plays them, looks for personal data in what
Temporal was told, and with `--record-histories` keeps their histories. `test_replay.py` replays the kept ones.
"""
