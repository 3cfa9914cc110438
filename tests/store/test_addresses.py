"""One form for every address."""

import pytest

from store.customer.addresses import address_of, normalise

FORMS = [
    ("email", "Ada@Example.COM", "ada@example.com"),
    ("email", " ada@shop.test ", "ada@shop.test"),
    ("email", "ada@münchen.example", "ada@xn--mnchen-3ya.example"),
    ("email", "ada@例え.jp", "ada@xn--r8jz45g.jp"),
    ("email", "ada", None),
    ("email", "ada@shop.test\r\nBcc: eve@shop.test", None),
    ("email", "Ada <ada@shop.test>", None),
    ("email", 42, None),
    ("sms", "+49 170 1234567", "+491701234567"),
    ("sms", "(415) 555-2671", "+14155552671"),
    ("sms", "+15005550006", "+15005550006"),
    ("sms", "12", None),
    ("sms", "call me", None),
    ("sms", None, None),
    ("push", " token ", "token"),
    ("push", " ", None),
]


@pytest.mark.parametrize(("channel", "written", "expected"), FORMS)
def test_an_address_has_one_form(channel: str, written: object, expected: str | None) -> None:
    assert normalise(channel, written) == expected


def test_a_number_without_country_is_of_the_accounts_country() -> None:
    assert normalise("sms", "0170 1234567", country="DE") == "+491701234567"


def test_the_address_of_a_channel_is_an_attribute() -> None:
    attributes = {"email": "Ada@shop.test", "phone": "+14155552671"}
    assert [address_of(channel, attributes) for channel in ("email", "sms", "pigeon")] == [
        "ada@shop.test",
        "+14155552671",
        None,
    ]
