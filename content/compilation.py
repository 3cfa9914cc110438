"""What publishing a template does to it: check everything, compile the markup once, derive the text part."""

from dataclasses import dataclass
from html import escape
from itertools import pairwise

from liquid.exceptions import LiquidError

from content import front_matter, markup, plain_text
from content.html import compile_html
from content.liquid_check import Findings, check
from content.liquid_environment import parsed
from content.mjml import compile_mjml
from content.placeholders import Held, hold
from content.source_limits import markup_problems
from domain.errors import InvalidDocument, Problem
from domain.template import TemplateKind

MAX_SOURCE = 262_144


@dataclass(frozen=True, slots=True)
class Parts:
    """The compiled parts, all Liquid: `html` has its links and pixel marked, `text` is plain."""

    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A template file taken apart and checked; `body` begins at `first_line`."""

    matter: front_matter.FrontMatter
    body: str
    first_line: int
    kind: TemplateKind
    findings: Findings


def take_apart(source: str, place: str) -> Source:
    """Splits and checks a template file. Raises InvalidDocument with everything that is wrong, each with its line."""
    if len(source) > MAX_SOURCE:
        raise InvalidDocument([Problem(path=place, message=f"it is longer than {MAX_SOURCE} characters.")])
    if "\0" in source:
        raise InvalidDocument([Problem(path=place, message="it contains a NUL character.")])
    source = source.replace("\r\n", "\n")
    matter, lines, body, offset = front_matter.split(source, place)
    findings = Findings()
    for key, text in (
        ("subject", matter.subject),
        ("preheader", matter.preheader),
        ("from", matter.sender),
        ("reply_to", matter.reply_to),
        ("text", matter.text),
    ):
        if text is not None:
            check(text, findings, place=place, first_line=lines.get(key, 1) + (key == "text"))
    check(body, findings, place=place, first_line=offset + 1)
    findings.problems.extend(
        Problem(path=f"{place}.default", message=f"`{name}` is not used.", remedy="Correct its name or leave it out.")
        for name in matter.default
        if name not in findings.lines
    )
    if not body.strip():
        findings.problems.append(Problem(path=place, message="the body is empty."))
    if findings.problems:
        raise InvalidDocument(findings.problems)
    return Source(matter=matter, body=body, first_line=offset + 1, kind=kind_of(body), findings=findings)


def kind_of(body: str) -> TemplateKind:
    """What the body is written in, by what it begins with, Liquid aside."""
    held = hold(body)
    begin = held.word.sub("", held.text).lstrip()
    if begin.startswith("<mjml"):
        return "mjml"
    return "html" if begin.startswith("<") else "text"


def compile_parts(source: Source, place: str) -> Parts:
    """The parts of a checked template. Raises InvalidDocument."""
    if source.kind == "text":
        return Parts(text=source.body)
    held = hold(source.body)
    _refuse(markup_problems(held, place, source.first_line))
    held = markup.part_attributes(held)
    named, names, problems = markup.name_links(held, place, source.first_line)
    _refuse(problems)
    if source.kind == "mjml":
        page, problems = compile_mjml(held, named, place, source.first_line)
    else:
        page, problems = compile_html(held, named, place)
    _refuse(problems)
    _refuse(_lost(held, page, place, source.first_line))
    page, links, problems = markup.mark_links(held, page, names, place)
    _refuse(problems)
    return Parts(html=_page(source, held, page, links, place), text=_text(source, held, page, links, place))


def _page(source: Source, held: Held, page: str, links: list[markup.Link], place: str) -> str:
    preheader = hold(source.matter.preheader) if source.matter.preheader else None
    if preheader:
        page = markup.add_preheader(page, escape(preheader.text))
    page = markup.add_pixel(page)
    page = held.put_back(markup.fill_links(held, page, links, html=True))
    page = preheader.put_back(page) if preheader else page
    _refuse(_broken(page, place, "the markup around a tag tears it apart", html=True))
    return page


def _text(source: Source, held: Held, page: str, links: list[markup.Link], place: str) -> str:
    if source.matter.text is not None:
        return source.matter.text
    targets = {f"{held.prefix}l{number}l": link.target for number, link in enumerate(links)}
    text = held.put_back(markup.fill_links(held, plain_text.text_of(page, targets), links, html=False))
    _refuse(
        _broken(text, place, "no text part can be made of it; write one in the front matter as `text:`", html=False)
    )
    return text


def _lost(held: Held, page: str, place: str, first_line: int) -> list[Problem]:
    """Liquid that the markup did not keep, or kept in another order."""
    order = held.order(page)
    kept = set(order)
    lost = [number for number, piece in enumerate(held.pieces) if piece and number not in kept]
    tags = [number for number in order if held.pieces[number].startswith("{%")]
    moved = [number for number, later in pairwise(tags) if number > later]
    remedy = (
        "Put it into text, between elements, or into a link, colour or class; not into a width or a made-up attribute."
    )
    return [
        Problem(
            path=f"{place}:{first_line - 1 + held.lines[number]}",
            message=f"{held.pieces[number]} is lost where it stands.",
            remedy=remedy,
            code="liquid_lost",
        )
        for number in lost or moved
    ]


def _broken(text: str, place: str, message: str, *, html: bool) -> list[Problem]:
    try:
        parsed(text, html=html)
    except LiquidError as error:
        return [Problem(path=place, message=f"{message}: {error.message}.", code="liquid_torn")]
    return []


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidDocument(problems)
