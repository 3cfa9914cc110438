"""docs/language.md says what the models say, and every example on it compiles."""

import re
from pathlib import Path

import pytest

from content.yaml import read_documents
from domain.compiler import Known, compile_journey
from domain.compiler.later import LATER
from domain.document.form import Form
from domain.document.reference import FORMS, key_table
from domain.document.steps import STEPS
from domain.rules.parse import parse_rule
from domain.rules.reading.questions import QUESTIONS
from domain.rules.rule import Operator

PAGE = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
KNOWN = Known(
    templates=frozenset((channel, name) for channel, name in re.findall(r"(email|sms)/([a-z-]+)", PAGE))
    | {("email", "confirmation"), ("email", "soon"), ("sms", "soon"), ("email", "cart-reminder")},
    topics=frozenset({"product-news"}),
    journeys=frozenset({"tutorial", "trial"}),
    inputs={"tutorial": {}, "trial": {"ends_at": "datetime"}},
)
HEAD = "journey: example\nentry: {event: Started, per: event.key}\ntopic: product-news\n"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_page_has_every_key(form: type[Form]) -> None:
    assert key_table(form) in PAGE, f"put this table of {form.__name__} on the page:\n{key_table(form)}"


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_compiles(example: str) -> None:
    first, _, rest = example.partition("\n")
    if first == "# rule":
        parse_rule(read_documents(rest)[0], path="")
        return
    if first == "# steps":
        text = f"{HEAD}steps:\n{rest}"
    elif first == "# entry":
        text = f"journey: example\ntopic: product-news\nentry:\n{rest}steps: [{{wait: 1d}}]"
    else:
        text = example
    (document,) = read_documents(text)
    compile_journey(document, KNOWN)


def test_the_page_names_every_step_question_and_operator() -> None:
    words = [*STEPS, *QUESTIONS, *Operator]
    assert [
        word for word in words if f"`{word}`" not in PAGE and not re.search(rf"^### .*\b{word}\b", PAGE, re.M)
    ] == []


def test_the_page_says_what_this_version_does_not_run() -> None:
    rows = [f"| {place} | `{word}` | {remedy} |" for place, words in LATER.items() for word, remedy in words.items()]
    assert [row for row in rows if row not in PAGE] == []
