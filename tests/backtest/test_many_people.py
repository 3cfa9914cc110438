"""What stands in a report of many people: examples of every kind, whatever the parts, and what an intake would have meant."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.backtest.assessing import OF_A_KIND, Result
from lab.figures.calendar import Days
from lab.figures.intake import crowding
from tests.backtest.archive import START, Archive
from tests.backtest.test_people_as_they_were import tried
from tests.domain.compiler.writing import compiled

HOUR = timedelta(hours=1)


def one(number: int, *kinds: str) -> dict[str, Any]:
    return {"customer": str(number), "differences": [{"kind": kind, "what": "x"} for kind in kinds]}


def test_what_is_rare_stands_beside_what_is_common() -> None:
    result = Result()
    for number in range(1_000):
        result.keep(one(number, "sends") if number % 300 else one(number, "sends", "ends"))
    shown = [sorted(difference["kind"] for difference in kept["differences"]) for kept in result.examples]
    assert shown.count(["ends", "sends"]) == 4
    assert len(shown) == OF_A_KIND + 3


@given(st.lists(st.sets(st.sampled_from("abcdefghijklmnop"), min_size=1), max_size=400), st.data())
def test_the_examples_are_the_same_in_any_parts(people: list[set[str]], data: st.DataObject) -> None:
    examples = [one(number, *sorted(kinds)) for number, kinds in enumerate(people)]
    whole, added = Result(), Result()
    for example in examples:
        whole.keep(example)
    while examples:
        size = data.draw(st.integers(1, len(examples)))
        part = Result()
        for example in examples[:size]:
            part.keep(example)
        added.add(Result(examples=part.examples))
        examples = examples[size:]
    assert added.examples == whole.examples


INTAKE = """
journey: greet
entry: {event: Go, intake: RATE}
steps:
  - {id: hello, send: email/hello}
"""


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        ("3/d", "On 2 of 4 days more enter than are let in on one (3.0), most on 2026-03-04 (9)"),
        ("1/h", "On no day do more enter than are let in on one (24): only rushes within a day"),
    ],
)
def test_the_report_says_where_an_intake_would_have_been_too_narrow(rate: str, told: str) -> None:
    program = compiled(INTAKE.replace("RATE", rate).replace("email/hello", "email/welcome")).program
    [line] = crowding(program, (3, 4, 9, 0), Days(START, START.tzinfo or UTC))
    assert line.startswith(f"The journey lets in {rate.replace('/', '/1')}, but people are looked at one by one")
    assert told in line


async def test_runs_that_would_have_queued_beside_others_are_counted(archive: Archive) -> None:
    for number in range(3):
        who = await archive.customer(f"p{number}", email=f"p{number}@example.com")
        archive.event(who, "Go", number * HOUR)
    result, _ = await tried(archive, INTAKE.replace("RATE", "1/d"))
    assert result.draft.unknown["not_queued",] == 3
    assert result.draft.sends.total() == 3
