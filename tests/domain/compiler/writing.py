"""How tests write journeys: a few lines of YAML, compiled in a world where everything that is named exists."""

from pathlib import Path

import pytest

from content.yaml import read_documents
from domain.compiler import Compiled, Known, compile_journey
from domain.errors import InvalidDocument, Problem

JOURNEYS = Path(__file__).parent / "journeys"
TEMPLATES = (
    "a", "b", "cart-coupon", "cart-reminder", "case-study", "confirmation", "missed-you", "newsletter-invite", "soon",
    "thanks", "three-tips", "tomorrow", "welcome", "whitepaper-thanks",
)  # fmt: skip
KNOWN = Known(
    templates=frozenset((channel, name) for channel in ("email", "sms") for name in TEMPLATES),
    topics=frozenset({"events", "news", "product-news", "shop"}),
)


def compiled(text: str, known: Known = KNOWN) -> Compiled:
    """The one journey in a text."""
    (document,) = read_documents(text)
    return compile_journey(document, known)


def plan(steps: str, head: str = "") -> Compiled:
    """A journey with these steps, entered by an event; `head` has other keys of the document."""
    return compiled(whole(steps, head))


def whole(steps: str, head: str = "") -> str:
    entry = "" if "entry:" in head else "entry: {event: Started, per: event.key, each: items}\n"
    return f"journey: example\n{entry}topic: news\n{head}\nsteps:\n" + "\n".join(
        f"  {line}" for line in steps.split("\n")
    )


def refused(text: str, known: Known = KNOWN) -> list[Problem]:
    """Everything that is wrong with the journey in a text."""
    with pytest.raises(InvalidDocument) as caught:
        compiled(text, known)
    return list(caught.value.problems)


def refused_plan(steps: str, head: str = "") -> list[tuple[str, str]]:
    """The places and codes of everything that is wrong with these steps."""
    return [(problem.path, problem.code) for problem in refused(whole(steps, head))]
