"""A database that goes away or does not fit ends a back-test in a line, and what was done is kept."""

import gc
from pathlib import Path

import pytest

from cli.backtest import running
from tests.backtest.archive import Archive
from tests.backtest.test_command import JOURNEY, WINDOW, archive, small_portions
from tests.cli.conftest import Sojourn

__all__ = ["archive", "small_portions"]

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
async def test_a_database_that_goes_away_in_the_middle_ends_it_in_a_line_and_it_goes_on_later(
    archive: Archive, sojourn: Sojourn, folder: Path, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await sojourn("backtest", "greet", *WINDOW, "--json")
    take = running._Running._take

    async def torn(self: running._Running) -> None:
        await take(self)
        if self.progress.done == 8:
            await archive.run_sql(END)

    with monkeypatch.context() as patched:
        patched.setattr(running._Running, "_take", torn)
        broken = await sojourn("backtest", "greet", *WINDOW, "--json")
    gc.collect()  # cursors of a connection that is no more cannot be closed
    assert broken.code == 3
    assert broken.error.startswith("the database cannot be used: ")
    rest = await sojourn("backtest", "greet", "--json", "--resume", folder / "greet.backtest.json")
    assert rest.json == whole.json


@pytest.mark.parametrize("tried", ["greet", "greet@draft"])
@pytest.mark.parametrize("older", ["ALTER TABLE journey DROP COLUMN draft", "DROP TABLE template_version CASCADE"])
async def test_an_older_schema_is_refused_in_a_line(archive: Archive, sojourn: Sojourn, tried: str, older: str) -> None:
    await archive.run_sql("UPDATE journey SET draft = :text", text=JOURNEY)
    await archive.run_sql(older)
    done = await sojourn("backtest", tried, *WINDOW)
    assert done.code == 4
    assert "does not exist. Run `sojourn migrate`." in done.error
    assert "\n" not in done.error


async def test_no_database_is_told_in_a_line(sojourn: Sojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://sojourn:hidden@127.0.0.1:1/away")
    done = await sojourn("backtest", "greet")
    assert (done.code, "127.0.0.1" in done.error, "hidden" in done.error) == (3, True, False)
