"""What many people's passages come to: `course.py` how one run went · `tally.py` the totals · `report.py` what is shown of them."""
