"""Retryable effects. `progress` carries out what touches only our database, `send`, `webhook` and `notify` what goes out.

Each drives the engine on through what follows and touches only our database, in the transaction that writes its result
(`carry_on.py`): bookkeeping rides along and costs no activity of its own.
"""
