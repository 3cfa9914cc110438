"""The end of the demo in words: what happened, whether it was right, and what to look at next."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from runtime.demo.population import Customer
from runtime.demo.runs import Run, Runs
from runtime.demo.stage import Stage
from runtime.demo.verdict import Broken, Got, Outcome

_WORTH_TELLING = ("is a visitor who logs in later", "unsubscribes from the first mail", "buys one of two carts")

_EXPLAINED = 5
"""How many broken promises are explained in full."""


def show(
    console: Console,
    stage: Stage,
    customers: Sequence[Customer],
    runs: Runs,
    got: Mapping[str, Sequence[Got]],
    outcome: Outcome,
) -> None:
    """Prints all of it."""
    channels = Counter(one.channel for received in got.values() for one in received)
    stories = len({customer.story.title for customer in customers})
    console.print(
        f"\n{len(customers)} customers with {stories} stories, {len(runs.known)} runs of"
        f" {len({run.journey for run in runs.known.values()})} journeys, {channels['email']} mails, {channels['sms']} texts."
    )
    if outcome.is_good:
        _explain(console, customers, runs)
    _show_broken(console, outcome.broken, runs)
    for line in (*outcome.imbalance, *outcome.faults):
        console.print(f"✗ {line}", style="red", markup=False, soft_wrap=True)
    if not outcome.is_good:
        for line in stage.warnings():
            console.print(line, style="yellow", markup=False, soft_wrap=True)
    if outcome.broken:
        people = len({one.customer.person.user_id for one in outcome.broken})
        kept = f"{people} of {len(customers)} customers did not get what the journeys promise."
    else:
        kept = "Every customer got exactly what the journeys promise."
    console.print(kept, style="bold red" if outcome.broken else "bold green")
    balance = "The books do not balance." if outcome.imbalance else "The books balance."
    console.print(balance, style="bold red" if outcome.imbalance else "bold green")
    if not outcome.is_good:
        console.print("On a machine that is busy or slow, longer days give everybody more time: --day 5.")
    _show_next(console, stage, customers, got)


def _explain(console: Console, customers: Sequence[Customer], runs: Runs) -> None:
    """One run that is worth telling, as `sojourn explain` tells it."""
    for title in _WORTH_TELLING:
        people = {customer.person.user_id for customer in customers if customer.story.title == title}
        run = next((run for run in runs.known.values() if run.person.user_id in people), None)
        if run is not None:
            console.print(f"\nFor example, somebody who {title}:\n")
            why = runs.why(run)
            console.print(Markdown(why) if console.is_terminal else why, markup=False)
            return


def _show_broken(console: Console, broken: Sequence[Broken], runs: Runs) -> None:
    if not broken:
        return
    table = Table("customer", "story", "journey", "difference", "promised", "got", show_lines=True)
    for one in broken:
        table.add_row(
            f"{one.customer.person.name}\n{one.customer.person.user_id}",
            one.customer.story.title,
            one.journey or "(none)",
            "\n".join(one.difference),
            "\n".join(one.promised) or "nothing",
            "\n".join(one.got) or "nothing",
        )
    console.print(table)
    for one in broken[:_EXPLAINED]:
        for run in runs.known.values():
            if run.person == one.customer.person and run.journey == one.journey:
                console.print(f"\n{_head(run)}\n{runs.why(run)}", markup=False, soft_wrap=True)


def _head(run: Run) -> str:
    return f"{run.person.user_id}, run {run.id} of {run.journey}:"


def _show_next(console: Console, stage: Stage, customers: Sequence[Customer], got: Mapping[str, Sequence[Got]]) -> None:
    console.print("\nWhat to look at next")
    if stage.is_own:
        console.print("  This stack has been stopped and is gone. To keep one that lives as fast, and play on it:\n")
        console.print("    SOJOURN_TIME_SCALE=86400 make up", markup=False)
        console.print("    make demo          # in another terminal", markup=False)
        console.print("\n  The journeys that were played stand in journeys/, one page each.")
        return
    somebody = max((one.person for one in customers), key=lambda person: len(got[person.user_id]))
    console.print(f"  {stage.inbox_url}    the mails")
    console.print(f"  {stage.phone_url}    the texts; answer one with STOP")
    console.print(f"  {stage.temporal_ui_url}    the runs, as Temporal's Web UI shows them")
    console.print(f"  sojourn explain {somebody.user_id}    why somebody got what they got")
    console.print("  sojourn audit    the books")
