"""What a model draws: values of attributes and properties, and spans of time. Every draw comes from the customer's own dice."""

import random  # noqa: TID251 - what is made up is drawn, with a seed
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema, model_validator

from domain.document.form import Form, briefly, wrong
from domain.durations import format_duration, parse_duration
from domain.rules.references import storable

LONGEST = timedelta(days=36_500)


def share(written: object) -> float:
    """`30%` or 0.3; all of them is `100%` or 1."""
    text = written.removesuffix("%") if isinstance(written, str) and written.endswith("%") else None
    try:
        found = float(text) / 100 if text is not None else written
    except ValueError:
        found = None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1:
        raise wrong(f"{briefly(written)} is not a share", "Write a percentage from 0% to 100%.")
    return float(found)


Chance = Annotated[float, BeforeValidator(share), WithJsonSchema({"$comment": "Share"})]


def amount(written: object) -> float:
    """A number, or a span in seconds."""
    if isinstance(written, int | float) and not isinstance(written, bool):
        return float(written)
    try:
        return parse_duration(written).total_seconds()
    except ValueError:
        raise wrong(f"{briefly(written)} is neither a number nor a span", "Write 40, or 3d.") from None


Amount = Annotated[float, BeforeValidator(amount), WithJsonSchema({"$comment": "Amount"})]


class Normal(Form):
    """A bell curve. What lies beyond `min` and `max` is the nearest of them."""

    mean: Amount = Field(description="Its middle.")
    sd: Amount = Field(ge=0, description="How wide it is: two thirds lie so near to the middle.")
    min: Amount | None = Field(None, description="The least.")
    max: Amount | None = Field(None, description="The most.")


class Exponential(Form):
    """Most of them small, few large."""

    mean: Amount = Field(gt=0, description="The average.")
    max: Amount | None = Field(None, description="The most.")


def weighted(written: object) -> object:
    """A list (all alike) or a mapping of values to shares, as (value, weight)."""
    if isinstance(written, list | tuple) and written:
        return [(value, 1.0) for value in written]
    if isinstance(written, Mapping) and written:
        return [(value, share(weight)) for value, weight in written.items()]
    raise wrong(f"{briefly(written)} is no choice", "Write [a, b], or {a: 70%, b: 30%}.")


Choice = Annotated[
    tuple[tuple[JsonValue, float], ...], BeforeValidator(weighted), WithJsonSchema({"$comment": "Choice"})
]


class Drawn(Form):
    """How a number is drawn: exactly one of the keys, with `missing` and `whole` beside it."""

    one_of = ("choice", "uniform", "normal", "exponential", "chance", "text", "moment")

    choice: Choice | None = Field(None, description="One of several values: a list, or values with their shares.")
    uniform: tuple[Amount, Amount] | None = Field(None, description="Any number between two, all alike.")
    normal: Normal | None = Field(None, description="A bell curve.")
    exponential: Exponential | None = Field(None, description="Most of them small, few large.")
    chance: Chance | None = Field(None, description="true for this share, else false.")
    text: str | None = Field(None, description="A text; {number} is the customer's number, {random} eight letters.")
    moment: Annotated[JsonValue, WithJsonSchema({"$comment": "Span"})] = Field(
        None, description="A date and time so long after the event: a span, or how one is drawn."
    )
    missing: Chance = Field(0.0, description="The share that has no value.")
    whole: bool = Field(False, description="Whether numbers are rounded to whole ones.")
    decimals: int | None = Field(None, ge=0, le=9, description="To how many decimals numbers are rounded.")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.choice is not None and sum(weight for _, weight in self.choice) <= 0:
            raise wrong("the shares of a choice are all zero", "Give one of them a share.")
        if self.uniform is not None and self.uniform[0] > self.uniform[1]:
            raise wrong("the first of the two is the larger", "Write the smaller one first.")
        if self.text is not None:
            try:
                self.text.format(number=0, random="")
            except (LookupError, ValueError):
                raise wrong(f"{briefly(self.text)} cannot be filled in", "Use {number} and {random} only.") from None
        if self.moment is not None:
            span(self.moment)
        return self

    def value(self, dice: random.Random, number: int, at: datetime) -> JsonValue:
        """What one customer gets; `at` is when."""
        if dice.random() < self.missing:
            return None
        if self.choice is not None:
            return dice.choices([value for value, _ in self.choice], [weight for _, weight in self.choice])[0]
        if self.chance is not None:
            return dice.random() < self.chance
        if self.text is not None:
            letters = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=8))
            return self.text.format(number=number, random=letters)
        if self.moment is not None:
            return (at + drawn_span(span(self.moment), dice)).isoformat(timespec="seconds")
        found = self.number(dice)
        if self.decimals is not None:
            return round(found, self.decimals)
        return round(found) if self.whole else found

    def number(self, dice: random.Random) -> float:
        """The drawn number; of a choice among numbers or spans, that one."""
        if self.uniform is not None:
            return dice.uniform(*self.uniform)
        if self.normal is not None:
            found = dice.gauss(self.normal.mean, self.normal.sd)
            return _within(found, self.normal.min, self.normal.max)
        if self.exponential is not None:
            return _within(dice.expovariate(1 / self.exponential.mean), None, self.exponential.max)
        if self.choice is not None:
            return amount(dice.choices([value for value, _ in self.choice], [weight for _, weight in self.choice])[0])
        raise AssertionError("this draws no number")


