"""Waits of every form, stages and repeats."""

from datetime import UTC, datetime, timedelta

from tests.replay.plays.stage import Stage, play

FORMS = {
    "span": "{for: 30d, spread: 1h}",
    "clock": '{until: "09:00", days: [mon, tue]}',
    "moment": "{until: event.starts_at, offset: -1h, if_past: continue}",
    "days": "{business_days: 2}",
    "learned": "{for: {gap: {of: Order Completed}}, default: 30d, times: 0.8}",
    "silence": "{silence: {event: Begun}, for: 1d}",
}


@play()
async def skipping_waits(stage: Stage) -> None:
    """Every form, with its time set, and an operator who has none."""
    steps = "".join(f"  - {{id: {name}, wait: {form}}}\n" for name, form in FORMS.items())
    starts_at = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    await stage.open("skipping-waits", steps, starts_at=starts_at)
    for name in FORMS:
        await stage.order(await stage.waiting("skipping-waits", name), "skip-wait")


@play(fast=True)
async def passing_waits(stage: Stage) -> None:
    steps = "".join(f"  - {{id: {name}, wait: {form.replace('30d', '6h')}}}\n" for name, form in FORMS.items())
    steps += '  - {id: window, wait: {window: ["00:00", "23:59"]}}\n'
    steps += '  - {id: at, send: {template: bye, channel: email, at: "09:00"}}\n'
    await stage.open("passing-waits", steps, starts_at=datetime.now(UTC).isoformat())


@play()
async def refreshed(stage: Stage) -> None:
    top = "entry: {event: Begun, on_repeat: refresh}\n"
    steps = f"  - {{id: before, wait: {FORMS['moment']}}}\n"
    now = datetime.now(UTC)
    await stage.open("refreshed", steps, top, starts_at=(now + timedelta(days=3)).isoformat())
    run = await stage.waiting("refreshed", "before")
    later = now + timedelta(days=9)
    await stage.world.track("ada", "Begun", starts_at=later.isoformat())

    async def is_moved() -> bool:
        (found,) = await stage.world.runs("refreshed")
        until = found["waiting_until"]
        return until is not None and datetime.fromisoformat(until) > now + timedelta(days=6)

    await stage.world.until(is_moved, "later wait")
    await stage.order(run, "skip-wait")


@play(fast=True)
async def repeating(stage: Stage) -> None:
    steps = """
  - id: rounds
    repeat: {every: 6h, times: 3, until: {plan: free}, steps: [{id: visit, increment: {visits: 1}}]}
  - {id: twice, repeat: {every: 6h, times: 2, steps: [{id: hello, send: email/hello}]}}
"""
    await stage.open("repeating", steps)


@play(fast=True)
async def staged(stage: Stage) -> None:
    steps = """
  - id: used-up
    stage: {until: {event: Bought}, steps: [{id: short, wait: 6h}]}
    else: [{id: not-bought, add_tags: not-bought}]
  - id: left
    stage: {until: {event: Bought, as: sale}, steps: [{id: hello, send: email/hello}, {id: long, wait: 90d}]}
    then: [{id: bought, set: {last_total: {ref: run.sale.total}}}]
"""
    await stage.open("staged", steps)
    await stage.waiting("staged", "long")
    await stage.world.track("ada", "Bought", total=49)
