"""Every code a finding can have: whether it keeps a journey from being published, and what it is about in a line.

docs/checking-journeys.md explains the warnings one by one; a test holds the page to this table.
"""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding. The code never changes its meaning; `level` is its usual one (a channel without a provider is an
    error where it is the only one)."""

    code: str
    level: Level
    title: str


_WARNINGS = {
    "never_holds": "A condition that can never hold",
    "always_holds": "A condition that always holds",
    "undecided_condition": "A condition with too many alternatives to be examined",
    "unreachable_case": "A case of a branch that is never taken",
    "unreachable_else": "An else that is never taken",
    "same_case": "A case with the condition of its neighbour",
    "same_way": "Two neighbouring ways of a branch that do the same",
    "exit_at_entry": "An exit that is true at entry",
    "goal_at_entry": "A goal that is true at entry",
    "goal_out_of_reach": "A goal that nothing on the path could cause",
    "did_not_without_did": "did_not without a did",
    "no_topic": "Marketing without a topic",
    "no_provider": "A channel that no provider sends by",
    "unknown_link": "A reaction to a link that the template does not have",
    "too_many_messages": "Too many messages in a week on some path",
    "too_many_messages_together": "Too many messages in a week from all journeys together",
}
_ERRORS = {
    "invalid": "Something that cannot stand there",
    "missing": "A key that is required",
    "unknown_key": "A key that does not exist",
    "unknown_word": "A word that does not exist",
    "unknown_operator": "An operator that does not exist",
    "unknown_step": "A step that does not exist",
    "unknown_template": "A template that does not exist",
    "unknown_topic": "A topic that does not exist",
    "unknown_channel": "A channel that does not exist",
    "unknown_journey": "A journey that does not exist",
    "unknown_secret": "A secret that does not exist",
    "not_manual": "A journey that cannot be entered by hand",
    "unknown_reference": "A reference to nothing",
    "unsupplied_variable": "A template needs what the journey does not supply",
    "wrong_type": "A value of the wrong kind",
    "invalid_name": "Not a name",
    "invalid_duration": "Not a duration",
    "empty": "Something empty",
    "too_deep": "A rule that is too deep",
    "duplicate_id": "An id that stands twice",
    "missing_id": "A step without an id",
    "endless_wait": "A wait that may never end",
    "unreachable": "A step that cannot be reached",
    "not_available": "Not in this version",
    "unsound": "A document that no journey can be",
    "front_matter": "A template whose front matter cannot be read",
    "css": "A template whose CSS cannot be read",
    "markup_depth": "A template that is nested too deeply",
    "markup_size": "A template that is too large",
    "markup_unclosed": "A template with something left open",
    "mjml": "A template whose MJML is wrong",
    "liquid_syntax": "A template whose Liquid cannot be read",
    "liquid_lost": "Liquid that stands where the markup leaves it out",
    "liquid_torn": "Liquid that the markup would tear apart",
    "unknown_variable": "A variable that does not exist",
    "unknown_filter": "A filter that does not exist",
    "unknown_tag": "A tag that does not exist",
    "yaml": "YAML that cannot be read, or that others would read differently",
}
CATALOGUE: dict[str, Code] = {
    **{code: Code(code, "error", title) for code, title in _ERRORS.items()},
    **{code: Code(code, "warning", title) for code, title in _WARNINGS.items()},
}


def described(code: str, level: Level) -> Code:
    """The code's line; a code that has none is named by itself."""
    return CATALOGUE.get(code) or Code(code, level, code.replace("_", " ").capitalize())