Value = JsonValue | Drawn


def value(written: object) -> object:
    """A value as it is, or how it is drawn."""
    if isinstance(written, Mapping) and set(written) & set(Drawn.one_of):
        return Drawn.model_validate(written)
    return written


Drawable = Annotated[Any, BeforeValidator(value), WithJsonSchema({"$comment": "Value"})]


def values(written: object) -> object:
    """A mapping of names to values."""
    if isinstance(written, Mapping):
        bad = [name for name in written if not isinstance(name, str) or not storable(name)]
        if bad:
            raise wrong(f"{briefly(bad[0])} is not a name", "Write names as text.")
    return written


Values = Annotated[dict[str, Drawable], BeforeValidator(values)]


def draw(given: Mapping[str, Any], dice: random.Random, number: int, at: datetime) -> dict[str, JsonValue]:
    """The values of one customer or event; what is missing is left out."""
    found: dict[str, JsonValue] = {}
    for name, one in given.items():
        drawn = one.value(dice, number, at) if isinstance(one, Drawn) else one
        if drawn is not None:
            found[name] = drawn
    return found


def span(written: object) -> timedelta | Drawn:
    """A span of zero or more, or how one is drawn."""
    if written == 0 and not isinstance(written, bool):
        return timedelta(0)
    if isinstance(written, Mapping):
        drawn = Drawn.model_validate(written)
        if drawn.text is not None or drawn.chance is not None or drawn.moment is not None:
            raise wrong("a span is drawn by choice, uniform, normal or exponential")
        for one, _ in drawn.choice or ():
            amount(one)
        return drawn
    if isinstance(written, Drawn | timedelta):
        return written
    try:
        found = parse_duration(written)
    except ValueError as error:
        raise wrong(str(error)) from None
    if not timedelta(0) <= found <= LONGEST:
        raise wrong(f"{format_duration(found)} is not a span of zero or more, and below a century")
    return found


Span = Annotated[timedelta | Drawn, BeforeValidator(span), WithJsonSchema({"$comment": "Span"})]


def drawn_span(given: timedelta | Drawn, dice: random.Random) -> timedelta:
    """A span of zero or more."""
    if isinstance(given, timedelta):
        return given
    return min(max(timedelta(0), timedelta(seconds=min(given.number(dice), LONGEST.total_seconds()))), LONGEST)


def _within(number: float, least: float | None, most: float | None) -> float:
    number = number if least is None else max(number, least)
    return number if most is None else min(number, most)
