"""What a version in shadow would have done, beside what the live one did: person by person, in sum, and what cannot be known.

`sides.py` what is compared · `differing.py` two runs of one person · `totals.py` the sums · `unknowable.py` the limits.
"""
