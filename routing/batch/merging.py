"""Merging two customers: their rows, their attributes, and the runs that now collide (semantics 25)."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domain.account import Account
from domain.events import AcceptedEvent, EventName, JsonObject, caused
from domain.profile import fitted
from domain.program import Program
from routing.batch.directory import Merge
from routing.batch.profile import filled
from routing.match.plan import UNDER_WAY, Plan
from store.customer import merging
from store.customer.customers import Person
from store.database import Transaction
from store.journey.catalog import Catalog
from store.run import listening
from store.run.rows import RunRow


async def merge(
    tx: Transaction, catalog: Catalog, plan: Plan, account: Account, survivor: Person, loser: Person
) -> tuple[str, ...]:
    """Makes the survivor of both. Of runs that collide, those that lose end as `stopped:merge`. Gives the attributes of the
    loser for which the profile has no room: they stay in the loser's row."""
    runs = await listening.living(tx, [survivor.id, loser.id])
    survivor.score = await merging.merge(tx, survivor.id, loser.id)
    both = filled(survivor.attributes, loser.attributes)
    survivor.attributes, refused = fitted(survivor.attributes, both, account)
    survivor.position = max(survivor.position, loser.position)
    survivor.is_changed = True
    losing = await _losing(tx, catalog, runs, loser.id)
    for run in runs:
        run.customer = survivor.id
    for run in losing:
        plan.leave(run, "stopped:merge", by="merge", merged=str(loser.id))
    await listening.save(tx, losing)
    return refused


def merged_event(event: AcceptedEvent, merge: Merge) -> AcceptedEvent:
    """What the timeline says about it, right before the event that caused it."""
    said: JsonObject = {"survivor": str(merge.survivor), "merged": str(merge.loser)}
    message_id = f"{event.message_id}/merged/{merge.loser}"
    return caused(event, EventName.CUSTOMERS_MERGED, merge.survivor, message_id, said)


async def _losing(tx: Transaction, catalog: Catalog, runs: Sequence[RunRow], loser: UUID) -> list[RunRow]:
    """Collisions are between the two people's runs under way in one journey under one key, each person's as a whole."""
    groups: defaultdict[tuple[str, bool, str], tuple[list[RunRow], list[RunRow]]] = defaultdict(lambda: ([], []))
    for run in runs:
        if run.status in UNDER_WAY:
            groups[run.journey, run.shadow, run.key][run.customer == loser].append(run)
    stopped: list[RunRow] = []
    for (journey, _, _), sides in groups.items():
        if not all(sides):
            continue
        version = max(run.version for side in sides for run in side)
        stopped += _side_that_loses(await catalog.program(tx, journey, version), *sides)
    return stopped


def _side_that_loses(program: Program, one: list[RunRow], other: list[RunRow]) -> list[RunRow]:
    older, newer = sorted((one, other), key=lambda side: min((run.entered_at, run.id) for run in side))
    match program.on_merge:
        case "keep_oldest":
            return newer
        case "keep_newest":
            return older
    return []
