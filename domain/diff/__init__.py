"""What is different between two versions of a journey, in words: `difference.py` compares, `phrases.py` and `rules.py` speak."""

from domain.diff.difference import Change, Kind, difference

__all__ = ["Change", "Kind", "difference"]
