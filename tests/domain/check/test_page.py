"""docs/checking-journeys.md: every warning stands there, with an example that is warned of and one that is not."""

import re
from pathlib import Path

import pytest

from content.remarks import warned
from content.yaml import read_documents
from domain.account import Account
from domain.check.catalogue import CATALOGUE
from domain.check.journey import check_journey
from domain.check.together import check_together
from domain.compiler import Compiled, compile_journey
from tests.domain.compiler.writing import KNOWN

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/checking-journeys.md").read_text(encoding="utf-8")
LINKS = {("email", "welcome"): frozenset({"planner"})}
WHILE_SENDING = {"ics_without_start", "template_failed", "template_limit", "template_variable_missing"}
"""Codes of defects that no check can find: they depend on the customer."""
_SECTION = re.compile(r"^### `([a-z_]+)`\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
_YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SECTIONS = {code: _YAML.findall(text) for code, text in _SECTION.findall(PAGE)}
EXAMPLES = {code: examples for code, examples in SECTIONS.items() if code != "undecided_condition"}


def compiled(text: str) -> Compiled:
    [document] = read_documents(text)
    return compile_journey(document, KNOWN)


def codes(text: str) -> set[str]:
    """The codes of everything that is found in an example."""
    one = compiled(text)
    together = check_together([one.program], Account()).warnings
    return {problem.code for problem in (*check_journey(one, links=LINKS), *together)}


def test_every_warning_is_explained() -> None:
    assert set(SECTIONS) == {code.code for code in CATALOGUE.values() if code.level == "warning"}


def test_every_code_that_is_given_stands_in_the_catalogue() -> None:
    folders = ("domain/compiler", "domain/rules", "domain/check", "content")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    given = {code for file in files for code in re.findall(r'code="([a-z_]+)"', file.read_text(encoding="utf-8"))}
    assert len(given) > 20
    assert given - CATALOGUE.keys() == WHILE_SENDING


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_first_example_is_warned_of_and_the_second_is_not(code: str) -> None:
    wrong, right = EXAMPLES[code]
    assert code in codes(wrong)
    assert code not in codes(right)


def test_the_example_of_a_comment_allows_its_warning() -> None:
    [text] = [example for example in _YAML.findall(PAGE) if "# allow: same_way" in example]
    one = compiled(text)
    assert [problem.code for problem in check_journey(one)] == ["same_way"]
    assert warned(text, check_journey(one)) == ()
