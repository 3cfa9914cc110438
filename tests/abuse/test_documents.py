"""Journey documents made to hang the reader, to run code or to overflow it."""

import json

import pytest

from content.yaml import read_documents
from domain.compiler import Compiled, Known, compile_journey
from domain.errors import InvalidDocument

HEAD = "journey: j\nentry: {event: A}\nsteps:\n"
KNOWN = Known(templates=frozenset(), topics=frozenset(), channels=frozenset({"email"}), journeys=frozenset())


def deep_rule(levels: int) -> str:
    rule = '{"not": ' * levels + '{"plan": "pro"}' + "}" * levels
    return '{"journey": "j", "entry": {"event": "A", "if": ' + rule + '}, "steps": [{"wait": "1d"}]}'


HOSTILE = {
    "lists in lists": "[" * 20_000,
    "mappings in mappings": "a: " + "{a: " * 50_000,
    "hyphens": "- " * 100_000,
    "aliases that multiply": "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n",
    "an object of Python": "journey: !!python/object/apply:os.system ['id']\n",
    "a binary": "journey: !!binary aGk=\n",
    "merge keys": "a: {<<: {b: 1}}\n",
    "digits with lines between": "a: " + "1_" * 100_000 + "x",
    "thousands of steps": HEAD + "  - wait: 1d\n" * 1_001,
    "a rule in rules": deep_rule(300),
    "a rule in rules, deeper than Python": deep_rule(5_000),
    "a number of many digits": '{"journey": "j", "entry": {"event": "A"}, "steps": [{"wait": ' + "9" * 5_000 + "}]}",
    "a duration of many parts": HEAD + "  - wait: " + "1d" * 80_000 + "\n",
    "half a character": '{"journey": "j", "title": "\\ud800", "entry": {"event": "A"}, "steps": [{"wait": "1d"}]}',
    "a NUL": '{"journey": "j", "title": "\\u0000", "entry": {"event": "A"}, "steps": [{"wait": "1d"}]}',
    "a key twice": '{"journey": "j", "journey": "k"}',
    "too many values": json.dumps({"journey": "j", "entry": {"event": "A"}, "steps": [], "labels": [1] * 60_000}),
    "too long": "a" * 300_000,
}


def read_and_compile(text: str) -> list[Compiled]:
    return [compile_journey(document, KNOWN) for document in read_documents(text)]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_with_a_place_or_a_reason(name: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_and_compile(HOSTILE[name])
    assert all(problem.message for problem in refused.value.problems)


def test_a_thousand_steps_are_taken() -> None:
    [document] = read_documents(HEAD + "  - wait: 1d\n" * 1_000)
    assert len(compile_journey(document, KNOWN).program.steps) == 1_000
