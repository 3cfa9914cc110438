"""Plain HTML templates: style sheets are written into the elements, because mail programs drop them."""

import re

from css_inline import CSSInliner, InlineError

from content.placeholders import Held
from domain.errors import Problem

_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, keep_link_tags=True)
_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_NOT_TEXT = re.compile(
    rf"<!--.*?-->|<(style|title|script|textarea)\b.*?</\1\s*>|<[a-z/!]{_ATTRIBUTES}>", re.DOTALL | re.IGNORECASE
)
_PAGE = re.compile(r"<(?:html|head|body|!doctype)\b", re.IGNORECASE)
_BODY = re.compile(r"<body\b", re.IGNORECASE)


def compile_html(held: Held, text: str, place: str) -> tuple[str, list[Problem]]:
    """The page with its styles inlined. In text a placeholder is a comment, for HTML moves words out of tables."""
    word = held.word
    text, problems = _explicit(held, text, place)
    if problems:
        return "", problems
    parts, end = [], 0
    for match in _NOT_TEXT.finditer(text):
        parts += [word.sub(r"<!--\g<0>-->", text[end : match.start()]), match[0]]
        end = match.end()
    parts.append(word.sub(r"<!--\g<0>-->", text[end:]))
    try:
        html = _INLINER.inline("".join(parts))
    except InlineError as error:
        return "", [Problem(path=place, message=f"its styles cannot be inlined: {error}.", code="css")]
    return re.sub(rf"<!--({word.pattern})-->", r"\g<1>", html), []


def _explicit(held: Held, text: str, place: str) -> tuple[str, list[Problem]]:
    """Writes out the elements that HTML otherwise adds by itself, possibly in the middle of a loop or condition."""
    if not _PAGE.search(text):
        text = f"<html><head></head><body>{text}</body></html>"
    elif not _BODY.search(text):
        return "", [
            Problem(path=place, message="the page has no `<body>`.", remedy="Write it out, or leave out `<html>` too.")
        ]
    row_at_once = re.compile(rf"(<table\b{_ATTRIBUTES}>)(?=(?:\s|{held.word.pattern})*<tr\b)", re.IGNORECASE)
    return row_at_once.sub(r"\1<tbody>", text), []
