"""What a rule speaks of: every node of its tree, and every reference in it."""

from collections.abc import Iterator

from domain.rules.rule import Aggregate, AllOf, AnyOf, Compare, Did, Gap, Not, Ref, Rule, ScoreIs


def nodes(rule: Rule) -> Iterator[Rule]:
    """The rule and all rules within it."""
    yield rule
    match rule:
        case AllOf(of=parts) | AnyOf(of=parts):
            for part in parts:
                yield from nodes(part)
        case Not(of=part):
            yield from nodes(part)
        case Did(where=part) | Aggregate(where=part) if part is not None:
            yield from nodes(part)


def references(rule: Rule) -> Iterator[str]:
    """Paths with their root, as in `run.order.total`, of everything the rule looks up."""
    for node in nodes(rule):
        if isinstance(node, Compare) and node.root in ("event", "run", "item"):
            yield f"{node.root}.{node.path}" if node.path else node.root
        if isinstance(node, Compare | ScoreIs | Aggregate | Gap):
            yield from (test.value.ref for test in node.tests if isinstance(test.value, Ref))
