"""A version of Sojourn that is older than this one, taken from the history of the repository."""

import io
import subprocess
import tarfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

CODE = ("activities", "channels", "content", "domain", "routing", "runtime", "store", "workflows", "worker.py")
ONE_CHANGE = 60
"""Seconds: commits that follow each other faster are parts of one change, and only the last of them works by itself."""

LOOKED_AT = "100"


@dataclass(frozen=True)
class Older:
    """`commit` is shortened; the code of a worker lies in `folder`."""

    commit: str
    folder: Path


def unpack_older(root: Path, folder: Path) -> Older | None:
    """Puts the newest version whose worker is another one than today's into `folder`: the last release, where releases are
    tagged `v…`, else the last change. None where there is no history to take it from."""
    commit = next((commit for commit in (*_releases(root), *_changes(root)) if _differs(root, commit)), None)
    if commit is None:
        return None
    packed = _git(root, "archive", commit)
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return Older(commit[:8], folder)


def _releases(root: Path) -> list[str]:
    return _git(root, "tag", "--merged", "HEAD", "--sort", "-creatordate", "--list", "v*").decode().split()


def _changes(root: Path) -> list[str]:
    """Newest first."""
    lines = _git(root, "log", "--first-parent", "--max-count", LOOKED_AT, "--format=%H %ct").decode().splitlines()
    commits = [(commit, int(at)) for commit, at in (line.split() for line in lines)]
    wholes = [earlier for later, earlier in pairwise(commits) if later[1] - earlier[1] >= ONE_CHANGE]
    return [commit for commit, _ in (*commits[:1], *wholes)]


def _differs(root: Path, commit: str) -> bool:
    command = ("git", "--no-optional-locks", "-C", str(root), "diff", "--quiet", commit, "--", *CODE)
    return subprocess.run(command, check=False, capture_output=True).returncode == 1


def _git(root: Path, *arguments: str) -> bytes:
    """What git prints; nothing where there is no git or no history."""
    try:
        return subprocess.run(("git", "-C", str(root), *arguments), check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""
