"""What a draft would have done with what was recorded: `profile.py` people as they were · `replaying.py` one of them through the
draft · `comparing.py` against what really happened. Effects are written down, never done.
"""
