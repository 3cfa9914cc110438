"""docs/testing-journeys.md names everything that a scenario may say."""

import re
from pathlib import Path

from lab.expectations import Claim, Expect
from lab.happenings import Earlier, When
from lab.reading import read_scenarios
from lab.scenario import Answer, Scenario

PAGE = (Path(__file__).parents[2] / "docs" / "testing-journeys.md").read_text(encoding="utf-8")


def test_every_key_stands_on_the_page() -> None:
    code = " ".join(re.findall(r"`([^`\n]+)`", PAGE))
    keys = {key for form in (Scenario, When, Earlier, Expect, Claim, Answer) for key in sorted(form.keys())}
    assert {key for key in keys if not re.search(rf"\b{key}\b", code)} == set()


def test_the_example_of_the_page_is_that_of_the_folder() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    lines = {line.strip() for line in example.splitlines() if "event:" in line}
    folder = (Path(__file__).parents[2] / "journeys" / "whitepaper-nurture.test.yaml").read_text(encoding="utf-8")
    assert {line for line in lines if line not in folder} == set()


def test_the_example_of_the_page_can_be_read(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "whitepaper-nurture.test.yaml"
    file.write_text(example, encoding="utf-8")
    assert [one.name for one in read_scenarios(file)] == ["looks at pricing on the second day"]
