"""Made-up customers in a draft: `model.py` what a model file says · `values.py` what is drawn · `reading.py` the file ·
`living.py` one customer from beginning to end."""
