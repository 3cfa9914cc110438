"""What is logged about an unforeseen error: never its text (semantics 26)."""

from domain.faults import fault
from store.customer.identities import split


def test_an_error_is_named_by_its_kind_and_by_the_place_in_our_code() -> None:
    try:
        split(None)  # type: ignore[arg-type]
    except AttributeError as error:
        found = fault(error)
    assert found["error"] == "AttributeError"
    assert found["at"].startswith("store/customer/identities.py:")


def test_an_error_that_our_code_never_raised_has_no_place() -> None:
    assert fault(KeyError("ada@example.com")) == {"error": "KeyError"}
