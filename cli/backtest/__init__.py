"""`sojourn backtest`: `command.py` what is typed · `choosing.py` which draft is meant · `window.py` over which time ·
`running.py` all people, in several processes (`working.py`) · `keeping.py` what is kept meanwhile, for going on
(`checkpoint.py`)."""

from cli.backtest.command import add_commands

__all__ = ["add_commands"]
