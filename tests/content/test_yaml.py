"""Documents as text: YAML 1.2 and JSON in, ids written back, mistakes with line and column."""

import json

import pytest

from content.yaml import place_of, places, read_documents, write_ids
from domain.errors import InvalidDocument
from tests.domain.compiler.writing import JOURNEYS, compiled, refused


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDocument) as caught:
        read_documents(text)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def test_reads_the_words_of_yaml_as_version_1_2_does() -> None:
    text = "a: 0x1F\nb: -3\nc: 1.5\nd: ~\ne: +20\nf: 'on'\ng: 3d\nh: true\ni: \"09:00\"\nj: email/x\nk:\n1: one"
    assert read_documents(text) == [
        {
            "a": 31,
            "b": -3,
            "c": 1.5,
            "d": None,
            "e": 20,
            "f": "on",
            "g": "3d",
            "h": True,
            "i": "09:00",
            "j": "email/x",
            "k": None,
            "1": "one",
        }
    ]


def test_reads_several_documents_and_passes_over_empty_ones() -> None:
    assert read_documents("a: 1\n---\nb: 2\n---\n# nothing here\n") == [{"a": 1}, {"b": 2}]


def test_reads_json_with_everything_that_json_has() -> None:
    text = '{\n\t"a": ["\\ud83d\\ude00", "\\/", 1e3, null],\n\t"on": {"b": "no"}\n}'
    assert read_documents(text) == [{"a": ["😀", "/", 1000.0, None], "on": {"b": "no"}}]


@pytest.mark.parametrize(
    "word",
    [
        "on",
        "off",
        "yes",
        "NO",
        "10:00",
        "09:00",
        "2026-12-24",
        "2026-12-24T09:00:00Z",
        "012",
        "0o14",
        "1_000",
        "0b1",
        "1e5",
        ".inf",
        "<<",
    ],
)
def test_words_that_yaml_1_1_reads_differently_must_be_quoted(word: str) -> None:
    (problem,) = problems(f"a: 1\nb: [x, {word}]")
    assert problem[0] == "line 2, column 8"
    assert read_documents(f'b: "{word}"') == [{"b": word}]


def test_keys_are_text_and_only_words_that_become_truth_values_must_be_quoted() -> None:
    assert read_documents("{1: a, 2026-12-24: b, y: c}") == [{"1": "a", "2026-12-24": "b", "y": "c"}]
    assert problems("cases: {DE: [], NO: []}")[0][0] == "line 1, column 17"


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("a: [1\n", "line 2, column 1", "not YAML"),
        ("a: 1\n b: 2", "line 2, column 3", "not YAML"),
        ("a:\n\t- b", "line 2, column 1", "not YAML"),
        ("a: 1\nb: 2\na: 3", "line 3, column 1", "twice"),
        ('{"a": 1, "a": 2}', "line 1, column 10", "twice"),
        ("a: &x 1", "line 1, column 4", "Anchors"),
        ("a: !!python/object 3", "line 1, column 4", "Tags"),
        ("? [1]\n: 2", "line 1, column 3", "key is text"),
        ("- 1", "line 1, column 1", "no mapping"),
        ("", "", "no document"),
        ("# only a comment", "", "no document"),
        ("a: \0", "line 1, column 1", "not YAML"),
        ("[" * 5_000, "line 1, column 102", "too deeply"),
        ("a: " + "9" * 500, "line 1, column 4", "too long"),
        ("a: x\n" * 60_000, "", "longer than"),
    ],
)
def test_mistakes_are_told_with_line_and_column(text: str, place: str, word: str) -> None:
    told = problems(text)
    assert told[0][0] == place
    assert word in told[0][1]


def test_all_words_without_quotes_are_told_at_once() -> None:
    assert [place for place, _ in problems("a: on\nb:\n  - 10:00\n  - no")] == [
        "line 1, column 4",
        "line 3, column 5",
        "line 4, column 5",
    ]


def test_ids_are_written_into_the_text_and_nothing_else_is_touched() -> None:
    text = (JOURNEYS / "webinar.yaml").read_text()
    result = compiled(text)
    written = write_ids(text, [result])
    assert read_documents(written) == [result.document]
    assert (
        "  - id: wait-1d-before-starts-at\n    wait: {until: event.starts_at, offset: -1d, if_past: skip} # the day before\n"
        in written
    )
    assert "    then: [{id: send-tomorrow, send: email/tomorrow}]\n" in written
    kept = [line for line in text.splitlines() if "send:" not in line and "wait" not in line and "else" not in line]
    assert [line for line in kept if line not in written.splitlines()] == []


def test_writing_ids_twice_changes_nothing_more() -> None:
    text = (JOURNEYS / "abandoned-cart.yaml").read_text()
    once = write_ids(text, [compiled(text)])
    assert write_ids(once, [compiled(once)]) == once


def test_line_ends_stay_and_steps_below_their_hyphen_keep_their_column() -> None:
    text = "journey: x\r\ntopic: news\r\nentry: {event: A}\r\nsteps:\r\n-\r\n   # why\r\n   wait: 1d\r\n- {id: b, wait: 2d}\r\n"
    written = write_ids(text, [compiled(text)])
    assert written.endswith("-\r\n   # why\r\n   id: wait-1d\r\n   wait: 1d\r\n- {id: b, wait: 2d}\r\n")


def test_every_document_of_a_file_gets_its_ids() -> None:
    text = "\n---\n".join((JOURNEYS / f"{name}.yaml").read_text() for name in ("webinar", "abandoned-cart"))
    results = [compiled((JOURNEYS / f"{name}.yaml").read_text()) for name in ("webinar", "abandoned-cart")]
    assert read_documents(write_ids(text, results)) == [result.document for result in results]


def test_ids_are_written_into_json() -> None:
    text = '{"journey": "x", "topic": "news", "entry": {"event": "A"}, "steps": [{"wait": "1d"}]}'
    assert json.loads(write_ids(text, [compiled(text)]))["steps"] == [{"id": "wait-1d", "wait": "1d"}]


def test_a_problem_of_the_compiler_can_be_shown_in_the_text() -> None:
    text = "journey: x\ntopic: news\nentry: {event: A}\nsteps:\n  - wait: 1d\n  - wait_for: {event: B, within: 0d}\n"
    (problem,) = refused(text)
    assert problem.path == "steps[1].wait_for.within"
    assert str(place_of(problem.path, places(text)[0])) == "line 6, column 26"
    assert str(place_of("steps[0].wait.nothing.here", places(text)[0])) == "line 5, column 5"
    assert str(place_of("", places(text)[0])) == "line 1, column 1"
    assert places("a: [") == []
