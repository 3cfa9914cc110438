"""Both readers of YAML give the same, and the quick one passes on what it is not sure of."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.yaml_tree import read_nodes
from content.yaml_tree.quick import quick_nodes
from content.yaml_tree.thorough import thorough_nodes
from tests.domain.compiler.writing import JOURNEYS

EXAMPLES = [file.read_text() for file in sorted(JOURNEYS.glob("*.yaml"))]
LINES = sorted({line for text in EXAMPLES for line in text.splitlines(keepends=True)})
PIECES = [
    " ",
    "\n",
    "\n  ",
    "- ",
    ": ",
    ":",
    ", ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "#",
    " #",
    "? ",
    "|",
    ">",
    "&a",
    "*a",
    "!",
]
PIECES += [
    "---\n",
    "...\n",
    "%",
    "@",
    "~",
    "null",
    "yes",
    "0x1",
    "1.",
    "1e3",
    "é",
    "\u2028",
    "\t",
    "\\",
    "<<",
    "\n\n",
    '"\\u00e9"',
]


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_are_everyday_yaml(text: str) -> None:
    assert quick_nodes(text) == thorough_nodes(text)


@given(st.randoms(use_true_random=False), st.integers(1, 6), st.integers(0, 4))
def test_what_the_quick_reader_reads_is_what_the_thorough_one_reads(
    chance: random.Random, lines: int, slips: int
) -> None:
    text = "".join(chance.choices(LINES, k=lines))
    for _ in range(slips):
        place = chance.randint(0, len(text))
        text = text[:place] + chance.choice(PIECES) + text[place + chance.randint(0, 2) :]
    quick = quick_nodes(text)
    assert quick is None or quick == thorough_nodes(text)


RARE = {
    "a text in a block": "a: |\n  b\n",
    "an anchor": "a: &b c\n",
    "a tag": "a: !!str 1\n",
    "a directive": "%YAML 1.1\n---\na: b\n",
    "a key given twice": "a: 1\na: 2\n",
    "a word that readers take differently": "a: yes\n",
    "a key that is a list": "? [a]\n: b\n",
    "nothing where a value stands": "a:\n",
    "a tab": "a:\tb\n",
    "an invisible end of a line": "a: b\u2028c\n",
    "another end of lines": "a: b\r\n",
    "what is not YAML": "a: [b\n",
    "too many lists in each other": "[" * 102 + "]" * 102,
}


@pytest.mark.parametrize("text", RARE.values(), ids=RARE.keys())
def test_is_left_to_the_thorough_reader(text: str) -> None:
    assert quick_nodes(text) is None


def test_a_text_too_deep_for_its_reader_is_left_to_the_other() -> None:
    assert quick_nodes("[[[a]]]", deepest=3) is not None
    assert quick_nodes("[[[a]]]", deepest=2) is None


def test_whichever_reader_reads_nodes_know_where_they_stand() -> None:
    for text in ("a: {b: [c]}\n", "a: {b: [c]} # \t\n"):
        (root,) = read_nodes(text)
        entry = (root.entries or {})["a"]
        assert (entry.key, entry.mark.column, entry.is_flow) == (root.mark, 4, True)
