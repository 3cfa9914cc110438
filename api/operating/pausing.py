"""Pausing and resuming a journey or a channel; what a resume would do is shown before."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from api.admin.journeys import JourneyName
from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.durations import Duration
from domain.errors import NotFound
from domain.frozen import Frozen
from domain.holds import WEBHOOKS, Due, HoldKind, HoldProgress, HoldRecord, ResumePlan
from domain.records import Page
from routing import holding
from runtime.providers import channels_with_provider
from runtime.resources import Resources
from store.journey import journeys
from store.operation import holds

router = APIRouter(prefix="/v1", tags=["bulk"], dependencies=[Depends(sound_json)])

ChannelName = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", description="The channel.", examples=["email"])]


class Pause(Frozen):
    """Why, for the audit."""

    reason: str = Field("", max_length=500, examples=["The shop is down."])


class Resume(Pause):
    """What becomes of what fell due: sent now, left out, or spread `over` a span, each run at its own moment."""

    due: Due = "catch_up"
    over: Duration | None = Field(None, description="With `due: spread`, how long it takes.")


class ChannelRecord(Frozen):
    """A channel. `has_provider`: messages can go out by it. `hold`: the pause that stands."""

    channel: str
    has_provider: bool
    hold: HoldRecord | None = None


@router.get("/holds")
async def list_holds(opened: Open, _: AdminKey) -> Page[HoldRecord]:
    """Every pause of a journey or a channel that stands."""
    async with opened.db.transaction() as tx:
        return Page(items=tuple(await holds.standing(tx)))


@router.get("/holds/{hold}")
async def show_hold(hold: UUID, opened: Open, _: AdminKey) -> HoldProgress:
    """A pause, also one that was lifted, and how many runs rest because of it: after a resume, those that are yet to be told."""
    async with opened.db.transaction() as tx:
        found = await holds.find(tx, hold)
        if found is None:
            raise NotFound(f"There is no pause {hold}.", code="unknown_hold")
        return HoldProgress(hold=found, resting=await holds.resting(tx, hold))


@router.post("/journeys/{journey}/pause")
async def pause_journey(journey: JourneyName, opened: Open, key: AdminKey, said: Pause | None = None) -> HoldRecord:
    """No run of the journey begins an effect any more. Entries go on and walk up to their first effect; events are heard; exits
    and goals end runs."""
    await _journey(opened, journey)
    return await holding.pause(opened.db, "journey", journey, by=key.prefix, reason=(said or Pause()).reason)


@router.get("/journeys/{journey}/resume-plan")
async def plan_journey(journey: JourneyName, opened: Open, _: AdminKey) -> ResumePlan:
    """What fell due while the journey is paused, by step. Nothing changes."""
    await _journey(opened, journey)
    async with opened.db.transaction() as tx:
        return await holding.plan(tx, opened.catalog, "journey", journey)


@router.post("/journeys/{journey}/resume")
async def resume_journey(journey: JourneyName, opened: Open, key: AdminKey, said: Resume | None = None) -> ResumePlan:
    """Lifts the pause of the journey and gives the plan that is now carried out."""
    await _journey(opened, journey)
    return await _resume(opened, "journey", journey, said or Resume(), key.prefix)


@router.get("/channels")
async def list_channels(opened: Open, _: AdminKey) -> Page[ChannelRecord]:
    """The channels of this installation, and which of them are paused."""
    async with opened.db.transaction() as tx:
        standing = {hold.name: hold for hold in await holds.standing(tx, "channel")}
    provided = channels_with_provider(opened.settings)
    names = sorted(provided | {WEBHOOKS} | set(standing))
    return Page(
        items=tuple(
            ChannelRecord(channel=name, has_provider=name in provided or name == WEBHOOKS, hold=standing.get(name))
            for name in names
        )
    )


@router.post("/channels/{channel}/pause")
async def pause_channel(channel: ChannelName, opened: Open, key: AdminKey, said: Pause | None = None) -> HoldRecord:
    """Nothing is handed over on the channel any more; sends that would take it wait, and none moves on to another channel."""
    known = {*channels_with_provider(opened.settings), WEBHOOKS}
    if channel not in known:
        raise NotFound(f"There is no channel {channel}; there are {', '.join(sorted(known))}.", code="unknown_channel")
    return await holding.pause(opened.db, "channel", channel, by=key.prefix, reason=(said or Pause()).reason)


@router.get("/channels/{channel}/resume-plan")
async def plan_channel(channel: ChannelName, opened: Open, _: AdminKey) -> ResumePlan:
    """What fell due on the channel while it is paused, by journey and step. Nothing changes."""
    async with opened.db.transaction() as tx:
        return await holding.plan(tx, opened.catalog, "channel", channel)


@router.post("/channels/{channel}/resume")
async def resume_channel(channel: ChannelName, opened: Open, key: AdminKey, said: Resume | None = None) -> ResumePlan:
    """Lifts the pause of the channel and gives the plan that is now carried out."""
    return await _resume(opened, "channel", channel, said or Resume(), key.prefix)


async def _resume(opened: Resources, kind: HoldKind, name: str, order: Resume, by: str) -> ResumePlan:
    return await holding.resume(
        opened.db, opened.catalog, kind, name, due=order.due, over=order.over, by=by, reason=order.reason
    )


async def _journey(opened: Resources, journey: str) -> None:
    async with opened.db.transaction() as tx:
        if await journeys.find(tx, journey) is None:
            raise NotFound(
                f"There is no journey {journey}. `GET /v1/journeys` lists those that exist.", code="unknown_journey"
            )
