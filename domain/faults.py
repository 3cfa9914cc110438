"""What may be told about an unforeseen error: its kind and place. Its text may hold a customer's data (semantics 26)."""

from pathlib import Path
from traceback import extract_tb

_ROOT = Path(__file__).parents[1]


def fault(error: BaseException) -> dict[str, str]:
    """`{"error": "KeyError", "at": "routing/batch/profile.py:31"}`: where our own code was when it happened."""
    frames = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_ROOT)]
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    if not ours:
        return {"error": type(error).__name__}
    return {
        "error": type(error).__name__,
        "at": f"{Path(ours[-1].filename).relative_to(_ROOT)}:{ours[-1].lineno}",
    }
