"""Signed links: what leads where, and what leads nowhere."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.links import MAX_TARGET, Click, Signer, Tracking, safe_target, with_utm
from content.text_links import rewrite

SIGNER = Signer("a secret that signs", "https://m.test/")
MESSAGE = UUID(int=7)
TRACKING = Tracking(SIGNER, MESSAGE)


def token(url: str) -> str:
    return url.rpartition("/")[2]


@given(st.text(min_size=1, max_size=80).filter(lambda text: "\0" not in text and text.isprintable()), st.uuids())
def test_a_click_token_gives_back_what_was_signed(target: str, message: UUID) -> None:
    assert SIGNER.read_click(token(SIGNER.click(message, target, "name"))) == Click(message, target, "name")
    assert SIGNER.read_click(token(SIGNER.click(message, target))) == Click(message, target, target)


def test_opens_and_unsubscribes_carry_the_message() -> None:
    assert SIGNER.open(MESSAGE).startswith("https://m.test/o/")
    assert SIGNER.read_open(token(SIGNER.open(MESSAGE))) == MESSAGE
    assert SIGNER.read_unsubscribe(token(SIGNER.unsubscribe(MESSAGE))) == MESSAGE


def test_one_kind_of_token_is_not_another() -> None:
    opened, left, clicked = (
        token(url) for url in (SIGNER.open(MESSAGE), SIGNER.unsubscribe(MESSAGE), SIGNER.click(MESSAGE, "x"))
    )
    assert SIGNER.read_unsubscribe(opened.removesuffix(".gif")) is None
    assert SIGNER.read_click(left) is None
    assert SIGNER.read_open(clicked) is None


@given(st.text(max_size=100))
def test_what_we_did_not_sign_is_nothing(text: str) -> None:
    assert SIGNER.read_click(text) is None
    assert SIGNER.read_open(text) is None
    assert SIGNER.read_unsubscribe(text) is None


def test_a_former_secret_still_opens_its_links() -> None:
    renewed = Signer("a new secret", "https://m.test", retired=["a secret that signs"])
    assert renewed.read_open(token(SIGNER.open(MESSAGE))) == MESSAGE
    assert SIGNER.read_open(token(renewed.open(MESSAGE))) is None


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("https://x.test/a b", "https://x.test/ab"),
        ("mailto:a@x.test", "mailto:a@x.test"),
        ("#top", "#top"),
        ("javascript:alert(1)", "#"),
        (" java\tscript:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ("VBScript:x", "#"),
        ("", ""),
    ],
)
def test_no_link_can_run_anything(target: str, safe: str) -> None:
    assert safe_target(target) == safe


@pytest.mark.parametrize("target", ["mailto:a@x.test", "tel:+49", "sms:+49", "#a", "", SIGNER.unsubscribe(MESSAGE)])
def test_what_is_no_web_page_of_somebody_stays_as_it_is(target: str) -> None:
    assert TRACKING.link(target) == target


def test_a_target_that_no_server_would_take_with_a_token_around_it_stays_as_it_is() -> None:
    assert TRACKING.link("https://x.test/" + "a" * MAX_TARGET).startswith("https://x.test/")


@pytest.mark.parametrize(
    ("target", "marked"),
    [
        ("https://x.test", "https://x.test?utm_source=mail&utm_campaign=a+b"),
        ("https://x.test/p?q=1#f", "https://x.test/p?q=1&utm_source=mail&utm_campaign=a+b#f"),
        ("https://x.test/p?utm_source=mine", "https://x.test/p?utm_source=mine&utm_campaign=a+b"),
    ],
)
def test_campaign_parameters_join_those_that_are_there(target: str, marked: str) -> None:
    assert with_utm(target, (("source", "mail"), ("utm_campaign", "a b"))) == marked


def test_a_link_without_a_name_is_called_by_its_target_as_the_author_wrote_it() -> None:
    url = Tracking(SIGNER, MESSAGE, {"source": "mail"}).link("https://x.test/a")
    assert SIGNER.read_click(token(url)) == Click(MESSAGE, "https://x.test/a?utm_source=mail", "https://x.test/a")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://x.test/a.", "https://x.test/a"),
        ("(https://x.test/a)", "https://x.test/a"),
        ("https://x.test/a_(b), and", "https://x.test/a_(b)"),
        ("<https://x.test/a?b=1&c=2>", "https://x.test/a?b=1&c=2"),
    ],
)
def test_addresses_in_plain_text_are_found_without_the_punctuation_around_them(text: str, address: str) -> None:
    changed = rewrite(text, TRACKING)
    before, _, after = text.partition(address)
    assert changed.startswith(before)
    assert changed.endswith(after)
    inside = changed[len(before) : len(changed) - len(after)]
    click = SIGNER.read_click(token(inside))
    assert click
    assert click.target == address
