"""Rules that often contradict themselves, and people who have just the values at their edges."""

from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.check.logic.formula import Tested, facts_of, formula
from domain.rules.facts import Facts, Happening, Reaction
from domain.rules.references import found, root_value
from domain.rules.rule import Aggregate, AllOf, AnyOf, Did, Not, Rule
from tests.fixtures.rules import EVENTS, NOW, happenings, rules

PATHS = ["a", "a.b", "c"]
VALUES: list[Any] = [
    *(0, 1, 2, 2.5, 3, True, False, "", "x", "xy", "xyz", "yz", "1"),
    *("2026-03-01", "2026-03-02", "2026-03-02T12:00:00Z", "2026-03-02T13:00:00+01:00", "2026-03-05"),
]
_NUMBERS = [0, 1, 2, 2.5, 3]
_INSTANTS = [value for value in VALUES if isinstance(value, str) and value.startswith("2026")]
_SPANS = ["1d", "2d", "30d"]
ZONES = ["UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Apia"]

_values = st.sampled_from(VALUES)
_ordered = st.sampled_from(_NUMBERS + _INSTANTS)
_texts = st.sampled_from(["", "x", "xy", "y", "yz", "z"])
_operators: dict[str, st.SearchStrategy[Any]] = {
    "eq": _values,
    "not": _values,
    "in": st.lists(_values, min_size=1, max_size=3),
    "not_in": st.lists(_values, min_size=1, max_size=3),
    "contains": _texts | _values,
    "starts_with": _texts,
    "ends_with": _texts,
    "exists": st.booleans(),
    "in_next": st.sampled_from(_SPANS),
    "in_last": st.sampled_from(_SPANS),
    **dict.fromkeys(("before", "after"), st.sampled_from(_INSTANTS)),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), _ordered | st.just({"ref": "customer.c"})),
}


def _some(operators: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from(sorted(operators)), min_size=1, max_size=3, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: operators[name] for name in chosen}))


_numeric: dict[str, st.SearchStrategy[Any]] = {
    name: st.sampled_from(_NUMBERS) for name in ("eq", "not", "gt", "gte", "lt", "lte")
}
_numeric["in"] = st.lists(st.sampled_from(_NUMBERS), min_size=1, max_size=2)
_where = st.dictionaries(st.sampled_from(["a", "c"]), _values | _some(_operators), min_size=1, max_size=1)
_window = {"in_last": st.sampled_from(_SPANS), "where": _where}
_names = st.sampled_from([EVENTS[0], EVENTS[1], EVENTS[:2]])
_limits = {"at_least": st.integers(1, 2), "at_most": st.integers(2, 3)}
_leaf = st.one_of(
    st.builds(lambda path, tests: {path: tests}, st.sampled_from(PATHS), _values | _some(_operators)),
    st.builds(lambda path, tests: {path: tests}, st.sampled_from(PATHS), _values | _some(_operators)),
    st.builds(
        lambda event, more: {"did": {"event": event, **more}},
        _names,
        st.fixed_dictionaries({}, optional=_window | _limits),
    ),
    st.builds(
        lambda event, more: {"did_not": {"event": event, **more}}, _names, st.fixed_dictionaries({}, optional=_window)
    ),
    st.builds(
        lambda word, more, tests: {word: {"of": f"{EVENTS[0]}.a", **more, **tests}},
        st.sampled_from(["sum", "avg", "min", "max", "count"]),
        st.fixed_dictionaries({}, optional=_window),
        _some(_numeric),
    ),
    st.builds(
        lambda more, tests: {"count": {"of": EVENTS[0], **more, **tests}},
        st.fixed_dictionaries({}, optional=_window),
        _some(_numeric),
    ),
    st.builds(lambda least: {"gap": {"of": EVENTS[0], "at_least": least, "lte": "30d"}}, st.integers(1, 2)),
    st.builds(lambda tests: {"score": tests}, _some(_numeric)),
    st.sampled_from([{"reachable": "email"}, {"reachable": ["email", "sms"]}, {"subscribed": "news"}]),
    st.sampled_from([{"reacted": {"to": "s", "in_last": span}} for span in _SPANS] + [{"reacted": {"to": "s"}}]),
    st.sampled_from([{"reacted": {"to": "s", "link": "l"}}, {"reacted": {"to": "s", "how": "opened"}}]),
)


def _combined(leaves: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(leaves, min_size=2, max_size=3)
    return (
        st.builds(lambda parts: {"any": parts}, lists)
        | st.builds(lambda parts: {"all": parts}, lists)
        | st.builds(lambda part: {"not": part}, leaves)
    )


tight_rules = st.recursive(_leaf, _combined, max_leaves=5)
"""Rules over three names and a handful of values, so that their parts meet."""

any_rules = st.one_of(tight_rules, tight_rules, rules)


def _value(random: Random, lists: bool, depth: int = 0) -> Any:
    kind = random.random()
    if kind < 0.1:
        return None
    if kind < 0.2 and depth < 2:
        return {"b": _value(random, lists, depth + 1)}
    if lists and kind < 0.45 and depth < 2:
        return [_value(random, lists, depth + 1) for _ in range(random.randrange(4))]
    return random.choice(VALUES)


def person(random: Random, *, lists: bool) -> Facts:
    """Somebody with values from the same handful, alone or in lists."""
    names = [name for name in ("a", "c") if random.random() < 0.85]
    own = [
        Happening(
            random.choice(EVENTS[:2]),
            NOW - timedelta(days=random.choice([0, 1, 2, 29, 30, 31])),
            {name: _value(random, lists) for name in ("a", "c") if random.random() < 0.7},
        )
        for _ in range(random.choice([0, 0, 1, 1, 2, 3]))
    ]
    others = [Happening(*one) for one in happenings(random)] if random.random() < 0.2 else []
    return Facts(
        now=NOW,
        attributes={name: _value(random, lists) for name in names},
        score=random.choice([0.0, 1.0, 2.0, 2.5, 3.0, 80.0]),
        zone=ZoneInfo(random.choice(ZONES)),
        history=(*own, *others),
        reactions=tuple(
            Reaction("s", random.choice(["clicked", "opened"]), NOW - timedelta(days=random.choice([0, 1, 5])), link)
            for link in random.sample([None, "l", "m"], random.randrange(3))
        ),
        reachable=frozenset(random.sample(["email", "sms", "push"], random.randrange(3))),
        subscribed=frozenset(random.sample(["news", "offers"], random.randrange(2))),
    )


def is_single(rule: Rule, facts: Facts) -> bool:
    """Whether every name that the rule compares leads to one value at most, here and in every happening."""
    compared = [
        (fact.subject.root, fact.subject.path)
        for part in _parts(rule)
        for fact in facts_of(formula(part))
        if isinstance(fact, Tested) and fact.subject.root
    ]
    return all(
        len(values) <= 1 and not any(isinstance(value, list) for value in values)
        for root, path in compared
        for values in _everything_at(root, path, facts)
    )


def _everything_at(root: str, path: str, facts: Facts) -> list[list[Any]]:
    if root == "arriving":
        return [found(happening.properties, path) for happening in facts.history]
    return [found(root_value(root, facts), path)]


def _parts(rule: Rule) -> list[Rule]:
    """The rule, and what its questions ask of happenings."""
    match rule:
        case AllOf(of=parts) | AnyOf(of=parts):
            return [rule, *(inner for part in parts for inner in _parts(part))]
        case Not(of=part):
            return [rule, *_parts(part)]
        case Did(where=where) | Aggregate(where=where) if where is not None:
            return [rule, *_parts(where)]
    return [rule]
