"""Reactions to links that the template does not have: the wait could only run out."""

from collections.abc import Iterator, Mapping

from domain.check.contexts import Contexts
from domain.compiler import Compiled
from domain.compiler.report import join
from domain.document.form import meant
from domain.errors import Problem
from domain.program import Program, Send
from domain.rules.needs import parts
from domain.rules.rule import Reacted

Links = Mapping[tuple[str, str], frozenset[str]]
"""The names of a template's links, by channel and name. A template that is not in it may have any."""


def check_links(compiled: Compiled, contexts: Contexts, links: Links) -> Iterator[Problem]:
    """Warnings about links that no text of the send step's template has, where all of them are known."""
    for path, step, link in (*_waited_for(compiled, contexts), *_asked_for(compiled)):
        names = _names(compiled.program, step, links)
        if names is None or link in names or "://" in link:
            continue
        remedy = meant(link, sorted(names)) or 'Name one in the template, as in <a data-link="planner" href="…">.'
        yield Problem(
            path=path, message=f"The message of `{step}` has no link `{link}`.", remedy=remedy, code="unknown_link"
        )


def _names(program: Program, step: str, links: Links) -> set[str] | None:
    """The names of the links that a step's message can have; None: not all of its templates are known."""
    send = program.steps.get(step)
    if not isinstance(send, Send) or any((channel, send.template) not in links for channel in send.channels):
        return None
    return {name for channel in send.channels for name in links[channel, send.template]}


def _waited_for(compiled: Compiled, contexts: Contexts) -> Iterator[tuple[str, str, str]]:
    for name, step in contexts.written.items():
        waited = step.get("wait_for")
        if isinstance(waited, Mapping):
            path = join(contexts.paths[name], "wait_for")
            race = waited.get("first")
            listed = list(enumerate(race)) if isinstance(race, list) else [(None, waited)]
            for index, one in listed:
                if isinstance(one, Mapping) and isinstance(one.get("link"), str):
                    place = path if index is None else join(path, "first", index)
                    yield join(place, "link"), str(one.get("to")), one["link"]


def _asked_for(compiled: Compiled) -> Iterator[tuple[str, str, str]]:
    for placed in compiled.rules:
        for part in parts(placed.rule):
            if isinstance(part, Reacted) and part.link is not None:
                yield placed.path, part.to, part.link
