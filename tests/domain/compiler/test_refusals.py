"""What the compiler refuses: all of it at once, each with place, words and remedy."""

from contextlib import suppress

import pytest

from domain.compiler import Known, compile_journey
from domain.compiler.later import LATER
from domain.errors import InvalidDocument
from tests.domain.compiler.writing import KNOWN, plan, refused, refused_plan, whole


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = """
journey: Bad Name
titel: x
entry: {event: A, agin: never}
topic: nwes
steps:
  - send: email/welcom
  - wait: 0d
  - wait_for: {event: B, where: {a: {gte: 1, lke: 2}}, within: 3 days}
    then: [{send: email/nothing}]
    else: [{sned: email/a}]
  - branch: [{if: {}, steps: [{wait_for: {reaction: clicked, to: nobody, within: 1d}}]}]
  - score: {add: 1, set: 2}
"""
    found = {problem.path: problem.remedy for problem in refused(text)}
    assert found == {
        "journey": "Write small letters, digits and single hyphens, as in cart-reminder.",
        "titel": "Did you mean `title`?",
        "entry.agin": "Did you mean `again`?",
        "topic": "Did you mean `news`?",
        "steps[0].send.template": "Did you mean `welcome`?",
        "steps[1].wait": "Write a span such as 30m or 3d.",
        "steps[2].wait_for.where.a.lke": "Did you mean `lte`?",
        "steps[2].wait_for.within": "",
        "steps[2].then[0].send.template": "Publish a template email/nothing first.",
        "steps[2].else[0]": "Did you mean `send`?",
        "steps[3].branch[0].if": "Write a condition, or leave the rule out.",
        "steps[3].branch[0].steps[0].wait_for.to": "There is `send-welcom`, `send-nothing`.",
        "steps[4].score": "Write either `add` or `set`.",
    }


STEPS = {
    "steps that are no mapping": ("- later", [("steps[0]", "invalid")]),
    "two steps in one": ("- wait: 1d\n  send: email/a", [("steps[0]", "invalid")]),
    "steps after an exit": ("- exit: bye\n- wait: 1d\n- wait: 2d", [("steps[1]", "unreachable")]),
    "steps after a branch all of whose ways end": (
        "- branch: [{if: {a: 1}, steps: [{exit: x}]}, {else: [{exit: y}]}]\n- wait: 1d",
        [("steps[1]", "unreachable")],
    ),
    "the else of a stage whose steps all end": (
        "- stage: {until: {event: B}, steps: [{exit: x}]}\n  else: [{wait: 1d}]\n- wait: 2d",
        [("steps[0].else[0]", "unreachable")],
    ),
    "an else that no time-out leads to": ("- wait_for: {event: B}\n  else: []", [("steps[0]", "invalid")]),
    "a wait that may never end": ("- wait_for: {event: B}", [("steps[0].wait_for", "endless_wait")]),
    "a race that may never end": (
        "- wait_for: {first: [{event: B}, {event: C}]}",
        [("steps[0].wait_for", "endless_wait")],
    ),
    "a reaction without a time-out": (
        "- send: email/a\n- wait_for: {reaction: opened, to: send-a}",
        [("steps[1].wait_for.within", "missing")],
    ),
    "a `then` beside a race": (
        "- wait_for: {first: [{event: B}, {event: C}], within: 1d}\n  then: [{wait: 1d}]",
        [("steps[0]", "invalid")],
    ),
    "reactions to steps that do not send": (
        "- wait: 1d\n- wait_for: {reaction: opened, to: wait-1d, within: 1d}",
        [("steps[1].wait_for.to", "unknown_step")],
    ),
    "reactions to what is sent only later": (
        "- wait_for: {reaction: opened, to: send-a, within: 1d}\n- send: email/a",
        [("steps[0].wait_for.to", "unknown_step")],
    ),
    "reactions to what is sent on another way": (
        "- branch: [{if: {a: 1}, steps: [{send: email/a}]}, {else: [{wait_for: {reaction: opened, to: send-a, within: 1d}}]}]",
        [("steps[0].branch[1].else[0].wait_for.to", "unknown_step")],
    ),
    "rules about reactions to unknown steps": (
        "- branch: [{if: {reacted: {to: send-b}}, steps: []}]\n- send: email/a",
        [("steps[0].branch[0].if", "unknown_step")],
    ),
    "an offset without if_past": ("- wait: {until: event.at, offset: -1d}", [("steps[0].wait", "invalid")]),
    "an offset from a time of day": (
        '- wait: {until: "09:00", offset: -1d, if_past: skip}',
        [("steps[0].wait", "invalid")],
    ),
    "a time of day with one digit": ('- wait: {until: "9:00"}', [("steps[0].wait.until", "invalid")]),
    "a moment that is none": ("- wait: {until: tomorrow}", [("steps[0].wait.until", "invalid")]),
    "a learned span without a default": ("- wait: {for: {gap: {of: A}}}", [("steps[0].wait.default", "missing")]),
    "a span of more than a century": ("- wait: 6000w", [("steps[0].wait", "invalid")]),
    "names that nobody gathers": ("- set: {a: {ref: run.order.total}}", [("steps[0].set.a", "unknown_reference")]),
    "names that are gathered only later": (
        "- wait: {until: run.order.at, if_past: continue}\n- wait_for: {event: B, within: 1d, as: order}",
        [("steps[0].wait.until", "unknown_reference")],
    ),
    "references without a root": ("- set: {a: {ref: order}}", [("steps[0].set.a", "invalid")]),
    "references within a value": ("- set: {a: [{ref: event.b}]}", [("steps[0].set.a", "invalid")]),
    "weights that do not add up": ("- split: {a: {weight: 50}, b: {weight: 40}}", [("steps[0]", "invalid")]),
    "a repeat without rounds": (
        "- repeat: {every: 1d, times: 0, steps: [{wait: 1h}]}",
        [("steps[0].repeat.times", "invalid")],
    ),
    "a repeat without steps": ("- repeat: {every: 1d, times: 2, steps: []}", [("steps[0].repeat.steps", "invalid")]),
    "an else that is not the last way": (
        "- branch: [{else: []}, {if: {a: 1}, steps: []}]",
        [("steps[0]", "invalid")],
    ),
    "two steps of one name": ("- {id: x, wait: 1d}\n- {id: x, wait: 2d}", [("steps[1].id", "duplicate_id")]),
    "names that are not in kebab-case": ("- {id: My Step, wait: 1d}", [("steps[0].id", "invalid")]),
    "the score and tags as attributes": (
        "- set: {score: 1}\n- set: {tags: []}",
        [("steps[0]", "invalid"), ("steps[1]", "invalid")],
    ),
    "unknown topics": ("- subscribe: nwes", [("steps[0].subscribe", "unknown_topic")]),
    "topics in rules": (
        "- branch: [{if: {subscribed: nwes}, steps: []}]",
        [("steps[0].branch[0].if", "unknown_topic")],
    ),
    "channels nobody can send by": ("- send: push/a", [("steps[0].send.channel", "no_provider")]),
    "channels there are not": ("- send: emial/a", [("steps[0].send", "invalid")]),
    "a template that is missing on one channel": (
        "- send: {template: nothing, channel: [email, sms]}",
        [("steps[0].send.template", "unknown_template")] * 2,
    ),
    "calendar entries by SMS": ("- send: {template: a, channel: sms, attach: ics}", [("steps[0].send", "invalid")]),
    "URLs that are none": ("- webhook: example.com", [("steps[0].webhook", "invalid")]),
    "headers that break the call": (
        '- webhook: {url: "https://example.com", headers: {"X-A": "a\\r\\nb"}}',
        [("steps[0].webhook.headers", "invalid")],
    ),
    "people who are told in no way": ("- notify: {text: Hi}", [("steps[0].notify", "invalid")]),
}


