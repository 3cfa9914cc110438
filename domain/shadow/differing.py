"""Two runs of one person, by two versions: where they part. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from domain.shadow.sides import Difference, Differing, HeldBack, Pair, Sent, Side

TOLERANCE = timedelta(minutes=5)
"""Two versions never act in the very same second: what is closer counts as the same moment."""

SHORTEST = timedelta(seconds=5)
"""However fast a development run lives, queues do not."""


def differing(pair: Pair, now: datetime, *, time_scale: float = 1.0) -> Differing | None:
    """What the two did otherwise; None when they did the same so far. What one has done just now the other may still do."""
    tolerance = max(TOLERANCE / time_scale, SHORTEST)
    found = tuple(_differences(pair.live, pair.shadow, now, tolerance))
    if not found:
        return None
    return Differing(
        customer=pair.customer,
        key=pair.key,
        entered_at=pair.entered_at,
        live_run=pair.live.run,
        shadow_run=pair.shadow.run,
        held_out=pair.live.held_out,
        differences=found,
    )


def _differences(live: Side, shadow: Side, now: datetime, tolerance: timedelta) -> Iterator[Difference]:
    if live.run is None or shadow.run is None:
        yield Difference(kind="entered", live=_entry(live), shadow=_entry(shadow))
        return
    yield from _sends(live, shadow, now, tolerance)
    yield from _held_back(live, shadow)
    yield from _ends(live, shadow, now, tolerance)


def _entry(side: Side) -> str:
    if side.run is not None:
        return "entered"
    return f"did not enter: {side.missed}" if side.missed else "did not enter"


def _sends(live: Side, shadow: Side, now: datetime, tolerance: timedelta) -> Iterator[Difference]:
    one = {(sent.step, sent.visit): sent for sent in live.sent}
    other = {(sent.step, sent.visit): sent for sent in shadow.sent}
    for place in _in_order(live.sent, shadow.sent):
        ours, theirs = one.get(place), other.get(place)
        if ours is None or theirs is None:
            known = ours or theirs
            lacking = live if ours is None else shadow
            is_coming = lacking.status != "ended" and known is not None and now - known.at < tolerance
            if not is_coming:
                yield Difference(
                    kind="sent", step=place[0], live=_sending(ours, place, live), shadow=_sending(theirs, place, shadow)
                )
        elif (ours.channel, ours.template) != (theirs.channel, theirs.template):
            yield Difference(kind="sent", step=place[0], live=_what(ours), shadow=_what(theirs))
        elif abs(ours.at - theirs.at) > tolerance:
            yield Difference(kind="moment", step=place[0], live=_time(ours.at), shadow=_time(theirs.at))


def _in_order(live: Sequence[Sent], shadow: Sequence[Sent]) -> list[tuple[str, int]]:
    every = sorted((*live, *shadow), key=lambda sent: (sent.at, sent.step))
    return list(dict.fromkeys((sent.step, sent.visit) for sent in every))


def _sending(sent: Sent | None, place: tuple[str, int], side: Side) -> str:
    if sent is not None:
        return f"{_what(sent)} at {_time(sent.at)}"
    held = next((held for held in side.held_back if (held.step, held.visit) == place), None)
    if held is not None:
        return f"held back: {held.why}"
    return (
        "nothing" if side.status == "ended" else f"nothing so far (at {side.step})" if side.step else "nothing so far"
    )


def _what(sent: Sent) -> str:
    return f"{sent.channel}/{sent.template}"


def _held_back(live: Side, shadow: Side) -> Iterator[Difference]:
    """Where both held a message back, but not for the same reason. That only one did shows in what was sent."""
    theirs = {(held.step, held.visit): held for held in shadow.held_back}
    for held in live.held_back:
        other: HeldBack | None = theirs.get((held.step, held.visit))
        if other is not None and other.why != held.why:
            yield Difference(kind="held_back", step=held.step, live=held.why, shadow=other.why)


def _ends(live: Side, shadow: Side, now: datetime, tolerance: timedelta) -> Iterator[Difference]:
    if live.ended == shadow.ended:
        return
    ended_at = live.ended_at or shadow.ended_at
    if live.ended is not None and shadow.ended is not None:
        yield Difference(kind="ended", live=live.ended, shadow=shadow.ended)
    elif ended_at is not None and now - ended_at > tolerance:
        yield Difference(kind="ended", live=_standing(live), shadow=_standing(shadow))


def _standing(side: Side) -> str:
    return side.ended or (f"{side.status} at {side.step}" if side.step else str(side.status))


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
