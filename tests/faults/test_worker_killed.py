"""Workers die in the middle of runs. Nothing is lost, or sent twice but through a visible unknown (semantics 18, 21)."""

import asyncio
from collections import Counter
from functools import partial
from pathlib import Path

from sqlalchemy import text

from runtime.settings import Settings
from tests.doubles.smtp import SmtpScript, smtp_double
from tests.faults.installation import Installation, installed
from tests.fixtures.mailbox import Mailbox

PEOPLE = 40
KILLS = 2
THINKING = 0.15
"""Seconds that the mail server thinks about a mail: there are always some on their way when a worker dies."""

JOURNEY = """
journey: series
entry: {event: Signed Up}
steps:
  - {id: hello, send: email/hello}
  - {id: mark, increment: {visits: 1}}
  - {id: pause, wait: 1d}
  - {id: which, branch: [{if: {visits: 1}, steps: [{id: bye, send: email/bye}]}]}
"""


async def test_everybody_gets_each_mail_once_although_workers_are_killed(
    world_settings: Settings, tmp_path: Path, mailbox: Mailbox
) -> None:
    async with smtp_double(SmtpScript(pause=THINKING)) as post:
        settings = world_settings.model_copy(update={"time_scale": 86_400, "smtp_port": post.port})
        async with installed(settings, tmp_path, mailbox) as sojourn:
            await live_through_kills(sojourn)
            await check(sojourn, post)


async def live_through_kills(sojourn: Installation) -> None:
    world = sojourn.world
    for name in ("hello", "bye"):
        await world.template(name)
    await world.publish(JOURNEY)
    sojourn.start("worker")
    await asyncio.gather(*(begin(sojourn, number) for number in range(PEOPLE)))
    for kill in range(1, KILLS + 1):
        await world.until(partial(has_sent, sojourn, kill * PEOPLE // 2), "more mails")
        sojourn.kill("worker")
        sojourn.start("worker")
    await world.until(lambda: ended(sojourn), "end of all runs")


async def begin(sojourn: Installation, number: int) -> None:
    world = sojourn.world
    await world.identify(f"p{number}", email=world.address(f"p{number}"))
    await world.track(f"p{number}", "Signed Up")


async def has_sent(sojourn: Installation, count: int) -> bool:
    return await number(sojourn, "SELECT count(*) FROM message WHERE state <> 'released'") >= count


async def ended(sojourn: Installation) -> bool:
    return await number(sojourn, "SELECT count(*) FROM run WHERE status = 'ended'") == PEOPLE


async def number(sojourn: Installation, query: str) -> int:
    async with sojourn.db.transaction() as tx:
        return int((await tx.execute(text(query))).scalar_one())


async def check(sojourn: Installation, post: SmtpScript) -> None:
    assert await number(sojourn, "SELECT count(*) FROM run WHERE ended_reason = 'finished'") == PEOPLE
    assert await number(sojourn, "SELECT count(*) FROM message WHERE state IN ('claimed', 'unknown')") == 0
    assert await number(sojourn, "SELECT count(*) FROM customer WHERE (attributes ->> 'visits')::numeric <> 1") == 0
    async with sojourn.db.transaction() as tx:
        rows = (await tx.execute(text("SELECT id, step, address, state, unknown_count FROM message"))).all()
    taken = [row for row in rows if row.state == "handed_over"]
    assert Counter(row.step for row in taken) == {"hello": PEOPLE, "bye": PEOPLE}
    assert any(row.unknown_count for row in rows), "no worker died with a mail on its way"
    mails = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in post.parsed())
    for row in taken:
        assert 1 <= mails.pop(str(row.id)) <= 1 + row.unknown_count
    assert mails == {}, "mails that no ledger row stands for"
