"""Random journeys, as authors could write them."""

from typing import Any

from hypothesis import strategies as st

from domain.compiler import Known, compile_journey
from domain.program import Program

Document = dict[str, Any]

EVENTS = ("Opened Door", "Closed Door", "Rang Bell")
KNOWN = Known(templates=frozenset({("email", "hello"), ("email", "bye"), ("sms", "hello")}), topics=frozenset({"news"}))

_durations = st.sampled_from(["10m", "1h", "1d", "3d", "2w"])
_listens = st.fixed_dictionaries({"event": st.sampled_from(EVENTS)})

_plain = st.one_of(
    st.just({"send": "email/hello"}),
    st.just({"send": {"template": "hello", "channel": ["email", "sms"], "if_late": "park", "on_failure": "park"}}),
    st.just({"send": {"template": "bye", "channel": "email", "on_failure": "exit", "at": "09:00"}}),
    _durations.map(lambda span: {"wait": span}),
    st.just({"wait": {"until": "09:00"}}),
    st.just({"wait": {"window": ["09:00", "18:00"]}}),
    st.sampled_from(["continue", "skip", "exit"]).map(
        lambda past: {"wait": {"until": "2026-12-24T09:00:00Z", "offset": "-1d", "if_past": past}}
    ),
    st.just({"wait": {"silence": {"event": "Rang Bell"}, "for": "1h"}}),
    st.just({"set": {"seen": True}}),
    st.just({"score": "+5"}),
    st.just({"subscribe": "news"}),
    st.just({"webhook": {"url": "https://example.com/hook"}, "else": [{"score": "-1"}]}),
    st.just({"notify": {"email": "ops@example.com", "text": "look"}}),
)


def _nested(steps: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    plan = st.lists(steps, min_size=1, max_size=3)
    rule = st.sampled_from([{"plan": "pro"}, {"score": {"gte": 10}}])
    wait_for = st.tuples(_listens, _durations, plan, plan).map(
        lambda p: {"wait_for": {**p[0], "within": p[1], "as": "found"}, "then": p[2], "else": p[3]}
    )
    race = st.tuples(_durations, plan, plan).map(
        lambda p: {
            "wait_for": {
                "first": [{"event": EVENTS[0], "then": p[1]}, {"event": EVENTS[1], "then": p[2]}],
                "within": p[0],
            }
        }
    )
    branch = st.tuples(rule, plan, plan).map(lambda p: {"branch": [{"if": p[0], "steps": p[1]}, {"else": p[2]}]})
    split = st.tuples(plan, plan).map(
        lambda p: {"split": {"a": {"weight": 30, "steps": p[0]}, "b": {"weight": 70, "steps": p[1]}}}
    )
    stage = st.tuples(_listens, plan, plan).map(lambda p: {"stage": {"until": p[0], "steps": p[1]}, "then": p[2]})
    repeat = st.tuples(_durations, st.integers(1, 3), st.booleans(), plan).map(
        lambda p: {
            "repeat": {"every": p[0], "times": p[1], "steps": p[3], **({"until": {"plan": "pro"}} if p[2] else {})}
        }
    )
    parallel = st.tuples(st.sampled_from(["all", "any"]), plan, plan).map(
        lambda p: {"parallel": {"join": p[0], "branches": {"one": p[1], "two": p[2]}}}
    )
    return st.one_of(wait_for, race, branch, split, stage, repeat, parallel)


steps = st.recursive(_plain, _nested, max_leaves=10)


def compiled(plan: list[Document], **settings: Any) -> Program:
    """The program of a journey with this plan, entered by `Entered`."""
    document = {"journey": "random", "entry": {"event": "Entered"}, **settings, "steps": plan}
    return compile_journey(document, KNOWN, version=1).program


programs = st.lists(steps, min_size=1, max_size=5).map(compiled)

HELLO: Document = {"send": "email/hello"}
BYE: Document = {"send": "email/bye"}
CLICKED: Document = {"wait_for": {"reaction": "clicked", "to": "send-hello", "within": "1d"}, "then": [{"score": "+1"}]}
WAIT_FOR: Document = {"wait_for": {"event": "Rang Bell", "within": "3d"}, "then": [HELLO], "else": [BYE]}
