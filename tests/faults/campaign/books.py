"""The books after the storm: what the database, Temporal, the providers and the model say must agree."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from routing.audit import audit
from tests.faults.campaign.load import Crowd
from tests.faults.campaign.model import fate
from tests.faults.campaign.people import Person
from tests.faults.campaign.rig import Rig
from tests.faults.handovers import carried_runs

PATHS = """
    SELECT c.id, i.value AS person, r.id AS run, r.journey_id, r.key, r.ended_reason, r.state -> 'path' AS path
      FROM run r JOIN customer c ON c.id = r.customer_id JOIN identity i ON i.customer_id = c.id AND i.kind = 'user_id'
"""
MESSAGES = """
    SELECT i.value AS person, m.id, m.template, m.channel, m.state, m.unknown_count, m.subject
      FROM message m JOIN identity i ON i.customer_id = m.customer_id AND i.kind = 'user_id'
"""
TRACED = "SELECT id FROM message WHERE answer ->> 'resolved_by' = 'twilio'"
TAKEN = ("handed_over", "delivered", "undelivered")


@dataclass
class Verdict:
    """`wrong` is empty when the books balance. `doubled`: messages that a provider has more than once, all of them by way of
    a visible unknown, which is the declared at-least-once window. `traced`: SMS of these that Twilio's list settled.
    `both_versions`: runs that an older and a present worker carried in turn."""

    wrong: list[str] = field(default_factory=list)
    events: int = 0
    runs: int = 0
    messages: int = 0
    unknown: int = 0
    doubled: int = 0
    traced: int = 0
    both_versions: int = 0


async def balance(rig: Rig, crowd: Crowd) -> Verdict:
    verdict = Verdict()
    await _events(rig, crowd, verdict)
    await _runs(rig, crowd.people, verdict)
    await _messages(rig, crowd.people, verdict)
    await _handovers(rig, verdict)
    books = await audit(rig.sojourn.db, rig.sojourn.world.client)
    entered = sum(book.entered for book in books.journeys)
    ended = sum(book.ended for book in books.journeys)
    if entered != ended or not books.balance or books.living_in_temporal:
        verdict.wrong.append(f"books: {entered} entered, {ended} ended, {books.living_in_temporal} live in Temporal")
    return verdict


async def rows(rig: Rig, query: str) -> list[dict[str, Any]]:
    async with rig.sojourn.db.transaction() as tx:
        return [dict(row) for row in (await tx.execute(text(query))).mappings()]


async def _events(rig: Rig, crowd: Crowd, verdict: Verdict) -> None:
    """Every accepted event is there once, and nothing that was not sent."""
    query = "SELECT message_id, count(*) AS times FROM event WHERE source = 'shop' GROUP BY 1"
    stored = {row["message_id"]: row["times"] for row in await rows(rig, query)}
    verdict.events = len(stored)
    verdict.wrong += [f"event {name} is lost" for name in sorted(crowd.accepted - stored.keys())]
    verdict.wrong += [f"event {name} is there {times} times" for name, times in stored.items() if times != 1]
    verdict.wrong += [f"event {name} was never answered" for name in sorted(stored.keys() - crowd.accepted)]


async def _runs(rig: Rig, people: list[Person], verdict: Verdict) -> None:
    """Every run has the model's path, and none is missing or too many."""
    walked: dict[str, Counter[tuple[str, str, tuple[str, ...], str]]] = defaultdict(Counter)
    for row in await rows(rig, PATHS):
        verdict.runs += 1
        path = row["path"] if isinstance(row["path"], list) else json.loads(row["path"] or "[]")
        key = row["key"] or ""
        walked[row["person"]][row["journey_id"], key, tuple(path), row["ended_reason"]] += 1
    for person in people:
        expected = fate(person).paths
        if walked[person.id] != expected:
            more, less = walked[person.id] - expected, expected - walked[person.id]
            verdict.wrong.append(f"{person.id}: walked {dict(more)} instead of {dict(less)}")
    query = "SELECT i.value AS person, c.attributes FROM customer c JOIN identity i ON i.customer_id = c.id"
    attributes = {row["person"]: row["attributes"] for row in await rows(rig, query)}
    for person in people:
        for name, value in fate(person).attributes.items():
            found = attributes.get(person.id, {}).get(name, 0)
            if found != value:
                verdict.wrong.append(f"{person.id}: {name} is {found}, not {value}")


async def _messages(rig: Rig, people: list[Person], verdict: Verdict) -> None:
    """The ledger is the model's, and the providers have each message once, or more often after an unknown."""
    ledger: dict[str, Counter[str]] = defaultdict(Counter)
    unknown_ids, known = set(), set()
    for row in await rows(rig, MESSAGES):
        if row["state"] in TAKEN:
            ledger[row["person"]][row["template"]] += 1
            verdict.messages += 1
        elif row["state"] not in ("refused", "released"):
            verdict.wrong.append(f"{row['person']}: {row['template']} is {row['state']} in the ledger")
        known.add(str(row["id"]))
        if row["unknown_count"]:
            unknown_ids.add(str(row["id"]))
    verdict.unknown = len(unknown_ids)
    verdict.traced = len(await rows(rig, TRACED))
    for person in people:
        expected = fate(person).taken
        if ledger[person.id] != expected:
            verdict.wrong.append(f"{person.id}: ledger has {dict(ledger[person.id])}, not {dict(expected)}")
    taken = Counter(_message_of(mail["Message-ID"]) for mail in rig.post.parsed())
    verdict.doubled = sum(times - 1 for times in taken.values())
    verdict.wrong += [
        f"mail {message} was taken {times} times without an unknown"
        for message, times in taken.items()
        if times > 1 and message not in unknown_ids
    ]
    verdict.wrong += [f"mail {message} is not in the ledger" for message in taken.keys() - known]
    texts = Counter(sms.to for sms in rig.exchange.messages if sms.direction == "outbound-api")
    for person in people:
        if texts[person.phone] != fate(person).taken["wrong"]:
            verdict.wrong.append(f"{person.id}: {texts[person.phone]} texts, not {fate(person).taken['wrong']}")


async def _handovers(rig: Rig, verdict: Verdict) -> None:
    """No worker found a run in a state that its code could not have led to, whichever version had carried it before."""
    carried = await carried_runs(rig.sojourn.world.client)
    verdict.wrong += [f"a worker could not carry on {refusal}" for refusal in carried.refused]
    everybody = {pid for pids in carried.by for pid in pids}
    verdict.both_versions = carried.shared(rig.older_workers, everybody - rig.older_workers)


def _message_of(header: str) -> str:
    return header.strip("<>").partition("@")[0]
