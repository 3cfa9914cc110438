"""Operations over many runs: `launching.py` begins one, `operating.py` works it off, `actions.py` says what each does to a run."""
