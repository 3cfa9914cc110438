"""The books at the end of the demo: everybody who entered has ended, and both sides and the ledger say the same."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from routing.audit import Books, audit
from runtime.demo.runs import Run, Runs
from runtime.demo.stage import Stage
from runtime.demo.verdict import Got
from runtime.settings import Settings
from runtime.temporal import connect
from store.database import Database
from store.metrics import depths

CATCH_UP = 10.0
"""Seconds that Temporal's list may need to show what has ended."""

SENT = ("handed_over", "delivered", "bounced", "complained")


async def is_all_routed(stage: Stage) -> bool:
    """Whether every accepted event has been applied, and every command has reached Temporal."""
    db = Database(stage.database_url, pool_size=1)
    try:
        async with db.transaction() as tx:
            waiting = await depths(tx)
        return waiting.inbox == 0 and waiting.commands == 0
    finally:
        await db.close()


async def compare(stage: Stage) -> Books:
    """What `sojourn audit` says, once Temporal's list of workflows has caught up with an own stack."""
    settings = Settings(
        database_url=stage.database_url,
        temporal_address=stage.temporal_address,
        secret_key=SecretStr("unused: nothing is signed here"),
    )
    db = Database(stage.database_url, pool_size=1)
    deadline = time.monotonic() + CATCH_UP
    try:
        client = await connect(settings)
        while True:
            found = await audit(db, client)
            has_caught_up = found.living_in_temporal == found.living_in_database
            if has_caught_up or not stage.is_own or time.monotonic() > deadline:
                return found
            await asyncio.sleep(0.2)
    finally:
        await db.close()


def differences(books: Books, stage: Stage, runs: Runs, got: Mapping[str, Sequence[Got]]) -> list[str]:
    """What does not add up, one line each; empty if the books balance."""
    lines = [f"{one.workflow_id} lives only in the database" for one in books.only_in_database]
    lines += [f"{one.workflow_id} lives only in Temporal" for one in books.only_in_temporal]
    lines += [_unfinished(run) for run in runs.living]
    if stage.is_own:
        entered, known = sum(book.entered for book in books.journeys), len(runs.known)
        if entered != known:
            lines.append(f"{entered} runs have entered, and the API lists {known}")
        if books.living_in_temporal:
            lines.append(f"{books.living_in_temporal} workflows live on in Temporal after every run has ended")
    return lines + _ledger(runs, got)


def _unfinished(run: Run) -> str:
    return f"{run.person.name} has not come to the end of {run.journey}: {run.status} at {run.place or 'its start'}"


def _ledger(runs: Runs, got: Mapping[str, Sequence[Got]]) -> list[str]:
    """The send ledger against what has arrived, per customer and channel."""
    sent: Counter[tuple[str, str]] = Counter()
    lines = []
    for run in runs.known.values():
        for message in runs.messages(run):
            if message["state"] in SENT:
                sent[run.person.user_id, message["channel"]] += 1
            elif message["state"] != "refused":
                lines.append(f"{run.person.name}: {message['template']} is {message['state']} in the ledger")
    came = Counter((user, one.channel) for user, received in got.items() for one in received)
    for user, channel in sorted(sent.keys() | came.keys()):
        if sent[user, channel] != came[user, channel]:
            counts = f"{sent[user, channel]} in the ledger, {came[user, channel]} have come"
            lines.append(f"{user}, messages by {channel}: {counts}")
    return lines
