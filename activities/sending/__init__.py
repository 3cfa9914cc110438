"""A message goes out: `claim.py` (the moment that counts), `compose.py` (the words), `send.py` (hand over and record)."""
