"""A broken promise is found and named."""

from collections.abc import Callable

import pytest

from runtime.demo.expectations import expected
from runtime.demo.population import Customer, population
from runtime.demo.verdict import Got, judge
from runtime.demo.wording import words_of

EVERYBODY = population(seed=3, count=60, tag="test")
CUSTOMER = next(one for one in EVERYBODY if one.story.title == "leaves a cart behind, and may be texted")


def kept(customer: Customer) -> list[Got]:
    """What this customer gets when all goes well."""
    messages = [promise.message for promise in expected(customer)]
    return [Got(message.partition("/")[0], words_of(message, customer.person) + " …") for message in messages]


def judged(customer: Customer, got: list[Got]) -> list[tuple[str, list[str]]]:
    return [(broken.journey, broken.difference) for broken in judge([customer], {customer.person.user_id: got})]


def test_nothing_is_broken_when_everybody_got_what_was_promised() -> None:
    assert judge(EVERYBODY, {customer.person.user_id: kept(customer) for customer in EVERYBODY}) == []


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda got: got[:1], ["missing: sms/cart-reminder"]),
        (lambda got: [], ["missing: email/cart-reminder", "missing: sms/cart-reminder"]),
        (lambda got: [*got, got[0]], ["not promised: email/cart-reminder"]),
    ],
    ids=["one is missing", "all are missing", "one came twice"],
)
def test_a_broken_promise_is_found(change: Callable[[list[Got]], list[Got]], difference: list[str]) -> None:
    assert judged(CUSTOMER, change(kept(CUSTOMER))) == [("abandoned-cart", difference)]


def test_a_message_that_nobody_was_promised_is_found() -> None:
    stray = Got("email", "Three tips for watering less")
    unknown = Got("email", "You have won")
    assert judged(CUSTOMER, [*kept(CUSTOMER), stray, unknown]) == [
        ("", ["not promised: email/three-tips", "not promised: email: You have won"])
    ]


def test_messages_in_the_wrong_order_are_found() -> None:
    reader = next(one for one in EVERYBODY if one.story.title == "reads the white paper, then looks at the prices")
    ((journey, (difference,)),) = judged(reader, kept(reader)[::-1])
    assert journey == "whitepaper-nurture"
    assert difference.startswith("wrong order: email/case-study")


def test_a_mail_may_be_overtaken_by_a_text() -> None:
    assert judged(CUSTOMER, kept(CUSTOMER)[::-1]) == []
