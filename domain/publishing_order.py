"""In which order journeys are published: one that is started or stopped by another before the other."""

from collections.abc import Collection, Iterator, Mapping

from pydantic import JsonValue

_STEPS = ("start_journey", "stop_journey")


def journeys_named(document: JsonValue) -> set[str]:
    """The journeys that a document's steps start or stop, as it is written."""
    return set(_named(document))


def _named(written: JsonValue) -> Iterator[str]:
    match written:
        case dict():
            for key, value in written.items():
                name = value.get("journey") if isinstance(value, dict) else value
                if key in _STEPS and isinstance(name, str):
                    yield name
                yield from _named(value)
        case list():
            for each in written:
                yield from _named(each)


def in_order(needs: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """The journeys in groups, each after those that it needs; only a circle makes a group of several, which can only be published
    together. Otherwise the order stays as given; what is needed and not given is left to whoever publishes."""
    reached = {name: _reached(needs, name) for name in needs}
    left, groups = list(needs), list[tuple[str, ...]]()
    while left:
        circles = (tuple(m for m in left if m == n or (m in reached[n] and n in reached[m])) for n in left)
        group = next(one for one in circles if reached[one[0]].intersection(left) <= set(one))
        groups.append(group)
        left = [name for name in left if name not in group]
    return groups


def _reached(needs: Mapping[str, Collection[str]], name: str) -> set[str]:
    """All that it needs, also by way of others."""
    found: set[str] = set()
    heads = [name]
    while heads:
        new = {needed for needed in needs[heads.pop()] if needed in needs} - found
        found |= new
        heads += new
    return found
