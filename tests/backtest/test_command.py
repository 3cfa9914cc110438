"""`sojourn backtest` on the command line: windows, narrowing, files, breaking off and going on, and clear refusals."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cli.backtest import running
from tests.backtest.archive import START, Archive
from tests.cli.conftest import Sojourn

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JOURNEY = """journey: greet
entry: {event: Go}
topic: news
steps:
  - {id: hello, send: email/hello}
  - {id: two-days, wait: 2d}
  - {id: bye, send: email/bye}
"""
WINDOW = ("--since", f"{START:%Y-%m-%d}", "--until", f"{START + 30 * DAY:%Y-%m-%d}", "--jobs", "2")


@pytest.fixture
async def archive(archive: Archive) -> Archive:
    """Thirty people who enter, one an hour; every third lives in Austria."""
    await archive.templates()
    await archive.journey(JOURNEY)
    for number in range(30):
        country = "AT" if number % 3 == 0 else "DE"
        who = await archive.customer(f"p{number}", email=f"p{number}@example.com", country=country)
        archive.event(who, "Go", number * HOUR)
    await archive.save()
    return archive


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PORTION", 4)


async def test_it_tells_what_a_draft_would_have_done(archive: Archive, sojourn: Sojourn, folder: Path) -> None:
    (folder / "greet.yaml").write_text(JOURNEY.replace("2d", "1d"))
    done = await sojourn("backtest", "greet.yaml", *WINDOW, "--json", "--html", "r.html", "--people", "people.jsonl")
    assert done.code == 0, done.error
    assert done.json["people"]["looked_at"] == done.json["entered"] == 30
    assert {one["message"]: (one["sent"], one["really"]) for one in done.json["messages"]} == {
        "email/hello": (30, 0),
        "email/bye": (30, 0),
    }
    assert {one["kind"]: one["count"] for one in done.json["differences"] if one["what"] == "entry"} == {"enters": 30}
    stories = [json.loads(line) for line in (folder / "people.jsonl").read_text().splitlines()]
    assert [story["customer"] for story in stories] == sorted(story["customer"] for story in stories)
    assert all(len(story["draft"][0]["sent"]) == 2 for story in stories)
    assert "greet as in greet.yaml" in (folder / "r.html").read_text()


async def test_a_stored_draft_is_tried(archive: Archive, sojourn: Sojourn) -> None:
    await archive.run_sql("UPDATE journey SET draft = :text", text=JOURNEY.replace("2d", "40d"))
    done = await sojourn("backtest", "greet@DRAFT", *WINDOW, "--json")
    assert done.code == 0, done.error
    assert done.json["tried"] == "greet, its draft"
    assert {one["message"]: one["sent"] for one in done.json["messages"]} == {"email/hello": 30, "email/bye": 0}


async def test_it_tells_people_in_tables(archive: Archive, sojourn: Sojourn) -> None:
    done = await sojourn("backtest", "greet", *WINDOW)
    assert done.code == 0, done.error
    for words in (
        "people looked at: 30",
        "email/bye",
        "would enter, and did not",
        "What this cannot know",
        "Nobody can",
    ):
        assert words in done.output


@pytest.mark.parametrize("narrowing", ["--where", "--segment"])
async def test_it_can_be_narrowed_to_customers(
    archive: Archive, sojourn: Sojourn, folder: Path, narrowing: str
) -> None:
    (folder / "rule.yaml").write_text("country: AT\n")
    value = "country: AT" if narrowing == "--where" else "rule.yaml"
    done = await sojourn("backtest", "greet", *WINDOW, "--json", narrowing, value)
    assert done.json["people"]["looked_at"] == 10


async def test_what_was_broken_off_goes_on_and_ends_with_the_same_report(
    archive: Archive, sojourn: Sojourn, folder: Path, small_portions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await sojourn("backtest", "greet", *WINDOW, "--json", "--people", "whole.jsonl")
    take = running._Running._take

    async def interrupted(self: running._Running) -> None:
        await take(self)
        self.progress.interrupted = self.progress.done >= 8

    with monkeypatch.context() as patched:
        patched.setattr(running._Running, "_take", interrupted)
        broken = await sojourn("backtest", "greet", *WINDOW, "--json", "--people", "parts.jsonl")
    assert broken.code == 130
    assert broken.output == ""
    assert "8 of 30 people are done" in broken.error
    checkpoint = folder / "greet.backtest.json"
    assert checkpoint.exists()

    other = await sojourn("backtest", "greet", "--since", "2026-03-03", "--resume", checkpoint)
    assert (other.code, "a window that begins at another time" in other.error) == (2, True)
    (folder / "greet.yaml").write_text(JOURNEY.replace("2d", "1d"))
    other = await sojourn("backtest", "greet.yaml", *WINDOW, "--resume", checkpoint)
    assert (other.code, "the journey has been changed" in other.error) == (2, True)

    rest = await sojourn("backtest", "greet", "--json", "--people", "parts.jsonl", "--resume", checkpoint)
    assert rest.json == whole.json
    assert (folder / "parts.jsonl").read_text() == (folder / "whole.jsonl").read_text()


async def test_a_checkpoint_that_is_none_is_refused(archive: Archive, sojourn: Sojourn, folder: Path) -> None:
    (folder / "x.json").write_text("[1]")
    done = await sojourn("backtest", "greet", "--resume", "x.json")
    assert (done.code, done.error) == (2, "x.json is no checkpoint of a back-test.")


async def test_a_window_over_a_purged_period_is_refused(archive: Archive, sojourn: Sojourn) -> None:
    done = await sojourn("backtest", "greet", "--since", "2025-01-01", "--until", "2025-02-01")
    assert done.code == 2
    assert "events are recorded from 2026-03-02 10:00 UTC on" in done.error
    assert "past their retention" in done.error


async def test_a_window_that_begins_before_what_is_recorded_says_so(archive: Archive, sojourn: Sojourn) -> None:
    done = await sojourn("backtest", "greet", "--since", "2025-01-01", "--until", "2026-03-20", "--json")
    assert done.json["since"].startswith("2026-03-02T10:00")
    assert done.json["notes"][0].startswith("Events are recorded from 2026-03-02 10:00 UTC on: the window begins there")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nobody",), "there is no journey nobody"),
        (("greet@draft",), "greet has no draft"),
        (("greet@9",), "greet has no version 9"),
        (("greet@nine",), "names no version"),
        (("nowhere.yaml",), "there is no file nowhere.yaml"),
        (("greet", "--since", "soon"), "'soon' is no moment"),
        (("greet", "--since", "1d", "--until", "2d"), "the window is empty"),
        (("greet", "--since", "2026-03-02", "--where", "{did: {evnt: Go}}"), "--where: "),
        (("greet", "--since", "2026-03-02", "--where", "[1]"), "--where: "),
        (("greet", "--since", "2026-03-02", "--tolerance", "x"), "--tolerance: 'x' is not a duration"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
async def test_what_cannot_be_is_refused_in_words(
    archive: Archive, sojourn: Sojourn, words: tuple[str, ...], told: str
) -> None:
    done = await sojourn("backtest", *words)
    assert done.code != 0
    assert told in done.error


async def test_without_any_event_there_is_nothing_to_try(sojourn: Sojourn, archive: Archive) -> None:
    await archive.run_sql("DELETE FROM event")
    done = await sojourn("backtest", "greet")
    assert (done.code, "no event is recorded" in done.error) == (2, True)
