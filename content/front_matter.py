"""The head of a template file: YAML between two `---` lines, before the body."""

import re

from pydantic import Field, JsonValue, ValidationError

from content.yaml_tree.quick import quick_nodes
from domain.errors import InvalidDocument, Problem
from domain.frozen import Frozen

MAX_HEAD = 16_384
MAX_DEPTH = 10
_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<head>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


class FrontMatter(Frozen):
    """What an author may say before the body. `default` maps a variable to what stands in its place when it is missing."""

    subject: str | None = None
    preheader: str | None = None
    sender: str | None = Field(default=None, alias="from")
    reply_to: str | None = None
    text: str | None = None
    default: dict[str, JsonValue] = Field(default_factory=dict)


def split(source: str, place: str) -> tuple[FrontMatter, dict[str, int], str, int]:
    """The front matter, the line of each of its keys, the body, and how many lines stand before the body.

    `place` names the template in problems. Raises InvalidDocument.
    """
    match = _HEAD.match(source)
    if match is None:
        return FrontMatter(), {}, source, 0
    head = match["head"]
    matter = _validated(_loaded(head, place), place)
    lines = {
        found[1]: number for number, line in enumerate(head.splitlines(), 2) if (found := re.match(r"(\w+):", line))
    }
    return matter, lines, source[match.end() :], source.count("\n", 0, match.end())


def _loaded(head: str, place: str) -> dict[str, JsonValue]:
    if len(head) > MAX_HEAD:
        raise InvalidDocument([Problem(path=place, message=f"the front matter is longer than {MAX_HEAD} characters.")])
    nodes = quick_nodes(head, deepest=MAX_DEPTH - 1)
    loaded = nodes[0].plain() if nodes and len(nodes) == 1 else _thoroughly_loaded(head, place)
    if not isinstance(loaded, dict | None):
        remedy = "Write `subject: …` and the like, one a line."
        raise InvalidDocument([Problem(path=place, message="the front matter is not a list of keys.", remedy=remedy)])
    return loaded or {}


def _thoroughly_loaded(head: str, place: str) -> JsonValue:
    """What is rare, and what is wrong. Most heads are neither, and are read without loading ruamel.yaml."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        _refuse_bombs(head, place)
        loaded: JsonValue = YAML(typ="safe", pure=True).load(head)
    except MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 2}" if error.problem_mark else ""
        remedy = "Put values with `{{ … }}` or a colon into quotes." if "{{" in head else ""
        message = f"this is not YAML: {error.problem}."
        problem = Problem(path=f"{place}{line}", message=message, remedy=remedy, code="yaml")
        raise InvalidDocument([problem]) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise InvalidDocument([Problem(path=place, message="the front matter is not YAML.", code="yaml")]) from error
    return loaded


def _refuse_bombs(head: str, place: str) -> None:
    """A few characters of YAML can stand for gigabytes (aliases) or for minutes (nesting): neither is ever built."""
    from ruamel.yaml import YAML
    from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

    depth = 0
    for event in YAML(typ="safe", pure=True).parse(head):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent):
            raise InvalidDocument(
                [Problem(path=place, message="the front matter has an alias.", remedy="Write it out.")]
            )
        if depth > MAX_DEPTH:
            raise InvalidDocument([Problem(path=place, message="the front matter is nested too deeply.")])


def _validated(loaded: dict[str, JsonValue], place: str) -> FrontMatter:
    try:
        return FrontMatter.model_validate(loaded)
    except ValidationError as error:
        known = ", ".join(field.alias or name for name, field in FrontMatter.model_fields.items())
        raise InvalidDocument(
            [
                Problem(
                    path=f"{place}.{'.'.join(str(part) for part in fault['loc'])}",
                    message="there is no such key." if fault["type"] == "extra_forbidden" else f"{fault['msg']}.",
                    remedy=f"Known are: {known}." if fault["type"] == "extra_forbidden" else "",
                    code="front_matter",
                )
                for fault in error.errors()
            ]
        ) from error
