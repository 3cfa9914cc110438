"""Random plans that are right, for property tests."""

from typing import Any

from hypothesis import strategies as st

from tests.domain.compiler.writing import TEMPLATES

Step = dict[str, Any]

_spans = st.sampled_from(["30m", "1h", "3d", "1d12h", "2w"])
_rules = st.sampled_from(
    [
        {"plan": "pro"},
        {"score": {"gte": 80}},
        {"did": {"event": "Order Completed", "in_last": "30d"}},
        {"any": [{"country": ["DE", "AT"]}, {"not": {"event.value": {"gt": 5}}}]},
        {"last": {"ref": "event.key"}, "tags": {"contains": "vip"}},
    ]
)
_events = st.fixed_dictionaries(
    {"event": st.sampled_from(["Page Viewed", ["A", "B"]])},
    optional={"where": st.just({"path": "/pricing"}), "same": st.just("cart_id")},
)
_sends = st.sampled_from(
    [
        f"email/{TEMPLATES[0]}",
        {"template": "a", "channel": ["push", "sms"], "at": "09:00", "data": {"k": {"ref": "event.k"}}},
    ]
)
_waits = st.one_of(
    _spans,
    st.sampled_from(
        [
            {"until": "09:00", "days": ["mon"]},
            {"until": "event.at", "offset": "-1d", "if_past": "skip"},
            {"window": ["20:00", "08:00"], "spread": "1h"},
            {"silence": {"event": "Page Viewed"}, "for": "1h"},
            {"for": {"gap": {"of": "A"}}, "default": "3d", "times": 0.5},
            {"business_days": 2},
        ]
    ),
)
_plain = st.one_of(
    st.builds(lambda said: {"send": said}, _sends),
    st.builds(lambda said: {"wait": said}, _waits),
    st.sampled_from(
        [
            {"score": 20},
            {"set": {"a": {"ref": "event.b"}}, "add_tags": ["x"]},
            {"webhook": {"url": "https://example.com", "data": {"a": [1, {"b": None}]}}},
            {"notify": {"email": "a@b.example", "text": "Hi"}},
            {"subscribe": "news"},
            {"note": "A note."},
        ]
    ),
)


def _around(steps: st.SearchStrategy[list[Step]]) -> st.SearchStrategy[Step]:
    return st.one_of(
        st.builds(
            lambda event, then, other: {"wait_for": {**event, "within": "1d"}, "then": then, "else": other},
            _events,
            steps,
            steps,
        ),
        st.builds(lambda rule, one, two: {"branch": [{"if": rule, "steps": one}, {"else": two}]}, _rules, steps, steps),
        st.builds(lambda one, two: {"branch": {"by": "country", "cases": {"DE": one, "1": two}}}, steps, steps),
        st.builds(
            lambda one, two: {"split": {"a": {"weight": 30, "steps": one}, "b": {"weight": 70, "steps": two}}},
            steps,
            steps,
        ),
        st.builds(
            lambda event, inner, then: {"stage": {"until": event, "steps": [*inner, {"wait": "1d"}]}, "then": then},
            _events,
            steps,
            steps,
        ),
        st.builds(lambda inner: {"repeat": {"every": "1d", "times": 3, "steps": [*inner, {"score": 1}]}}, steps),
        st.builds(
            lambda one, two: {"parallel": {"branches": {"a": [*one, {"wait": "1d"}], "b": [*two, {"score": 1}]}}},
            steps,
            steps,
        ),
        st.builds(
            lambda until, then: {"wait": {"until": "event.at", "if_past": until}, "then": then},
            st.sampled_from(["skip", "exit"]),
            steps,
        ),
    )


plans: st.SearchStrategy[list[Step]] = st.lists(
    st.recursive(_plain, lambda inner: _around(st.lists(inner, max_size=3)), max_leaves=12), max_size=5
).map(lambda steps: [*steps, {"exit": "done"}])


def journey(steps: list[Step]) -> dict[str, Any]:
    """A document with these steps."""
    return {
        "journey": "random",
        "entry": {"event": "Started", "per": "event.key"},
        "goal": {"event": "Bought"},
        "topic": "news",
        "steps": steps,
    }
