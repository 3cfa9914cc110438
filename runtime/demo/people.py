"""The shop's customers: made up, always the same for a seed. Their addresses and numbers belong to nobody."""

from dataclasses import dataclass
from random import Random

_FIRST = """
Ada Alma Amos Bea Clem Cora Dora Edith Elsie Enid Ernest Flora Freya Gus Hazel Hugo Ida Iris Ivy Jack June Kit Leo Lottie
Mabel Martha Ned Nell Olive Oscar Otto Pearl Percy Poppy Rose Ruth Silas Tess Una Wilf
"""
_LAST = """
Alder Ashby Barley Birch Brook Bramble Clay Copse Dale Elm Fenn Ferris Field Forrest Glen Greene Hale Hedges Heron Hollis
Juniper Linden Marsh Meadows Moss Nettle Orchard Pike Reed Rowan Sedge Thorne Vale Wren
"""
_TRADITIONAL = (("詠詩", "陳"), ("家豪", "黃"), ("子晴", "李"), ("志明", "何"), ("曉彤", "林"), ("俊傑", "周"))
_SIMPLIFIED = (("雨桐", "王"), ("浩然", "张"), ("静怡", "刘"), ("子轩", "赵"))
_PLACES = (
    ("en-GB", "Europe/London", 6),
    ("en-US", "America/New_York", 3),
    ("de-DE", "Europe/Berlin", 2),
    ("zh-Hant-HK", "Asia/Hong_Kong", 2),
    ("zh-Hans-CN", "Asia/Shanghai", 1),
)

LANDLINE = "+15005550009"
"""Twilio's own test number for a phone that takes no texts."""


@dataclass(frozen=True)
class Person:
    """A customer. `texts`: has texted START to the shop before it opens; `email` and `phone` are empty if unknown."""

    user_id: str
    visitor_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    texts: bool
    locale: str
    timezone: str
    garden: str

    @property
    def name(self) -> str:
        if self.locale.startswith("zh"):
            return f"{self.last_name}{self.first_name}"
        return f"{self.first_name} {self.last_name}"


def person(random: Random, number: int, tag: str) -> Person:
    """The customer with this number. `tag` tells the customers of one demo from those of another on the same stack."""
    (locale, timezone, _), *_ = random.choices(_PLACES, weights=[share for *_, share in _PLACES])
    first_name, last_name = _name(random, locale)
    return Person(
        user_id=f"demo-{tag}-{number:03}",
        visitor_id=f"visitor-{tag}-{number:03}",
        first_name=first_name,
        last_name=last_name,
        email=f"customer{number:03}.{tag}@example.com",
        phone=f"+447700900{number:03}",
        texts=random.random() < 0.5,
        locale=locale,
        timezone=timezone,
        garden=random.choice(("balcony", "beds")),
    )


def _name(random: Random, locale: str) -> tuple[str, str]:
    if locale.startswith("zh-Hant"):
        return random.choice(_TRADITIONAL)
    if locale.startswith("zh"):
        return random.choice(_SIMPLIFIED)
    return random.choice(_FIRST.split()), random.choice(_LAST.split())