@pytest.mark.parametrize(("steps", "expected"), STEPS.values(), ids=STEPS)
def test_refuses(steps: str, expected: list[tuple[str, str]]) -> None:
    assert refused_plan(steps) == expected


HEADS = {
    "an entry of two kinds": ("entry: {event: A, manual: true}", [("entry", "invalid")]),
    "an entry of none": ("entry: {if: {plan: pro}}", [("entry", "invalid")]),
    "an empty list of entries": ("entry: []", [("entry", "invalid")]),
    "a key that is no property of the event": ("entry: {event: A, per: cart_id}", [("entry.per", "invalid")]),
    "a `same` where runs have no key": ("entry: {event: A}\nexit: {event: B, same: id}", [("exit.same", "invalid")]),
    "elements where there are none": (
        "entry: {event: A}\nexit: {event: B, if: {item.id: 1}}",
        [("exit.if", "invalid")],
    ),
    "inputs that nobody brings": ("inputs: {at: datetime}", [("inputs", "invalid")]),
    "inputs of no type": ("inputs: {at: time}", [("inputs.at", "invalid")]),
    "names that are gathered only in the run": (
        "entry: {event: A, if: {run.order.total: 1}}",
        [("entry.if", "unknown_reference")],
    ),
    "two exits of one name": ("exit: [{event: A, id: x}, {event: B, id: x}]", [("exit[1].id", "duplicate_id")]),
    "two windows of one goal": ("goal: [{event: A, within: 1d}, {event: B, within: 2d}]", [("goal.within", "invalid")]),
    "shares that are none": ("entry: {event: A, holdout: 5}", [("entry.holdout", "invalid")]),
    "rates that are none": ("caps: {email: 3}", [("caps.email", "invalid")]),
    "caps on no channel": ("caps: {mail: 3/7d}", [("caps", "invalid")]),
    "quiet hours that never end": ('quiet_hours: ["21:00", "21:00"]', [("quiet_hours", "invalid")]),
    "times without two digits": ('quiet_hours: ["9:00", "21:00"]', [("quiet_hours", "invalid")]),
    "priorities there are not": ("priority: 6", [("priority", "invalid")]),
    "segments": ("exit: {event: A, if: {in_segment: vip}}", [("exit.if", "not_available")]),
}


