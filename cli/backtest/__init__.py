"""`sojourn backtest`: `command.py` what is typed · `choosing.py` which draft is meant · `window.py` over which time ·
`running.py` all people, in several processes (`working.py`), and what is left when it is broken off (`checkpoint.py`)."""

from cli.backtest.command import add_commands

__all__ = ["add_commands"]
