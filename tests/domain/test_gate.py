"""The gate's promises: semantics 16 and 17, a row of a table for each."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.durations import Rate
from domain.gate import Cap, Defer, GateFacts, Go, Late, QuietPeriod, Said, Skip, Verdict, ask
from domain.gate.outcomes import line_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NIGHT = QuietPeriod(start="11:00", end="14:00", zone="UTC")
NOT_NOW = QuietPeriod(start="21:00", end="08:00", zone="UTC")
YES = Said(granted=True, at=NOON - timedelta(days=3), source="form")
NO = Said(granted=False, at=NOON - timedelta(days=1), source="STOP")
FULL = Cap(name="all", rate=Rate(count=2, per=timedelta(days=7)), used=2, frees_at=NOON + timedelta(hours=5))
ROOM = Cap(name="all", rate=Rate(count=2, per=timedelta(days=7)), used=1)
NOBODY_KNOWS = Cap(name="sms", rate=Rate(count=1, per=timedelta(days=7)), used=1)


def email(**changes: Any) -> GateFacts:
    return GateFacts(**{"channel": "email", "address": "ada@shop.test", "implied": True, **changes})


def sms(**changes: Any) -> GateFacts:
    return GateFacts(**{"channel": "sms", "address": "+15005550100", "implied": False, **changes})


PERMITS: list[tuple[str, dict[str, object], str]] = [
    ("nothing is in the way", {}, "go"),
    ("no provider is set up", {"provider": False}, "provider"),
    ("no address is known", {"address": None}, "address"),
    ("the address is empty", {"address": ""}, "address"),
    ("the address is suppressed", {"suppressed": "bounced"}, "suppression"),
    ("suppressed, with an explicit yes", {"suppressed": "bounced", "said": YES}, "suppression"),
    ("nothing was said, consent is not implied", {"implied": False}, "consent"),
    ("a yes where consent is not implied", {"implied": False, "said": YES}, "go"),
    ("a no where consent is implied", {"said": NO}, "consent"),
    ("a topic that nobody knows", {"topic": "news"}, "topic"),
    ("a topic that is on by default", {"topic": "news", "topic_implied": True}, "go"),
    ("a topic that has to be asked for", {"topic": "news", "topic_implied": False}, "topic"),
    ("a topic that was asked for", {"topic": "news", "topic_implied": False, "topic_said": YES}, "go"),
    ("a topic that was declined", {"topic": "news", "topic_implied": True, "topic_said": NO}, "topic"),
    ("a topic that was asked for, on a channel that was declined",
     {"topic": "news", "topic_implied": True, "topic_said": YES, "said": NO}, "consent"),
    ("once ever, and it was", {"sent_before": True}, "once"),
    ("a cap with room", {"caps": (ROOM,)}, "go"),
    ("a cap that is used up", {"caps": (ROOM, FULL)}, "caps"),
    ("a cap of which nobody knows when it frees", {"caps": (NOBODY_KNOWS,)}, "caps"),
    ("outside the quiet hours", {"quiet": NOT_NOW}, "go"),
    ("within the quiet hours", {"quiet": NIGHT}, "defer"),
    ("a zone that nobody knows", {"quiet": QuietPeriod(start="21:00", end="08:00", zone="Moon/Sea")}, "quiet_hours"),
    ("quiet hours when time is scaled", {"quiet": NIGHT, "time_scale": 86400}, "go"),
]  # fmt: skip


def outcome(verdict: Verdict) -> str:
    return verdict.reason if isinstance(verdict, Skip) else verdict.kind


@pytest.mark.parametrize(("facts", "expected"), [row[1:] for row in PERMITS], ids=[row[0] for row in PERMITS])
def test_marketing_on_one_channel(facts: dict[str, object], expected: str) -> None:
    assert outcome(ask([email(**facts)], NOON)) == expected


TRANSACTIONAL = {"provider": "provider", "address": "address", "suppression": "suppression", "once": "once"}


@pytest.mark.parametrize(("facts", "expected"), [row[1:] for row in PERMITS], ids=[row[0] for row in PERMITS])
def test_transactional_knows_no_consent_topic_cap_or_quiet_hours_but_suppression(
    facts: dict[str, object], expected: str
) -> None:
    verdict = ask([email(purpose="transactional", **facts)], NOON)
    assert outcome(verdict) == TRANSACTIONAL.get(expected, "go")


@pytest.mark.parametrize("blocked", [row for row in PERMITS if row[2] in ("provider", "address", "suppression", "consent")],
                         ids=lambda row: row[0])  # fmt: skip
def test_a_channel_that_may_not_be_used_gives_way_to_the_next(blocked: tuple[str, dict[str, object], str]) -> None:
    verdict = ask([sms(**{"implied": True} | blocked[1]), email()], NOON)
    assert isinstance(verdict, Go)
    assert (verdict.channel, verdict.address) == ("email", "ada@shop.test")
    assert [asked.outcome for asked in verdict.asked] == ["next_channel", "go"]
    refusal = verdict.asked[0].checks[-1]
    assert (refusal.check, refusal.passed) == (blocked[2], False)


@pytest.mark.parametrize("facts", [{"caps": (FULL,)}, {"quiet": NIGHT}], ids=["cap", "quiet hours"])
def test_caps_and_quiet_hours_do_not_move_on_to_another_channel(facts: dict[str, object]) -> None:
    verdict = ask([sms(said=YES, **facts), email()], NOON)
    assert outcome(verdict) in ("caps", "defer")
    assert [asked.channel for asked in verdict.asked] == ["sms"]


def test_when_no_channel_may_be_used_the_last_one_names_the_reason() -> None:
    verdict = ask([email(address=None), sms()], NOON)
    assert isinstance(verdict, Skip)
    assert verdict.reason == "consent"
    assert [(asked.channel, asked.outcome) for asked in verdict.asked] == [("email", "next_channel"), ("sms", "skip")]


def test_without_a_channel_it_is_no() -> None:
    assert outcome(ask([], NOON)) == "channel"


LATER: list[tuple[str, dict[str, object], str, datetime]] = [
    ("waits for a cap", {"caps": (FULL,)}, "wait", NOON + timedelta(hours=5)),
    ("waits for the last of two caps",
     {"caps": (FULL, FULL._replace(frees_at=NOON + timedelta(hours=9)))}, "wait", NOON + timedelta(hours=9)),
    ("waits for a cap and then for the morning",
     {"caps": (FULL,), "quiet": QuietPeriod(start="16:00", end="20:00", zone="UTC")}, "wait", NOON + timedelta(hours=8)),
    ("a cap that frees after the quiet hours", {"caps": (FULL,), "quiet": NIGHT}, "wait", NOON + timedelta(hours=5)),
    ("quiet hours defer", {"quiet": NIGHT}, "wait", NOON + timedelta(hours=2)),
    ("quiet hours defer, also where blocked sends are skipped", {"quiet": NIGHT}, "skip", NOON + timedelta(hours=2)),
    ("quiet hours are those of the customer's zone",
     {"quiet": QuietPeriod(start="19:00", end="21:30", zone="Asia/Hong_Kong")}, "skip", NOON + timedelta(minutes=90)),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "if_blocked", "until"), [row[1:] for row in LATER], ids=[row[0] for row in LATER])
def test_a_deferral_names_its_moment(facts: dict[str, object], if_blocked: str, until: datetime) -> None:
    verdict = ask([email(**facts)], NOON, if_blocked=if_blocked, deadline_at=until)  # type: ignore[arg-type]
    assert isinstance(verdict, Defer)
    assert (verdict.channel, verdict.until) == ("email", until)
    assert verdict.asked[-1].outcome == "defer"


@pytest.mark.parametrize(("facts", "if_blocked", "until"), [row[1:] for row in LATER], ids=[row[0] for row in LATER])
def test_a_deferral_past_the_deadline_is_late_at_once(
    facts: dict[str, object], if_blocked: str, until: datetime
) -> None:
    before = until - timedelta(seconds=1)
    verdict = ask([email(**facts)], NOON, if_blocked=if_blocked, deadline_at=before)  # type: ignore[arg-type]
    assert isinstance(verdict, Late)
    assert verdict.until == until
    assert (verdict.asked[-1].outcome, verdict.asked[-1].checks[-1].check) == ("late", "deadline")


@pytest.mark.parametrize("purpose", ["marketing", "transactional"])
def test_after_the_deadline_it_is_late(purpose: str) -> None:
    verdict = ask([email(purpose=purpose)], NOON, deadline_at=NOON - timedelta(seconds=1))
    assert isinstance(verdict, Late)
    assert verdict.until is None


def test_at_the_very_deadline_it_still_goes() -> None:
    assert isinstance(ask([email()], NOON, deadline_at=NOON), Go)


def test_what_may_not_go_is_skipped_and_not_late() -> None:
    assert outcome(ask([email(said=NO)], NOON, deadline_at=NOON - timedelta(days=1))) == "consent"


def test_every_check_is_told_in_order() -> None:
    verdict = ask([email(topic="news", topic_implied=True, said=YES, caps=(ROOM,), quiet=NOT_NOW)], NOON)
    checks = verdict.asked[0].checks
    assert [check.check for check in checks] == [
        "provider", "address", "suppression", "consent", "topic", "once", "caps", "quiet_hours",
    ]  # fmt: skip
    assert checks[3].why == "granted on 2026-02-27 12:00 UTC by form"
    assert checks[6].why == "1 of 2 in 7d (all)"


def test_no_check_tells_an_address() -> None:
    for _, facts, _ in PERMITS:
        verdict = ask([email(**facts)], NOON)
        assert "ada@" not in json.dumps(line_of(verdict, "hello", 1).detail)


def test_the_decision_log_has_every_check_as_json() -> None:
    verdict = ask([email(said=NO), sms(implied=True)], NOON)
    line = line_of(verdict, "hello", 2)
    assert (line.kind, line.outcome, line.step, line.visit) == ("gate", "go", "hello", 2)
    first, second = json.loads(json.dumps(line.detail))["asked"]
    assert (first["channel"], first["outcome"]) == ("email", "next_channel")
    assert first["checks"][-1] == {
        "check": "consent",
        "passed": False,
        "why": "withdrawn on 2026-03-01 12:00 UTC by STOP",
    }
    assert (second["channel"], second["outcome"], len(second["checks"])) == ("sms", "go", 8)
