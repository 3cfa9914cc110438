"""Who comes to the shop, when, and which life they lead. The same seed brings the same people."""

from dataclasses import dataclass, replace
from random import Random

from runtime.demo.actions import Beat
from runtime.demo.people import Person, person
from runtime.demo.shopping import Shopping
from runtime.demo.stories import STORIES, Story

CUSTOMERS_A_SECOND = 5
LONGEST_ARRIVAL = 12.0
"""Seconds. A larger population comes in a thicker stream."""


@dataclass(frozen=True)
class Customer:
    """A person with a story. `arrives`: seconds after the opening, however long a day takes."""

    person: Person
    story: Story
    arrives: float
    beats: tuple[Beat, ...]


def population(seed: int, count: int, *, tag: str) -> list[Customer]:
    """`count` customers, a few of whom come every second. Every story is told before one is told again."""
    random = Random(seed)
    told = random.sample(STORIES, min(count, len(STORIES)))
    told += random.choices(STORIES, [story.share for story in STORIES], k=max(0, count - len(told)))
    seconds = min(count / CUSTOMERS_A_SECOND, LONGEST_ARRIVAL)
    return [_customer(random, story, number, tag, seconds) for number, story in enumerate(told)]


def _customer(random: Random, story: Story, number: int, tag: str, seconds: float) -> Customer:
    someone = person(random, number, tag)
    someone = replace(
        someone,
        email=someone.email if story.has_email else "",
        phone=story.phone or someone.phone,
        texts=someone.texts if story.texts is None else story.texts,
    )
    beats = tuple(story.beats(Shopping(random, someone.user_id)))
    return Customer(someone, story, arrives=round(random.uniform(0, seconds), 2), beats=beats)
