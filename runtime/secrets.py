"""Secrets that a development machine makes for itself."""

import os
import secrets
from pathlib import Path


def stored_secret(file: Path, *, prefix: str = "") -> str:
    """The secret in `file`, made on first use: `prefix` and 256 random bits, for its owner only.

    Several processes may ask for it at once; all get the same.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}.{os.getpid()}")
        write_secret(unfinished, prefix + secrets.token_urlsafe(32))
        try:
            os.link(unfinished, file)
        except FileExistsError:
            pass  # another process was faster: its secret counts
        finally:
            unfinished.unlink()
    return file.read_text().strip()


def write_secret(file: Path, text: str) -> None:
    """Writes a file that only its owner may read, from its first moment on."""
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text + "\n")
