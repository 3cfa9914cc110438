"""What a document means: the program that comes of it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.compiler import Compiled
from domain.program import (
    Branch,
    Listen,
    Notify,
    Operation,
    Program,
    Repeat,
    Score,
    Send,
    SetAttributes,
    Silence,
    Split,
    Stage,
    UntilMoment,
    Wait,
    WaitFor,
    Webhook,
)
from domain.rules.rule import Compare, Operator, Ref, Test
from tests.domain.compiler.writing import JOURNEYS, compiled, plan


def step(result: Compiled, name: str) -> Operation:
    return result.program.steps[name]


def test_the_abandoned_cart_waits_for_silence_per_cart() -> None:
    program = compiled((JOURNEYS / "abandoned-cart.yaml").read_text()).program
    entry = program.entries[0]
    assert (entry.per, entry.again, entry.on_repeat) == ("cart_id", "never", "refresh")
    assert program.goal is not None
    assert (program.goal.triggers[0].same, program.goal.value) == ("cart_id", "total")
    assert list(program.steps) == ["wait-silence-1h", "send-cart-reminder", "wait-1d", "send-cart-coupon"]
    wait = program.steps["wait-silence-1h"]
    assert isinstance(wait, Wait)
    listen = Listen(id="wait-silence-1h/0", events=("Cart Updated",), same="cart_id")
    assert wait.until == Silence(listen=listen, span=timedelta(hours=1))


def test_the_webinar_leaves_reminders_out_that_come_too_late() -> None:
    result = compiled((JOURNEYS / "webinar.yaml").read_text())
    wait = step(result, "wait-1d-before-starts-at")
    assert isinstance(wait, Wait)
    assert wait.until == UntilMoment(moment=Ref(ref="event.starts_at"), offset=timedelta(days=-1), if_past="skip")
    assert (wait.then, wait.next) == ("send-tomorrow", "wait-1h-before-starts-at")
    attended = step(result, "wait-for-attended")
    assert isinstance(attended, WaitFor)
    assert (attended.since, attended.listens[0].same) == ("entry", "webinar_id")
    assert (attended.listens[0].goto, attended.otherwise) == ("send-thanks", "send-missed-you")


def test_channels_without_a_provider_are_passed_over_with_a_warning() -> None:
    result = compiled((JOURNEYS / "webinar.yaml").read_text())
    soon = step(result, "send-soon")
    assert isinstance(soon, Send)
    assert soon.channels == ("email",)
    assert [(warning.path, warning.code) for warning in result.warnings] == [
        ("steps[2].then[0].send.channel", "no_provider")
    ]


def test_steps_stand_in_reading_order_and_lead_on_behind_the_enclosing_step() -> None:
    program = compiled((JOURNEYS / "whitepaper-nurture.yaml").read_text()).program
    assert list(program.steps) == [
        "send-whitepaper-thanks",
        "wait-for-page-viewed",
        "send-case-study",
        "score",
        "send-three-tips",
        "branch",
        "notify",
        "send-newsletter-invite",
    ]
    following = {name: getattr(one, "next", "-") for name, one in program.steps.items()}
    assert following["score"] == following["send-three-tips"] == "branch"
    assert following["notify"] is following["send-newsletter-invite"] is None


def test_late_marketing_is_skipped_and_late_transactional_mail_parks() -> None:
    result = plan("- send: email/a\n- send: {template: b, channel: email, purpose: transactional}")
    first, second = result.program.steps.values()
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert (first.if_late, second.if_late) == ("skip", "park")
    assert first.deadline == timedelta(hours=24)


def test_sends_take_topic_and_utm_from_the_journey_unless_they_say_otherwise() -> None:
    head = "utm: {source: mail, campaign: spring}"
    result = plan("- send: email/a\n- send: {template: b, channel: email, topic: shop, utm: {campaign: cart}}", head)
    first, second = result.program.steps.values()
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert (first.topic, first.utm) == ("news", {"source": "mail", "campaign": "spring"})
    assert (second.topic, second.utm) == ("shop", {"source": "mail", "campaign": "cart"})


def test_marketing_without_any_topic_is_worth_a_warning() -> None:
    result = compiled("{journey: x, entry: {event: A}, steps: [{send: email/a}]}")
    assert [warning.code for warning in result.warnings] == ["no_topic"]


def test_a_stage_ends_at_its_end_and_its_then_and_else_go_on_behind_it() -> None:
    result = plan(
        "- stage: {until: {event: Order Completed, as: order}, steps: [{wait: 3d}]}\n"
        "  then: [{score: +1}]\n  else: [{score: -1}]\n- send: email/a"
    )
    stage, wait, end = (step(result, name) for name in ("stage", "wait-3d", "stage/end"))
    assert isinstance(stage, Stage)
    assert (stage.body, stage.then, stage.until.gather_as) == ("wait-3d", "score", "order")
    assert isinstance(wait, Wait)
    assert (wait.scopes, wait.next) == (("stage",), "stage/end")
    assert end == end.model_copy(update={"scopes": ("stage",), "stage": "stage", "otherwise": "score-2"})
    assert [getattr(step(result, name), "next", None) for name in ("score", "score-2")] == ["send-a", "send-a"]


def test_a_stage_may_end_by_a_rule() -> None:
    for until in ("{plan: pro}", "{rule: {plan: pro}}"):
        stage = step(plan(f"- stage: {{until: {until}, steps: [{{wait: 3d}}]}}"), "stage")
        assert isinstance(stage, Stage)
        tests = (Test(operator=Operator.EQ, value="pro"),)
        assert stage.until == Listen(id="stage/0", kind="rule", rule=Compare(path="plan", tests=tests))


def test_a_repeat_leads_from_its_last_step_to_its_end_of_round() -> None:
    result = plan("- repeat: {every: 7d, times: 4, steps: [{send: email/a}]}\n- send: email/b")
    repeat, end = step(result, "repeat"), step(result, "repeat/end")
    assert isinstance(repeat, Repeat)
    assert (repeat.body, repeat.next) == ("send-a", "send-b")
    assert end == end.model_copy(update={"scopes": ("repeat",), "repeat": "repeat"})


def test_a_branch_by_value_also_matches_numbers_and_truth_values() -> None:
    branch = step(
        plan('- branch: {by: level, cases: {"1": [{score: 1}], "true": [{score: 2}], DE: []}}'), "branch-by-level"
    )
    assert isinstance(branch, Branch)
    rules = [case.rule for case in branch.cases]
    assert all(isinstance(rule, Compare) for rule in rules)
    values = [rule.tests[0].value for rule in rules if isinstance(rule, Compare)]
    assert values == [["1", 1], ["true", True], "DE"]
    assert [(case.label, case.goto) for case in branch.cases] == [("1", "score"), ("true", "score-2"), ("DE", None)]


@pytest.mark.parametrize("weights", [(30, 70), (0.3, 0.7)])
def test_weights_become_fractions(weights: tuple[float, float]) -> None:
    split = step(plan(f"- split: {{a: {{weight: {weights[0]}}}, b: {{weight: {weights[1]}}}}}"), "split")
    assert isinstance(split, Split)
    assert {arm.name: arm.weight for arm in split.arms} == pytest.approx({"a": 0.3, "b": 0.7})


def test_tags_and_increments_stand_alone_or_beside_set() -> None:
    result = plan("- set: {stage: lead, plan: {ref: event.plan}}\n  add_tags: hot\n- increment: {visits: 1}")
    both, alone = result.program.steps.values()
    assert isinstance(both, SetAttributes)
    assert (both.attributes, both.add_tags) == ({"stage": "lead", "plan": Ref(ref="event.plan")}, ("hot",))
    assert isinstance(alone, SetAttributes)
    assert alone.increment == {"visits": 1.0}


def test_scores_are_added_or_set() -> None:
    result = plan("- score: +20\n- score: {add: -5, reason: Bounced}\n- score: {set: 20}")
    found = [(one.add, one.set_to, one.reason) for one in result.program.steps.values() if isinstance(one, Score)]
    assert found == [(20, None, None), (-5, None, "Bounced"), (None, 20, None)]


def test_a_webhook_has_a_way_for_refusals_only_if_the_author_wrote_one() -> None:
    result = plan(
        "- webhook: https://example.com/a\n- webhook: https://example.com/b\n  else: [{score: -1}]\n- wait: 1d"
    )
    first, second = (one for one in result.program.steps.values() if isinstance(one, Webhook))
    assert (first.has_else, first.otherwise, first.next) == (False, "webhook-2", "webhook-2")
    assert (second.has_else, second.otherwise, second.next) == (True, "score", "wait-1d")


def test_colleagues_are_told_by_mail_or_webhook() -> None:
    result = plan("- notify: {email: a@b.example, text: Hi}\n- notify: {webhook: 'https://example.com', text: Hi}")
    assert [type(one) for one in result.program.steps.values()] == [Notify, Notify]


def test_notes_stay_in_the_document_and_out_of_the_program() -> None:
    result = plan("- note: Sales asked for this.\n- send: email/a\n- note: The end.")
    assert list(result.program.steps) == ["send-a"]
    assert result.program.start == "send-a"
    steps: Any = result.document["steps"]
    assert [one["id"] for one in steps] == ["note", "send-a", "note-2"]


def test_entries_carry_everything_that_stands_beside_the_trigger() -> None:
    head = """inputs: {starts_at: datetime}
