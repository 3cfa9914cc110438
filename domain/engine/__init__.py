"""The sans-IO engine: a program, a state and one input give a new state, a command and what was decided.

`state.py` what a run remembers · `inputs.py` what it is told · `commands.py` what it asks for · `advance.py` the step from one
to the next, with `entering.py`, `waiting.py`, `outcomes.py` and `ordering.py` for its kinds. Four drivers use it: the workflow,
the tests, the simulator, the back-test. None of them decides anything.
"""
