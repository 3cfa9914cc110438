"""The worst week of one run: right for known journeys, and never exceeded by any life of any other."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.account import Account
from domain.check.volume.capped import bounded_week
from domain.check.volume.weekly import WEEK, worst_week
from domain.durations import parse_rate
from domain.engine.commands import Command, Resolve, Stop
from domain.engine.inputs import Input, Resolved
from domain.engine.lanes import listens_in, views
from domain.moments import resolve
from domain.program import BusinessDays, Program, Send, UntilClock, Wait
from domain.rules.facts import Facts
from tests.domain.compiler.writing import plan
from tests.domain.engine.documents import programs
from tests.domain.engine.walk import Walk

A, B = "- send: email/a", "- send: email/b"

PLANS = [
    ("nothing is sent", "- wait: 1d", 0),
    ("all at once", f"{A}\n{B}\n{A}", 3),
    ("exactly a week apart is not the same week", f"{A}\n- wait: 7d\n{B}", 1),
    ("a little less is", f"{A}\n- wait: 167h\n{B}", 2),
    ("a drip every three days", "\n".join([A, "- wait: 3d"] * 5), 3),
    ("a wait for an event can be over at once", f"{A}\n- wait_for: {{event: X, within: 9d}}\n{B}", 2),
    (
        "and takes its time when it is not",
        f"{A}\n- wait_for: {{event: X, within: 9d}}\n  then: [{{exit: x}}]\n  else: [{{send: email/b}}]",
        1,
    ),
    ("the way with the most counts", "- branch: [{if: {a: 1}, steps: [{send: email/a}, {send: email/b}]}]\n" + A, 3),
    ("silence lasts", f"{A}\n- wait: {{silence: {{event: X}}, for: 8d}}\n{B}", 1),
    (
        "a learned wait lasts at least its min",
        f"{A}\n- wait: {{for: {{ref: customer.x}}, default: 9d, min: 8d}}\n{B}",
        1,
    ),
    ("and may be over at once without one", f"{A}\n- wait: {{for: {{ref: customer.x}}, default: 9d}}\n{B}", 2),
    ("an instant may have passed", f"{A}\n- wait: {{until: event.at}}\n{B}", 2),
    ("business days are days", f"{A}\n- wait: {{business_days: 7}}\n{B}", 1),
    ("the same time of day comes once a day", "\n".join(['- wait: {until: "09:00"}', A] * 12), 8),
    ("one day of the week comes once a week", "\n".join(['- wait: {until: "09:00", days: [mon]}', A] * 5), 2),
    (
        "a stage can be left at any time",
        f"- stage: {{until: {{event: X}}, steps: [{A[2:]}, {{wait: 9d}}, {B[2:]}]}}",
        1,
    ),
    ("to its then", "- stage: {until: {event: X}, steps: [{send: email/a}, {wait: 9d}]}\n  then: [{send: email/b}]", 2),
    ("a month's round sends once a week", "- repeat: {every: 30d, times: 9, steps: [{send: email/a}]}", 1),
    ("a late message and the next round share a week", "- repeat: {every: 7d, times: 9, steps: [{send: email/a}]}", 2),
    ("a daily round", "- repeat: {every: 1d, times: 90, steps: [{send: email/a}]}", 8),
    ("after all rounds", "- send: email/a\n- repeat: {every: 10m, times: 3, steps: [{score: 1}]}\n- send: email/b", 2),
    ("no more rounds than there are", "- repeat: {every: 1d, times: 3, steps: [{send: email/a}]}\n" + B, 4),
    (
        "the end of one round and the begin of the next",
        "- repeat: {every: 14d, times: 9, steps: [{send: email/a}, {wait: 13d}, {send: email/b}]}",
        2,
    ),
    (
        "inner rounds may last until the next outer one",
        "- repeat:\n    every: 30d\n    times: 9\n    steps:\n      - send: email/a\n"
        "      - repeat: {every: 14d, times: 3, steps: [{score: 1}]}\n      - send: email/b",
        2,
    ),
    (
        "once ever is once",
        "- repeat: {every: 1d, times: 9, steps: [{send: {template: a, channel: email, once: ever}}]}",
        1,
    ),
    ("without end", "- repeat: {every: 10m, times: 9000, steps: [{send: email/a}]}", 100),
    ("transactional does not count", f"- send: {{template: a, channel: email, purpose: transactional}}\n{B}", 1),
    (
        "all lanes of a parallel count",
        "- parallel: {branches: {x: [{send: email/a}, {wait: 3d}, {send: email/b}], y: [{send: email/b}]}}\n" + A,
        4,
    ),
    (
        "a parallel takes as long as its longest lane",
        "- parallel: {branches: {x: [{send: email/a}, {wait: 9d}], y: [{send: email/b}]}}\n" + A,
        3,
    ),
    (
        "before a parallel that lasts, after it",
        A + "\n- parallel: {branches: {x: [{score: 1}, {wait: 9d}], y: [{score: 1}]}}\n" + B,
        1,
    ),
]


def most(steps: str, account: Account | None = None, head: str = "") -> int:
    return bounded_week(plan(steps, head).program, account or Account()).most


@pytest.mark.parametrize(("steps", "expected"), [one[1:] for one in PLANS], ids=[one[0] for one in PLANS])
def test_the_worst_week_of_a_journey(steps: str, expected: int) -> None:
    assert most(steps) == expected


def test_the_way_with_the_most_is_told() -> None:
    worst = worst_week(plan(f"{A}\n- wait: 3d\n- wait_for: {{event: X, within: 1d}}\n{B}").program, lambda step: True)
    assert (worst.messages, worst.span, worst.is_certain) == (("send-a", "send-b"), timedelta(days=3), True)


CAPS = [
    ("the account's cap", {"all": "3/7d"}, "", 3),
    ("a cap by day allows it every day", {"all": "1/d"}, "", 7),
    ("the journey's goes before", {"all": "3/7d"}, "caps: {all: 5/7d}", 5),
    ("a wide one changes nothing", {"all": "50/d"}, "", 9),
    ("a channel's, where all go by it", {"email": "2/7d"}, "", 2),
    ("a longer span", {"all": "4/30d"}, "", 4),
]


@pytest.mark.parametrize(("caps", "head", "expected"), [one[1:] for one in CAPS], ids=[one[0] for one in CAPS])
def test_caps_bound_it(caps: dict[str, str], head: str, expected: int) -> None:
    account = Account.model_validate({"caps": {name: parse_rate(rate) for name, rate in caps.items()}})
    assert most("\n".join([A] * 9), account, head) == expected


def test_a_cap_on_one_channel_leaves_what_may_go_by_another() -> None:
    account = Account.model_validate({"caps": {"email": "2/7d"}})
    assert most("\n".join([A, A, A, "- send: sms/a", "- send: {template: a, channel: [email, sms]}"]), account) == 4


@dataclass
class Life(Walk):
    """A walk that notes when it sends. Calendar waits end when the calendar says; deferrals and everything else may vary."""

    times: list[datetime] = field(default_factory=list)

    def give(self, given: Input) -> None:
        sent = len(self.sent)
        super().give(given)
        self.times += [self.now] * (len(self.sent) - sent)

    def answer(self, command: Command) -> Input:
        before = len(self.sent)
        answered = self._calendar(command) or super().answer(command)
        self.times += [self.now] * (len(self.sent) - before)
        return answered

    def _calendar(self, command: Command) -> Input | None:
        step = self.program.steps[command.step] if isinstance(command, Resolve) else None
        if not isinstance(step, Send | Wait) or (isinstance(step, Wait) and not isinstance(step.until, _CALENDAR)):
            return None
        until = resolve(step, Facts(now=self.now), ZoneInfo("UTC")).until
        return Resolved(moment=self.moment, until=until, is_past=False)


_CALENDAR = (UntilClock, BusinessDays)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs, st.data())
def test_no_life_has_a_worse_week(program: Program, data: st.DataObject) -> None:
    worst = worst_week(program, lambda step: True)
    life = Life(program, choose=lambda count: data.draw(st.integers(0, count - 1)))
    life.go()
    for _ in range(40):
        if isinstance(life.command, Stop):
            break
        hears = sorted({name for view in views(life.state) for name in listens_in(program, view)})
        heard: str | None = data.draw(st.sampled_from([None, None, *hears]))
        if heard is not None:
            life.happen(heard)
        else:
            life.sleep()
        life.go()
    assert all(time.tzinfo is UTC for time in life.times)
    fullest = max((sum(begin <= time < begin + WEEK for time in life.times) for begin in life.times), default=0)
    assert fullest <= worst.count