entry:
  - {event: [A, B], where: {value: {gte: 50}}, if: {plan: pro}, each: event.items, max_age: 2h, holdout: 5%, intake: 200/h}
  - {manual: true, again: {every: 30d}}"""
    program = plan("- wait: {until: run.starts_at, if_past: exit}", head).program
    first, second = program.entries
    assert (first.trigger.id, first.trigger.events) == ("entry/0", ("A", "B"))
    assert first.trigger.where is not None
    assert first.trigger.rule is not None
    assert (first.each, first.max_age, first.holdout) == ("items", timedelta(hours=2), 0.05)
    assert first.intake is not None
    assert (second.manual, second.again, second.trigger.events) == (True, timedelta(days=30), ())
    assert program.inputs == {"starts_at": "datetime"}


def test_exits_are_named_by_the_author_or_by_their_event() -> None:
    head = "exit: [{event: Account Closed}, {event: [Account Closed, Gone]}, {event: 退会}, {event: X, id: gone}]"
    assert [one.id for one in plan("- wait: 1d", head).program.exits] == [
        "account-closed",
        "account-closed-2",
        "exit",
        "gone",
    ]


def test_goals_may_be_several_events_with_one_window() -> None:
    goal = plan(
        "- wait: 1d", "goal: [{event: Demo Booked, within: 14d, from: first_send}, {event: Bought, value: total}]"
    )
    assert goal.program.goal is not None
    assert [one.id for one in goal.program.goal.triggers] == ["goal/0", "goal/1"]
    assert (goal.program.goal.within, goal.program.goal.counts_from) == (timedelta(days=14), "first_send")
    assert goal.program.goal.value == "total"


@pytest.mark.parametrize("name", ["abandoned-cart", "webinar", "whitepaper-nurture"])
def test_a_program_survives_its_way_through_json(name: str) -> None:
    program = compiled((JOURNEYS / f"{name}.yaml").read_text()).program
    assert Program.model_validate_json(program.model_dump_json()) == program
    assert Program.model_validate(program.model_dump(mode="json")) == program
