"""Comments that allow warnings, and the lines they speak of."""

import pytest

from content.remarks import allowed_in, located, warned
from domain.errors import Problem

TEXT = "journey: a\nentry: {event: A}   # allow: x\nsteps:\n  # allow: y\n  # and why\n  - wait: 1d  # allow: z, w\n"


def test_a_comment_speaks_of_its_line_or_of_the_next_that_is_none() -> None:
    assert allowed_in(TEXT) == {2: frozenset({"x"}), 6: frozenset({"y", "z", "w"})}


@pytest.mark.parametrize(
    "line", ["a: b#allow: x", "a: b # allow x", "a: b # allow: X", "a: b # allow: x y", "# allow: x"]
)
def test_other_words_allow_nothing(line: str) -> None:
    assert allowed_in(line) == {}


def test_findings_get_the_line_of_their_path_or_of_what_is_around_it() -> None:
    problems = [Problem(path=path, message="m", code="x") for path in ("entry", "steps[0].wait.for", "", "nowhere")]
    assert [(one.line, one.column) for one in located(TEXT, problems)] == [(2, 1), (6, 5), (None, None), (1, 1)]
    assert [one.path for one in warned(TEXT, problems)] == ["steps[0].wait.for", "", "nowhere"]
