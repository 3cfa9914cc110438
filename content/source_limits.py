"""What is refused before a parser sees it: sources that would make one hang, or overflow its stack and end the process.

The parsers of Liquid, MJML and HTML are recursive, or search to the end of the text for each opening that is never closed.
Both are harmless in what people write. Here is where the line is drawn; everything in this file reads a text once.
"""

import re
from collections import Counter

from content.placeholders import Held
from domain.errors import Problem

LONGEST_TAG = 10_000
"""Characters of one piece of Liquid."""

DEEPEST = 200
"""Elements inside one another. MJML makes about thirty of a usual mail."""

DEEPEST_FORMATTING = 20
"""`<b>`, `<a>` and the like inside one another: HTML opens each again in every paragraph, so their number multiplies."""

MOST_ELEMENTS = 20_000

_OPENING = re.compile(r"\{\{|\{%")
_BLOCK = re.compile(r"\{%-?\s*(raw|doc)\s*-?%\}")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)(?:(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/>))?", re.IGNORECASE)
"""An element's opening or closing; group 3 is there where it closes itself, which only MJML's do."""

_PAIRED = ("script", "style", "title", "textarea", "head", "a")
_VOID = "area base br col embed hr img input link meta param source track wbr"
_CLOSED_BY_OTHERS = "p li td th tr tbody thead tfoot dt dd option optgroup colgroup html head body"
"""HTML closes these by itself; they only go deep inside elements that are counted."""

_UNCOUNTED = frozenset(f"{_VOID} {_CLOSED_BY_OTHERS}".split())
_FORMATTING_TAGS = "a b big code em font i nobr s small strike strong tt u"
_FORMATTING = frozenset(_FORMATTING_TAGS.split())


def liquid_problem(source: str) -> tuple[int, str] | None:
    """Where and why Liquid is not worth parsing: a piece that is never closed, or longer than anybody writes."""
    at = 0
    while opening := _OPENING.search(source, at):
        at = opening.start()
        block = _BLOCK.match(source, at)
        if block:
            closing = re.compile(rf"\{{%-?\s*end{block[1]}\s*-?%\}}").search(source, block.end())
            if closing is None:
                return at, f"`{block[0]}` is never closed."
            at = closing.end()
            continue
        end = source.find("}}" if opening[0] == "{{" else "%}", at + 2)
        if end < 0:
            return at, f"`{opening[0]}` is never closed."
        if end - at > LONGEST_TAG:
            return at, f"this piece of Liquid is longer than {LONGEST_TAG} characters."
        at = end + 2
    return None


def markup_problems(held: Held, place: str, first_line: int) -> list[Problem]:
    """What would hang or overflow the parsers of MJML and HTML; `held` is the body without its Liquid."""
    unclosed = _unclosed(held.text)
    if unclosed is not None:
        index, what = unclosed
        line = first_line - 1 + held.line_of(index)
        return [Problem(path=f"{place}:{line}", message=f"`{what}` is never closed.", code="markup_unclosed")]
    if is_nested_too_deeply(held.text):
        remedy = f"At most {DEEPEST} elements may be inside one another, and {DEEPEST_FORMATTING} of the kind of `<b>`."
        return [Problem(path=place, message="elements are nested too deeply.", remedy=remedy, code="markup_depth")]
    if len(_TAG.findall(held.text)) > 2 * MOST_ELEMENTS:
        return [Problem(path=place, message=f"it has more than {MOST_ELEMENTS} elements.", code="markup_size")]
    return []


def is_nested_too_deeply(html: str, *, deepest: int = DEEPEST) -> bool:
    """Whether a parser of HTML could build a tree deeper than that. Closing tags count for their own name alone."""
    opened: Counter[str] = Counter()
    depth = formatting = 0
    for closing, name, alone in _TAG.findall(html):
        tag = name.lower()
        if tag in _UNCOUNTED or (alone and tag.startswith("mj-")):
            continue
        change = (-1 if opened[tag] else 0) if closing else 1
        opened[tag] += change
        depth += change
        formatting += change if tag in _FORMATTING else 0
        if depth > deepest or formatting > DEEPEST_FORMATTING:
            return True
    return False


def _unclosed(text: str) -> tuple[int, str] | None:
    """The first comment, or element that is read to its closing tag, that has no end."""
    at = 0
    while (at := text.find("<!--", at)) >= 0:
        end = text.find("-->", at + 4)
        if end < 0:
            return at, "<!--"
        at = end + 3
    for name in _PAIRED:
        opening, closing = re.compile(rf"<{name}\b", re.IGNORECASE), re.compile(rf"</{name}\s*>", re.IGNORECASE)
        at = 0
        while found := opening.search(text, at):
            end_of = closing.search(text, found.end())
            if end_of is None:
                return found.start(), f"<{name}>"
            at = end_of.end()
    return None
