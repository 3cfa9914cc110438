"""A recorded past, written by COPY in the order of time: people look, order and pay, and for half of them a journey ran."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

from domain.ids import message_id

JOURNEY = "tried"
REAL = f"""
journey: {JOURNEY}
entry: {{event: Ordered}}
steps:
  - {{id: hello, send: email/hello}}
  - id: pays
    wait_for: {{event: Paid, within: 1d}}
    then: [{{id: thanks, send: email/thanks}}]
"""
DRAFT = REAL.replace("1d", "3d")
"""What is tried: it waits longer, and so it thanks those who pay late."""

NAMES = ("Viewed", "Ordered", "Viewed", "Paid", "Viewed")
"""What happens to each person, six hours apart. Every fourth pays a day and a half after the order."""
APART, LATE, SPAN = timedelta(hours=6), timedelta(hours=36), timedelta(days=44)
_PEOPLE = UUID("8d0a2f6e-7f5c-5f0d-9d0b-5f6f0a3c1e11")
_CHECKS = ("provider", "address", "suppression", "consent", "topic", "quiet_hours", "caps")
_GATE = {"asked": [{"channel": "email", "checks": [{"check": one, "passed": True} for one in _CHECKS]}]}

Row = Mapping[str, object]


def fill(database: psycopg.Connection[Any], people: int, begin: datetime) -> None:
    """Makes that many people with five events each, from `begin` on; the journey has been published."""
    past = _Past(people, begin)
    _copy(database, "customer", past.customers())
    _copy(database, "event", past.events())
    _copy(database, "run", past.runs())
    _copy(database, "decision", past.decisions())
    _copy(database, "message", past.messages())
    database.execute("VACUUM ANALYZE")


class _Past:
    def __init__(self, people: int, begin: datetime) -> None:
        self.people = people
        self.begin = begin
        self.step = SPAN / people

    def customers(self) -> Iterator[Row]:
        for number in range(self.people):
            attributes = {"email": f"{number}@example.com", "first_name": f"P{number}", "country": "DE"}
            yield {"id": _customer(number), "attributes": json.dumps(attributes), "position": 5}

    def events(self) -> Iterator[Row]:
        """Each stream is in the order of time, and so is what they are merged to."""
        late = range(0, self.people, 4)
        early = (number for number in range(self.people) if number % 4)
        streams = [(place, range(self.people)) for place in range(len(NAMES)) if NAMES[place] != "Paid"]
        rows = [self._stream(place, numbers) for place, numbers in [*streams, (3, late), (3, early)]]
        for number, row in enumerate(merge(*rows, key=lambda row: row["received_at"])):
            yield {**row, "message_id": str(number)}

    def _stream(self, place: int, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
        for number in numbers:
            at = self._at(number, place)
            yield {
                "id": self._event(number, place),
                "received_at": at,
                "position": self._position(number, place),
                "customer_id": _customer(number),
                "name": NAMES[place],
                "type": "track",
                "timestamp": at,
                "properties": '{"total": 12, "path": "/shop/1"}',
                "source": "shop",
            }

    def runs(self) -> Iterator[Row]:
        for number in self._with_runs():
            entered, ended = self._at(number, 1), self._at(number, 3)
            entry = {"event_id": str(self._event(number, 1)), "position": 2, "accepted_at": entered.isoformat()}
            yield {
                "id": self._run(number),
                "journey_id": JOURNEY,
                "version": 1,
                "customer_id": _customer(number),
                "key": "",
                "status": "ended",
                "ended_reason": "finished",
                "ghost": False,
                "number": 3,
                "heard": 4,
                "last_command": 2,
                "entry": json.dumps(entry),
                "time_scale": 1.0,
                "depth": 1,
                "entered_at": entered,
                "started_at": entered,
                "ended_at": min(ended, entered + timedelta(days=1)),
            }

    def decisions(self) -> Iterator[Row]:
        for number in self._with_runs():
            told: list[tuple[str, str, str | None, object]] = [("entry", "entered", None, {})]
            for mail in _sent(number):
                told += [("gate", "go", mail, _GATE), ("send", "sent", mail, {"channel": "email"})]
            told.append(("end", "finished", None, {}))
            for place, (kind, outcome, step, detail) in enumerate(told):
                yield {
                    "id": uuid5(_PEOPLE, f"{number}/{place}"),
                    "at": self._at(number, 1) + timedelta(seconds=place),
                    "customer_id": _customer(number),
                    "journey_id": JOURNEY,
                    "version": 1,
                    "run_id": self._run(number),
                    "step": step,
                    "visit": 1 if step else None,
                    "kind": kind,
                    "outcome": outcome,
                    "detail": json.dumps(detail),
                }

    def messages(self) -> Iterator[Row]:
        for number in self._with_runs():
            for step in _sent(number):
                at = self._at(number, 1 if step == "hello" else 3)
                yield {
                    "id": message_id(self._run(number), step, 1, 1),
                    "customer_id": _customer(number),
                    "journey_id": JOURNEY,
                    "version": 1,
                    "run_id": self._run(number),
                    "step": step,
                    "visit": 1,
                    "attempt": 1,
                    "channel": "email",
                    "purpose": "marketing",
                    "template": step,
                    "template_version": 1,
                    "locale": "",
                    "state": "handed_over",
                    "address": f"{number}@example.com",
                    "content_hash": "",
                    "claimed_at": at,
                    "lease_until": at,
                    "handed_over_at": at,
                    **dict.fromkeys(("opens", "clicks", "machine_opens", "machine_clicks", "unknown_count"), 0),
                }

    def _with_runs(self) -> Iterable[int]:
        """The second half: the journey went live in the middle."""
        return range(self.people // 2, self.people)

    def _at(self, number: int, place: int) -> datetime:
        later = LATE - 2 * APART if NAMES[place] == "Paid" and number % 4 == 0 else timedelta(0)
        return self.begin + number * self.step + place * APART + later

    def _position(self, number: int, place: int) -> int:
        """In the order of time: who pays late has looked again before."""
        return sorted(range(len(NAMES)), key=lambda one: self._at(number, one)).index(place) + 1

    def _event(self, number: int, place: int) -> UUID:
        """Sorts by time, as those that routing makes."""
        milliseconds = int(self._at(number, place).timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number << 4 | place)

    def _run(self, number: int) -> UUID:
        """Not the id that it would really have: runs are told to be the same by their event, too."""
        return uuid5(_PEOPLE, f"run/{number}")


def _customer(number: int) -> UUID:
    return uuid5(_PEOPLE, str(number))


def _sent(number: int) -> list[str]:
    return ["hello"] if number % 4 == 0 else ["hello", "thanks"]


def _copy(database: psycopg.Connection[Any], table: str, rows: Iterator[Row]) -> None:
    first = next(rows)
    names = sql.SQL(", ").join(map(sql.Identifier, first))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with database.cursor().copy(statement) as copy:
        for row in chain([first], rows):
            copy.write_row(tuple(row.values()))
