"""Templates as tests write them: compiled and rendered in a line."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from content.links import Signer, Tracking
from content.templates import RenderContext, Rendered, compile_template, render
from domain.account import Account
from domain.errors import InvalidDocument, Problem

SIGNER = Signer("a secret that signs", "https://m.test")
MESSAGE = UUID(int=7)
NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
HEAD = "---\nsubject: Hello\n---\n"


def context(**values: Any) -> RenderContext:
    usual: dict[str, Any] = {
        "now": NOW,
        "account": Account(name="Shop"),
        "unsubscribe_url": SIGNER.unsubscribe(MESSAGE),
    }
    return RenderContext(**(usual | values))


def tracked(**utm: str) -> Tracking:
    return Tracking(SIGNER, MESSAGE, utm)


def rendered(source: str, *, channel: str = "email", **values: Any) -> Rendered:
    """The message that this file makes; without front matter it gets a subject."""
    head = "" if source.startswith("---") or channel != "email" else HEAD
    return render(compile_template(channel, "t", head + source), context(**values))


def problems(source: str, *, channel: str = "email") -> tuple[Problem, ...]:
    """What is wrong with this file; without front matter it gets a subject."""
    head = "" if source.startswith("---") or channel != "email" else HEAD
    try:
        compile_template(channel, "t", head + source)
    except InvalidDocument as error:
        return error.problems
    return ()


def mjml(body: str) -> str:
    """A page with this in its only column."""
    return f"<mjml><mj-body><mj-section><mj-column>{body}</mj-column></mj-section></mj-body></mjml>"


def hrefs(html: str | None) -> list[str]:
    """The targets of all links as a mail program would see them."""
    return [link.attributes.get("href") or "" for link in LexborHTMLParser(html or "").css("a, area")]


def targets(html: str | None) -> list[tuple[str, str]]:
    """Target and name of every link, with redirects resolved."""
    found = []
    for href in hrefs(html):
        click = SIGNER.read_click(href.rpartition("/c/")[2])
        found.append((click.target, click.link) if click else (href, ""))
    return found
