"""The report as a page: one file that needs nothing else, readable by everybody, and with nobody's markup in it but ours."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from lab.figures.page import page
from lab.figures.page.spans import spans_of
from lab.figures.report import Apart, Figure, HeldFigures, MessageFigures, Report, StepFigures

EVIL = "<script>alert('x')</script>&\"'"


@pytest.fixture
def report() -> Report:
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    return Report(
        kind="backtest",
        journey="welcome",
        title=EVIL,
        tried=EVIL,
        against=EVIL,
        since=begin,
        until=begin + timedelta(days=2),
        days=("2026-03-02", "2026-03-03"),
        people={"looked_at": 3, "entered": 2, "different": 1, "alike": 1},
        entered_per_day=(1, 1),
        entries=(Figure(name="entered", count=2),),
        misses=(Figure(name=EVIL, count=1, really=1),),
        steps=(StepFigures(step=EVIL, kind="send", entered=2, per_day=(1, 1), waiting=(1, 0), standing=0),),
        messages=(MessageFigures(message=EVIL, step="hello", sent=2, per_day=(1, 1), really=1),),
        held=(HeldFigures(step=EVIL, outcome="skip", check=EVIL, count=1, really=0),),
        per_person=((1, 2),),
        most_in_a_week=((1, 2),),
        ends=(Figure(name=EVIL, count=2, really=2),),
        under_way=0,
        conversions=Figure(name="conversions", count=0, really=0),
        differences=(Apart(kind="sends", what=EVIL, count=1),),
        examples=(
            {
                "customer": EVIL,
                "differences": [
                    {
                        "kind": "sends",
                        "at": "2026-03-02T10:00",
                        "what": EVIL,
                        "step": EVIL,
                        "really": None,
                        "draft": "x",
                    }
                ],
            },
        ),
        unknown=(Figure(name="merged", count=1),),
        notes=(EVIL,),
    )


class Reader(HTMLParser):
    """Every tag is closed, and what stands in it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(report: Report) -> Reader:
    reader = Reader()
    reader.feed(page(report))
    assert reader.open == []
    return reader


def test_nobody_elses_markup_is_in_it(report: Report) -> None:
    tags = {tag for tag, _ in read(report).seen}
    assert "script" not in tags
    assert "&lt;script&gt;" in page(report)


def test_it_needs_nothing_else(report: Report) -> None:
    assert re.findall(r"(?:src|href|url\(|@import|https?:)", page(report)) == []


def test_every_chart_is_named_and_described(report: Report) -> None:
    reader = read(report)
    charts = [attributes for tag, attributes in reader.seen if tag == "svg"]
    assert len(charts) >= 6
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in charts)
    assert sum(tag == "desc" for tag, _ in reader.seen) == len(charts)
    assert sum(tag == "h1" for tag, _ in reader.seen) == 1


def test_a_report_about_nobody_is_a_page_too(report: Report) -> None:
    nobody = report.model_copy(
        update={
            "people": {},
            "entered_per_day": (0, 0),
            "messages": (),
            "held": (),
            "per_person": (),
            "ends": (),
            "steps": (),
            "differences": (),
            "examples": (),
        }
    )
    read(nobody)


def test_figures_of_many_people_can_be_read(report: Report) -> None:
    ends = (Figure(name="finished", count=1_234_567, really=1),)
    assert "1\u202f234\u202f567</text>" in page(report.model_copy(update={"ends": ends}))


def test_a_person_with_many_differences_says_how_many_there_are_beside_those_that_are_shown(report: Report) -> None:
    [one] = report.examples
    told = page(report.model_copy(update={"examples": ({**one, "more": 1_500},)}))
    assert "1\u202f501 differences" in told
    assert "<li>and 1\u202f500 more</li>" in told


@pytest.mark.parametrize(("days", "unit", "bars"), [(100, "day", 100), (101, "week", 15), (3_650, "year", 11)])
def test_a_long_report_has_weeks_or_months_instead_of_days(report: Report, days: int, unit: str, bars: int) -> None:
    begin = report.since
    names = tuple(f"{begin + timedelta(days=number):%Y-%m-%d}" for number in range(days))
    long = report.model_copy(update={"days": names, "entered_per_day": (1,) * days, "messages": (), "steps": ()})
    told = page(long)
    [chart] = re.findall(rf"<figcaption>Runs begun, by {unit}</figcaption>.*?</figure>", told)
    assert chart.count("<rect") == bars


def test_of_what_stands_somewhere_the_last_day_counts() -> None:
    spans = spans_of([str(day) for day in range(103)])
    assert spans.sums([1] * 103) == [7] * 14 + [5]
    assert spans.ends(list(range(103)))[-2:] == [97, 102]
    assert spans.names[:2] == ["0", "7"]
