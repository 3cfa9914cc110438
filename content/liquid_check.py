"""Checks Liquid before it is published: syntax, filters, and variables that cannot exist."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from liquid.exceptions import LiquidError
from liquid.static_analysis import Variable
from liquid.token import TOKEN_TAG

from content.liquid_environment import AUTHORS, dotted
from content.source_limits import liquid_problem
from domain.account import Account
from domain.errors import Problem

FREE = frozenset(("customer", "event", "run", "item", "data"))
"""Roots below which anything may exist: it depends on the customer, the event, the journey."""

FIXED = {
    "message": frozenset(("unsubscribe_url", "preferences_url")),
    "account": frozenset(Account.model_fields)
    - {"caps", "quiet_hours", "implicit_consent", "max_attributes", "max_profile_kb", "max_identities"},
}
ALONE = frozenset(("locale", "now"))

MOST_PROBLEMS = 100
"""So many are told at once: each costs a search for the name that was meant."""

_ATTRIBUTES = ("email", "phone", "first_name", "last_name", "timezone", "locale", "tags")
_NOT_FOR_AUTHORS = frozenset(("content", "output", "illegal"))
_UNSUBSCRIBE = ("message.unsubscribe_url", "message.preferences_url")


@dataclass(slots=True)
class Findings:
    """What the parts of a template use: variables with the line of their first use, and everything wrong."""

    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def run_names(self) -> tuple[str, ...]:
        """The `run.` names, for the compiler to compare with what the journey gathers."""
        return tuple(sorted({name.split(".")[1].partition("[")[0] for name in self.lines if name.startswith("run.")}))

    @property
    def can_unsubscribe(self) -> bool:
        return any(name in self.lines for name in _UNSUBSCRIBE)


def check(source: str, findings: Findings, *, place: str, first_line: int = 1) -> bool:
    """Adds what `source`, which begins at `first_line` of its file, uses and gets wrong. False if it cannot be parsed."""
    broken = liquid_problem(source)
    if broken is not None:
        index, message = broken
        line = first_line + source.count("\n", 0, index)
        findings.problems.append(Problem(path=f"{place}:{line}", message=message, code="liquid_syntax"))
        return False
    try:
        analysis = AUTHORS.from_string(source).analyze(include_partials=False)
    except LiquidError as error:
        findings.problems.append(_syntax(error, source, place, first_line))
        return False

    ends = [index for index, letter in enumerate(source) if letter == "\n"]

    def line_of(index: int) -> int:
        return first_line + bisect_left(ends, index)

    for name, spans in analysis.filters.items():
        if name not in AUTHORS.filters:
            for span in spans:
                findings.problems.append(
                    Problem(
                        path=f"{place}:{line_of(span.index)}",
                        message=f"there is no filter `{name}`.",
                        remedy=_meant(name, AUTHORS.filters),
                        code="unknown_filter",
                    )
                )
    for variables in analysis.globals.values():
        for variable in variables:
            line = line_of(variable.span.index)
            findings.lines.setdefault(dotted(variable.segments), line)
            if len(findings.problems) < MOST_PROBLEMS:
                findings.problems.extend(_impossible(variable, f"{place}:{line}"))
    return True


def _impossible(variable: Variable, path: str) -> Iterator[Problem]:
    """The problem with a variable that can never have a value, if it is one."""
    name, root = dotted(variable.segments), str(variable.segments[0])
    message, remedy = f"there is no variable `{name}`.", ""
    if root in ALONE and len(variable.segments) == 1:
        return
    if root in FREE:
        if len(variable.segments) > 1 or root == "item":
            return
        message, remedy = f"`{root}` is everything at once.", f"Name what you want of it: `{root}.…`."
    elif root in FIXED:
        known = FIXED[root]
        if len(variable.segments) > 1 and variable.segments[1] in known:
            return
        remedy = _meant(str(variable.segments[1]) if len(variable.segments) > 1 else "", known, f"{root}.")
    elif root in _ATTRIBUTES:
        remedy = f"Did you mean `customer.{root}`?"
    else:
        remedy = _meant(root, [*FREE, *FIXED, *ALONE])
    yield Problem(path=path, message=message, remedy=remedy, code="unknown_variable")


def _meant(word: str, known: object, prefix: str = "") -> str:
    names = sorted(str(name) for name in known) if isinstance(known, list | dict | frozenset) else []
    near = get_close_matches(word, names, n=1)
    return f"Did you mean `{prefix}{near[0]}`?" if near else f"Known are: {', '.join(prefix + name for name in names)}."


def _syntax(error: LiquidError, source: str, place: str, first_line: int) -> Problem:
    token = error.token
    index = token.start_index if token and token.start_index >= 0 else len(source.rstrip())
    path = f"{place}:{first_line + source.count(chr(10), 0, index)}"
    if token and token.kind == TOKEN_TAG and token.value not in AUTHORS.tags and not token.value.startswith("end"):
        known = frozenset(name for name in AUTHORS.tags if name.isalpha()) - _NOT_FOR_AUTHORS
        message, remedy = f"there is no tag `{token.value}`.", _meant(token.value, known)
        return Problem(path=path, message=message, remedy=remedy, code="unknown_tag")
    return Problem(path=path, message=f"{error.message or 'this is not Liquid'}.", code="liquid_syntax")
