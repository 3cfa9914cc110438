"""A rule as a person would say it: `plan is "pro" and score at least 80`."""

from pydantic import JsonValue

from domain.durations import format_duration
from domain.explain.voice import listed, shown
from domain.rules.rule import (
    Aggregate,
    AllOf,
    AnyOf,
    Compare,
    Did,
    Gap,
    InSegment,
    Not,
    Operator,
    Reachable,
    Reacted,
    Ref,
    Rule,
    ScoreIs,
    Subscribed,
    Test,
)

_OPERATORS = {
    Operator.EQ: "is",
    Operator.NOT: "is not",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.GT: "more than",
    Operator.GTE: "at least",
    Operator.LT: "less than",
    Operator.LTE: "at most",
    Operator.CONTAINS: "contains",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.IN_NEXT: "within the next",
    Operator.IN_LAST: "within the last",
    Operator.BEFORE: "before",
    Operator.AFTER: "after",
}


def rule_words(rule: Rule) -> str:
    """The rule in one phrase."""
    match rule:
        case Compare(root=root, path=path, tests=tests):
            place = path if root in ("customer", "arriving") else ".".join(part for part in (root, path) if part)
            return _tested(place, tests)
        case ScoreIs(tests=tests):
            return _tested("score", tests)
        case Did():
            return _did(rule)
        case Aggregate(function=function, event=event, property=name, tests=tests):
            what = f"{function} of {event}" + (f".{name}" if name else "")
            return _tested(what + _where(rule.where) + _span(rule), tests)
        case Gap(event=event, stat=stat, tests=tests):
            return _tested(f"the {stat} seconds between two {event}", tests)
        case Reacted(to=to, how=how, link=link):
            return f"{how} what {to} sent" + (f" (link {link})" if link else "") + _span(rule)
        case Reachable(channels=channels):
            return f"reachable by {listed(channels, 'or')}"
        case Subscribed(topic=topic):
            return f"subscribed to {topic}"
        case InSegment(segment=segment):
            return f"in the segment {segment}"
        case AllOf(of=rules):
            return listed(rule_words(each) for each in rules) or "always"
        case AnyOf(of=rules):
            return f"({listed((rule_words(each) for each in rules), 'or')})" if rules else "never"
        case Not(of=inner):
            return f"not ({rule_words(inner)})"


def value_words(value: JsonValue | Ref) -> str:
    """A literal, or the name of what is looked up."""
    return value.ref if isinstance(value, Ref) else shown(value)


def _tested(what: str, tests: tuple[Test, ...]) -> str:
    return listed(f"{what} {_test(test)}" if not index else _test(test) for index, test in enumerate(tests))


def _test(test: Test) -> str:
    if test.operator is Operator.EXISTS:
        return "is known" if test.value else "is not known"
    return f"{_OPERATORS[test.operator]} {value_words(test.value)}{_unit(test)}"


def _unit(test: Test) -> str:
    return " seconds" if test.operator in (Operator.IN_NEXT, Operator.IN_LAST) else ""


def _did(rule: Did) -> str:
    what = listed((f'"{event}"' for event in rule.events), "or") + _where(rule.where)
    if rule.at_most == 0:
        return f"has not done {what}{_span(rule)}"
    counts = f" at least {rule.at_least} times" if rule.at_least > 1 else ""
    counts += f" at most {rule.at_most} times" if rule.at_most is not None else ""
    return f"has done {what}{counts}{_span(rule)}"


def _where(rule: Rule | None) -> str:
    return f" with {rule_words(rule)}" if rule is not None else ""


def _span(rule: Did | Aggregate | Reacted) -> str:
    return f" in the last {format_duration(rule.in_last)}" if rule.in_last is not None else ""
