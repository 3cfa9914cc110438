"""What was recorded, read for a back-test: in one snapshot (`snapshot.py`), the people in question (`people.py`), and everything
about some of them (`lives.py`)."""
