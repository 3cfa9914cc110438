"""MJML to HTML, once, when a template is published. Liquid is held out of it meanwhile."""

import re
from difflib import get_close_matches

from mjml import mjml2html

from content.placeholders import Held
from domain.errors import Problem

_IN_HEAD = (
    "mj-attributes mj-all mj-class mj-breakpoint mj-font mj-html-attributes mj-selector mj-html-attribute"
    " mj-preview mj-style mj-title"
)
_IN_BODY = (
    "mj-accordion mj-accordion-element mj-accordion-title mj-accordion-text mj-button mj-carousel mj-carousel-image"
    " mj-column mj-divider mj-group mj-hero mj-image mj-navbar mj-navbar-link mj-raw mj-section mj-social"
    " mj-social-element mj-spacer mj-table mj-text mj-wrapper"
)
TAGS = frozenset(("mjml", "mj-head", "mj-body", *_IN_HEAD.split(), *_IN_BODY.split()))

_ICONS = "icons.invalid/"
_ELEMENT = re.compile(r"<!--.*?-->|<(/?)(mjml|mj-[\w-]*)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>", re.DOTALL)
_POSITION = re.compile(r"position (\d+):")


def compile_mjml(held: Held, text: str, place: str, first_line: int) -> tuple[str, list[Problem]]:
    """The HTML of `text`, which is `held.text` with its links named. Empty with problems if it is not MJML.

    Liquid before `<mjml>` and behind `</mjml>` (assignments, usually) stays before and behind the page.
    """
    problems = _structure(held, place, first_line)
    if problems:
        return "", problems
    start, end = text.find("<mjml"), text.rfind("</mjml>") + len("</mjml>")
    try:
        html = mjml2html(text[start:end], fonts={}, social_icon_origin=f"https://{_ICONS}")
    except ValueError as error:
        found = _POSITION.search(str(error))
        line = first_line - 1 + held.line_of(start + int(found[1]) if found else start)
        message = str(error).partition(" in root template")[0]
        return "", [Problem(path=f"{place}:{line}", message=f"this is not MJML: {message}.", code="mjml")]
    if _ICONS in html:
        remedy = "Give each mj-social-element a `src`: the library's icons are on somebody else's server."
        return "", [Problem(path=place, message="a social icon has no picture of its own.", remedy=remedy, code="mjml")]
    return text[:start] + html + text[end:], []


def _structure(held: Held, place: str, first_line: int) -> list[Problem]:
    """Unknown elements and wrong closing tags, which MRML lets pass in silence."""
    open_tags: list[str] = []
    for match in _ELEMENT.finditer(held.text):
        closing, tag, alone = match[1], match[2], match[3]
        if tag is None:
            continue
        if tag not in TAGS:
            near = get_close_matches(tag, TAGS, n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else ""
            path = _path(held, match.start(), place, first_line)
            return [Problem(path=path, message=f"there is no MJML element `{tag}`.", remedy=remedy, code="mjml")]
        if not closing and not alone:
            open_tags.append(tag)
        elif closing and (not open_tags or open_tags.pop() != tag):
            path = _path(held, match.start(), place, first_line)
            return [Problem(path=path, message=f"`</{tag}>` closes nothing that is open.", code="mjml")]
    if open_tags:
        return [Problem(path=place, message=f"`<{open_tags[-1]}>` is never closed.", code="mjml")]
    return []


def _path(held: Held, index: int, place: str, first_line: int) -> str:
    """Only where there is a problem: counting the lines before each of many elements takes minutes."""
    return f"{place}:{first_line - 1 + held.line_of(index)}"
