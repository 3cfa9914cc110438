"""Telling those who are asked to approve of something, by mail. It is no message to a customer: it counts in no cap and no ledger.

If the process dies between the mail and the commit, the same mail goes again under the same Message-ID.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

import structlog

from channels.protocol import Channel, HandedOver, Misconfigured, Outgoing, Refused
from domain.account import Account
from store.database import Database
from store.journey import account as accounts
from store.journey import approvals
from store.journey.approvals import Approval

log = structlog.get_logger(__name__)

GAP = timedelta(minutes=15)
"""How often one of them gets mail at most, however many runs ask: what comes meanwhile stands in the next one."""

MOST = 200
SHOWN = 20

_MAILS = UUID("0a0c2b46-9a57-5c7e-a6a5-0d2b3b7f8f2e")


async def tell_of_questions(
    db: Database, channels: Mapping[str, Channel], approvers: Mapping[str, Sequence[str]], public_url: str
) -> int:
    """Mails everybody who is asked and was not told, each once for all that is open; gives how many mails that were. `approvers`
    are the addresses behind names."""
    channel, tried, mailed = channels.get("email"), list[str](), 0
    while channel is not None:
        async with db.transaction() as tx:
            asked = await approvals.untold(tx, list(approvers), tried, gap=GAP, limit=MOST)
            if not asked:
                break
            name, account = asked[0].to, await accounts.load(tx)
            tried.append(name)
            mails = _mails(name, approvers.get(name) or (name,), asked, account, public_url)
            answers = [await channel.hand_over(mail) for mail in mails]
            mailed += sum(isinstance(answer, HandedOver) for answer in answers)
            if any(isinstance(answer, Refused | Misconfigured) for answer in answers):
                log.warning("approver_not_told", of=str(asked[0].id), questions=len(asked))
            if all(isinstance(answer, HandedOver | Refused) for answer in answers):
                await approvals.told(tx, [one.id for one in asked])
    return mailed


def _mails(
    name: str, addresses: Sequence[str], asked: Sequence[Approval], account: Account, public_url: str
) -> list[Outgoing]:
    newest = asked[-1]
    return [
        Outgoing(
            message_id=str(uuid5(_MAILS, f"{address}/{newest.id}/{newest.asked_at.isoformat()}")),
            to=address,
            sender=account.sender_email,
            subject=f"To approve: {asked[0].title}" if len(asked) == 1 else f"{len(asked)} questions to approve of",
            text=_text(asked, public_url),
        )
        for address in addresses
    ]


def _text(asked: Sequence[Approval], public_url: str) -> str:
    parts = [
        "You are asked whether what journeys are about to send may go out.",
        *(_question(one) for one in asked[:SHOWN]),
    ]
    if len(asked) > SHOWN:
        parts.append(f"And {len(asked) - SHOWN} more.")
    parts.append(f"All of them: sojourn approvals list --status open --url {public_url}")
    return "\n\n".join(parts) + "\n"


def _question(asked: Approval) -> str:
    content = ", ".join(
        f"{channel}/{part.template} version {version}"
        for part in asked.content
        for channel, version in part.versions.items()
    )
    lines = [
        asked.title,
        f"  journey {asked.journey} version {asked.version}, step {asked.step}: {content}",
        *(["  What was approved of has been changed since."] if asked.status == "lapsed" else []),
        *([f"  Until {asked.until:%Y-%m-%d %H:%M} UTC."] if asked.until is not None and asked.status == "open" else []),
        f"  sojourn approvals approve {asked.id} --digest {asked.digest}",
        f"  sojourn approvals reject {asked.id}",
    ]
    return "\n".join(lines)
