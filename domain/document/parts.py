"""What stands in a document and is read by others: rules, lists of steps, values with references."""

from typing import Annotated, Literal

from pydantic import AfterValidator, JsonValue, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails

from domain.document.form import wrong
from domain.document.words import Text
from domain.errors import InvalidDocument
from domain.rules.parse import parse_rule


def about_customer(written: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A rule that can be read, as written."""
    return _readable(written, "customer")


def about_event(written: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A rule about the properties of an arriving event that can be read, as written."""
    return _readable(written, "arriving")


def _readable(written: dict[str, JsonValue], root: Literal["customer", "arriving"]) -> dict[str, JsonValue]:
    try:
        parse_rule(written, path="", root=root)
    except InvalidDocument as refused:
        details = [
            InitErrorDetails(
                type=wrong(problem.message, problem.remedy, problem.code),
                loc=(problem.path,) if problem.path else (),
                input=written,
            )
            for problem in refused.problems
        ]
        raise ValidationError.from_exception_data("rule", details) from None
    return written


RawRule = Annotated[dict[str, JsonValue], AfterValidator(about_customer), WithJsonSchema({"$comment": "Rule"})]
"""A rule as written; the compiler reads it again, for what it refers to."""

RawWhere = Annotated[dict[str, JsonValue], AfterValidator(about_event), WithJsonSchema({"$comment": "Where"})]
"""A rule about the properties of an arriving event, as written."""

RawSteps = Annotated[list[JsonValue], WithJsonSchema({"$comment": "Steps"})]
"""Steps as written; the compiler reads each by itself, so that one mistake does not hide the next."""

Values = Annotated[dict[Text, JsonValue], WithJsonSchema({"$comment": "Values"})]
"""Literals, or `{ref: event.cart_id}`."""
