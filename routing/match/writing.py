"""Writes what follows from a batch. Beside the plan, so that whoever only plans needs no database."""

from routing.match.plan import Plan
from store.database import Transaction
from store.event import inbox
from store.run import commands, decisions, entries, listening


async def write(tx: Transaction, plan: Plan) -> None:
    """Five statements at most, whatever their size."""
    new = {run.id for run in plan.new}
    await entries.insert_runs(tx, plan.new)
    await listening.save(tx, [run for run in plan.changed.values() if run.id not in new])
    await decisions.append(tx, plan.now, plan.decisions)
    await commands.add(tx, plan.commands)
    await inbox.accept(tx, plan.events)