@pytest.mark.parametrize(("head", "expected"), HEADS.values(), ids=HEADS)
def test_refuses_beside_the_steps(head: str, expected: list[tuple[str, str]]) -> None:
    assert refused_plan("- wait: 1d", head) == expected


@pytest.mark.parametrize(("head", "scope"), [("goal: {event: G}", ""), ("exit: {event: E}", ""), ("", "stage")])
def test_a_wait_without_time_out_is_fine_where_something_else_ends_it(head: str, scope: str) -> None:
    wait = "{wait_for: {event: B}}"
    steps = f"- stage: {{until: {{event: C}}, steps: [{wait}]}}" if scope else f"- {wait}"
    assert plan(steps, head).program.start is not None


def test_a_reaction_in_a_loop_may_answer_the_round_before() -> None:
    rounds = "- repeat: {every: 1d, times: 2, until: {reacted: {to: send-a}}, steps: [{send: email/a}]}"
    assert plan(rounds).program.start == "repeat"


def test_a_stage_may_be_left_for_a_reaction_to_its_own_send() -> None:
    stage = "- stage: {until: {reacted: {to: send-a}}, steps: [{send: email/a}, {wait: 1d}]}"
    assert plan(stage).program.start == "stage"


def later_steps() -> list[tuple[str, str]]:
    whole_steps = [(f"{word}: {{}}", word) for word in LATER["step"]]
    return [
        *whole_steps,
        ("send: {template: a, channel: email, at: best_time}", "send.at"),
        ("send: {template: a, channel: email, from: owner}", "send.from"),
        ("send: {template: a, channel: {best: [email, sms]}}", "send.channel"),
        ("split: {a: {weight: 50}, b: {weight: 50}, metric: clicked, decide: {after: 5}}", "split.metric"),
        ("score: {add: 1, model: fit}", "score.model"),
        ('notify: {slack: "#sales", text: Hi}', "notify.slack"),
    ]


@pytest.mark.parametrize(("step", "place"), later_steps())
def test_what_later_versions_run_is_refused_with_what_to_use_instead(step: str, place: str) -> None:
    problem = refused(whole(f"- {step}"))[0]
    assert (problem.path, problem.code) == (f"steps[0].{place}", "not_available")
    assert "this version does not run" in problem.message.lower()
    assert problem.remedy


@pytest.mark.parametrize("trigger", LATER["entry"])
def test_triggers_of_later_versions_are_refused_too(trigger: str) -> None:
    (problem,) = refused(whole("- wait: 1d", f"entry: {{{trigger}: {{}}}}"))
    assert (problem.path, problem.code) == (f"entry.{trigger}", "not_available")


def test_a_mistake_in_one_step_does_not_hide_those_within_it() -> None:
    found = refused_plan("- wait_for: {event: B, within: 1 day}\n  then: [{send: email/nothing}]\n- wait: nothing")
    assert [path for path, _ in found] == [
        "steps[0].wait_for.within",
        "steps[0].then[0].send.template",
        "steps[1].wait",
    ]


def test_providers_decide_which_channels_are_there() -> None:
    known = Known(templates=KNOWN.templates, topics=KNOWN.topics, channels=frozenset({"sms"}))
    (problem,) = refused("{journey: x, topic: news, entry: {event: A}, steps: [{send: email/a}]}", known)
    assert (problem.code, problem.remedy) == ("no_provider", "Configure a provider, or use one of: sms.")


@pytest.mark.parametrize(
    "document",
    [
        {"journey": "x", "entry": {"event": "A"}, "steps": [{"set": {"a": float("nan")}}]},
        {"journey": "x", "entry": {"event": "A"}, "steps": [{"set": {"a": "\0"}}]},
        {"journey": "x", "entry": {"event": "A"}, "steps": [{"set": {"a": {1: 2}}}]},
        {"journey": "x", "entry": {"event": "A"}, "steps": [{"set": {"a": b"x"}}]},
        {"journey": "x", "entry": {"event": "A"}, "steps": [{"set": {"a": list(range(60_000))}}]},
    ],
)
def test_documents_that_cannot_be_stored_are_refused(document: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(InvalidDocument) as caught:
        compile_journey(document, KNOWN)
    assert [problem.code for problem in caught.value.problems] == ["unsound"]


def test_documents_that_are_too_deep_are_refused() -> None:
    steps: list[object] = [{"wait": "1d"}]
    for _ in range(5_000):
        steps = [{"stage": {"until": {"event": "A"}, "steps": steps}}]
    with pytest.raises(InvalidDocument, match="too deeply"):
        compile_journey({"journey": "x", "entry": {"event": "A"}, "steps": steps}, KNOWN)  # type: ignore[dict-item]


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [[]], [None], {"a": 1}, True])
@pytest.mark.parametrize("key", ["journey", "entry", "steps", "goal", "exit", "caps", "inputs", "utm", "quiet_hours"])
def test_whatever_stands_under_a_key_is_compiled_or_refused(key: str, value: object) -> None:
    document = {"journey": "x", "entry": {"event": "A"}, "steps": [{"wait": "1d"}], key: value}
    with suppress(InvalidDocument):
        compile_journey(document, KNOWN)  # type: ignore[arg-type]
