"""Marks, at publish, what rendering has to fill in: links to be signed, the open pixel, the preheader."""

import re
from dataclasses import dataclass, replace
from html import unescape

from content.placeholders import Held
from content.tags import LINK, PIXEL
from domain.errors import Problem

_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_ANY_TAG = re.compile(rf"<[a-z][\w-]*(?=\s){_ATTRIBUTES}>", re.IGNORECASE)
_NAME = re.compile(r"\s(?<![\w-])data-link\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_HREF = re.compile(r"(?<![\w-])href\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_LINK = re.compile(rf"<!--.*?-->|<(?:a|area)\b{_ATTRIBUTES}>", re.DOTALL | re.IGNORECASE)
_GOOD_NAME = re.compile(r"[\w .:/-]{1,64}")
_UNTRACKED = re.compile(r"#|(?:mailto|tel|sms):|$", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the template: the author's name for it, and its target with placeholders and HTML entities."""

    name: str
    target: str

    def source(self, target: str) -> str:
        """What renders to the URL to be written for `target`."""
        return f'{{% {LINK} "{self.name}" %}}{target}{{% end{LINK} %}}'


_NAMED = re.compile(rf'{{% {LINK} "([^"]+)" %}}')


def link_names(html: str) -> frozenset[str]:
    """The names that the author gave to links, in a compiled page."""
    return frozenset(_NAMED.findall(html))


def part_attributes(held: Held) -> Held:
    """Puts a space between an attribute and Liquid that follows its quote at once: `class="a"{% endif %}`."""
    quoted = re.compile(rf"(\"[^\"]*\"|'[^']*')({held.prefix})?")

    def part(value: re.Match[str]) -> str:
        return f"{value[1]} {value[2]}" if value[2] else value[1]

    return replace(held, text=_ANY_TAG.sub(lambda tag: quoted.sub(part, tag[0]), held.text))


def name_links(held: Held, place: str, first_line: int) -> tuple[str, list[str], list[Problem]]:
    """Moves each `data-link` into its `href` as a mark, since MJML drops attributes it does not know.

    Gives back the text, the names by the number of their mark, and what is wrong with names.
    """
    names: list[str] = []
    problems: list[Problem] = []

    def mark(match: re.Match[str]) -> str:
        tag = match[0]
        named = _NAME.search(tag)
        if named is None:
            return tag
        name = unescape(named[1] or named[2] or named[3] or "")
        if not _GOOD_NAME.fullmatch(name) or held.word.search(name) or not _HREF.search(tag):
            path = f"{place}:{first_line - 1 + held.line_of(match.start())}"
            remedy = "It stands beside an `href` and has up to 64 letters, digits, spaces and . : / - _."
            problems.append(
                Problem(path=path, message=f'data-link="{held.put_back(name)}" names no link.', remedy=remedy)
            )
            return tag
        names.append(name)
        unnamed = tag[: named.start()] + tag[named.end() :]
        return _HREF.sub(lambda href: f'href="{held.prefix}k{len(names) - 1}k{href[1] or href[2] or ""}"', unnamed)

    return _ANY_TAG.sub(mark, held.text), names, problems


def mark_links(held: Held, html: str, names: list[str], place: str) -> tuple[str, list[Link], list[Problem]]:
    """Puts the number of a link (`<prefix>l0l`) in place of every web target, and of every one that has Liquid."""
    links: list[Link] = []
    problems: list[Problem] = []
    mark = re.compile(rf"{held.prefix}k(\d+)k")

    def number(match: re.Match[str]) -> str:
        target = (match[1] or match[2] or "").strip()
        marks = mark.findall(target)
        target = mark.sub("", target)
        if not held.word.search(target) and not _WEB.match(target):
            if not _UNTRACKED.match(target):
                remedy = "Write it out: `https://…`."
                problems.append(
                    Problem(path=place, message=f"the link to {target!r} leads nowhere from a mail.", remedy=remedy)
                )
            return f'href="{target}"'
        links.append(Link(names[int(marks[0])] if marks else "", target))
        return f'href="{held.prefix}l{len(links) - 1}l"'

    marked = _LINK.sub(lambda tag: tag[0] if tag[0].startswith("<!--") else _HREF.sub(number, tag[0]), html)
    return mark.sub("", marked), links, problems


def fill_links(held: Held, text: str, links: list[Link], *, html: bool) -> str:
    """The numbers of `mark_links` as Liquid, for HTML or for plain text."""

    def fill(match: re.Match[str]) -> str:
        link = links[int(match[1])]
        return link.source(link.target if html else unescape(link.target))

    return re.sub(rf"{held.prefix}l(\d+)l", fill, text)


def add_pixel(html: str) -> str:
    """The open pixel at the end of the body."""
    body, end, rest = html.rpartition("</body>")
    return f"{body}{{% {PIXEL} %}}{end}{rest}" if end else f"{html}{{% {PIXEL} %}}"


def add_preheader(html: str, mark: str) -> str:
    """`mark` at the begin of the body, where mail programs look for a preview and no reader sees it."""
    hidden = f'<div style="display:none;max-height:0;overflow:hidden;opacity:0">{mark}</div>'
    changed, count = re.subn(
        rf"(<body\b{_ATTRIBUTES}>)", lambda body: body[1] + hidden, html, count=1, flags=re.IGNORECASE
    )
    return changed if count else hidden + html
