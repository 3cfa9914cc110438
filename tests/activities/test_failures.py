"""What Temporal is told of an error: its kind, whether to try again, and no word that may quote a person's data (semantics 26)."""

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError

from activities.failures import translated
from domain.errors import Conflict, Defect, SojournError, Unavailable

SECRET = "ada@example.com"


async def told(error: Exception) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        async with translated():
            raise error
    return caught.value


async def test_the_text_of_a_foreign_error_goes_nowhere() -> None:
    with capture_logs() as lines:
        failure = await told(KeyError(SECRET))
    assert (failure.type, failure.non_retryable) == ("KeyError", False)
    assert failure.__cause__ is None
    assert failure.__suppress_context__
    assert SECRET not in f"{failure} {lines}"
    assert [(line["error"], line["at"].partition(":")[0]) for line in lines] == [
        ("KeyError", "tests/activities/test_failures.py")
    ]


@pytest.mark.parametrize(
    ("error", "is_final"),
    [(Defect("No.", code="x"), True), (Conflict("No.", code="x"), True), (Unavailable("No.", code="x"), False)],
)
async def test_only_what_nobody_can_mend_under_way_is_not_tried_again(error: SojournError, is_final: bool) -> None:
    failure = await told(error)
    assert (failure.message, failure.type, failure.non_retryable) == ("No.", "x", is_final)
