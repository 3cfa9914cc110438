"""The journey lab: the same engine, gates and routing as live, on a virtual clock and with effects that are only written down.

`scenario.py` what a test file says · `library.py` the journeys beside it · `world.py` events, clock and runs · `driver.py` one run
· `trial.py` a scenario from beginning to end · `judging.py` what was expected against what happened · `running.py` many.
"""
