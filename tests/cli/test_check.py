"""`sojourn journeys check`: findings for people, scripts and code hosts, and an exit code."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Sojourn

WELCOME = """\
# how we greet
journey: welcome
entry: {event: Signed Up, again: never}
topic: news
steps:
  - id: hello
    send: email/welcome
  - branch:
      - if: {age: {gt: 30, lt: 18}}
        steps: [{wait: 1d}]
  - wait_for: {reaction: clicked, to: hello, link: planer, within: 2d}
"""
TEMPLATE = (
    '---\nsubject: Hello\n---\n<p>Look: <a data-link="planner" href="https://shop.example/planner">here</a></p>\n'
)
CARTS = """\
journey: carts
entry: {event: Cart Updated, per: event.cart_id}
topic: news
steps: [{send: email/welcome}]
"""


@pytest.fixture
def journeys(folder: Path) -> Path:
    """A folder with one journey of which there is something to say, and what it sends."""
    files = {
        "welcome.yaml": WELCOME,
        "topics.yaml": "news: {title: News}\n",
        "templates/email/welcome.html": TEMPLATE,
    }
    for name, text in files.items():
        file = folder / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "journeys"


async def test_each_finding_has_its_line_its_code_the_reason_and_a_remedy(offline: Sojourn, journeys: Path) -> None:
    outcome = await offline("journeys", "check")
    assert outcome.code == 0
    assert outcome.output.splitlines() == [
        "journeys/welcome.yaml:9:14: warning never_holds  steps[1].branch[0].if.age",
        "    This can never hold: `age: {gt: 30}` and `age: {lt: 18}` exclude each other. Its steps are never taken. "
        "(Only a list could pass, with a different element for each.)",
        "    Ask for one of them, or put them into any: [{…}, {…}] if either will do.",
        "journeys/welcome.yaml:11:46: warning unknown_link  steps[2].wait_for.link",
        "    The message of `hello` has no link `planer`.",
        "    Did you mean `planner`?",
        "1 journey: 0 errors, 2 warnings",
    ]


async def test_the_level_that_fails_can_be_chosen(offline: Sojourn, journeys: Path) -> None:
    assert (await offline("journeys", "check", journeys)).code == 0
    assert (await offline("journeys", "check", journeys, "--fail-on", "warning")).code == 1
    (journeys / "topics.yaml").unlink()
    broken = await offline("journeys", "check", journeys)
    assert broken.code == 1
    assert f"{journeys}/welcome.yaml:4:1: error unknown_topic  topic" in broken.output
    assert "1 error, 0 warnings" in broken.output


async def test_comments_allow_warnings(offline: Sojourn, journeys: Path) -> None:
    file = journeys / "welcome.yaml"
    text = WELCOME.replace("lt: 18}}", "lt: 18}}   # allow: never_holds, always_holds")
    file.write_text(text.replace("  - wait_for", "  # allow: unknown_link\n  - wait_for"))
    outcome = await offline("journeys", "check", journeys, "--fail-on", "warning")
    assert (outcome.code, outcome.output) == (0, "1 journey: nothing found\n")


async def test_scripts_get_everything_as_json(offline: Sojourn, journeys: Path) -> None:
    answer = (await offline("journeys", "check", journeys, "--json", "--together")).json
    assert (answer["journeys"], answer["errors"], answer["warnings"]) == (["welcome"], 0, 2)
    first = answer["findings"][0]
    assert {name: first[name] for name in ("code", "level", "journey", "line", "column")} == {
        "code": "never_holds",
        "level": "warning",
        "journey": "welcome",
        "line": 9,
        "column": 14,
    }
    assert answer["together"]["most"] == 1


async def test_all_journeys_together(offline: Sojourn, journeys: Path) -> None:
    (journeys / "carts.yaml").write_text(CARTS)
    outcome = await offline("journeys", "check", journeys, "--together")
    assert "warning too_many_messages_together" in outcome.output
    assert "    carts: any number (every `cart_id` has a run of its own)\n" in outcome.output
    assert "    welcome: 1 (1 within 7 days)\n" in outcome.output


async def test_a_wrong_path_or_level_is_wrong_usage(offline: Sojourn, journeys: Path) -> None:
    missing = await offline("journeys", "check", "nowhere")
    assert (missing.code, missing.error) == (2, "there is no file or folder nowhere.")
    assert (await offline("journeys", "check", journeys, "--fail-on", "note")).code == 2
    both = await offline("journeys", "check", journeys, "--json", "--sarif", "-")
    assert (both.code, both.error) == (2, "--json and --sarif - both go to standard output. Give SARIF a file.")
    unwritable = await offline("journeys", "check", journeys, "--sarif", journeys / "no" / "file")
    assert (unwritable.code, "cannot be written" in unwritable.error) == (2, True)


async def test_sarif_has_the_shape_that_code_hosts_read(offline: Sojourn, journeys: Path) -> None:
    (journeys / "broken.yaml").write_text("journey: broken\nentry: {event: A}\nsteps: [{wait: 0d}]\n")
    outcome = await offline("journeys", "check", journeys.name, "--sarif", "-")
    log = outcome.json
    assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "Sojourn"
    assert run["columnKind"] == "unicodeCodePoints"
    for rule in driver["rules"]:
        assert set(rule) == {"id", "name", "shortDescription", "help", "defaultConfiguration"}
        assert re.fullmatch(r"[A-Z][A-Za-z]+", rule["name"])
        assert rule["shortDescription"]["text"].endswith(".")
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for result in run["results"]:
        check_result(result, driver["rules"])
    places = [(result["level"], *place(result)) for result in run["results"]]
    assert places == [
        ("error", "journeys/broken.yaml", 3, 10),
        ("warning", "journeys/welcome.yaml", 9, 14),
        ("warning", "journeys/welcome.yaml", 11, 46),
    ]


def check_result(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    """What SARIF 2.1.0 asks of a result, section 3.27, and what code hosts ask beyond it."""
    assert set(result) == {"ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"}
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert rules[result["ruleIndex"]]["defaultConfiguration"]["level"] == result["level"]
    assert result["level"] in ("error", "warning", "note", "none")
    assert result["message"]["text"]
    assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


def place(result: dict[str, Any]) -> tuple[str, int, int]:
    [location] = result["locations"]
    physical = location["physicalLocation"]
    assert physical["artifactLocation"]["uriBaseId"] == "SRCROOT"
    assert not physical["artifactLocation"]["uri"].startswith("/")
    assert location["logicalLocations"][0]["fullyQualifiedName"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"], physical["region"]["startColumn"]


async def test_sarif_goes_to_a_file_beside_the_words(offline: Sojourn, journeys: Path) -> None:
    file = journeys.parent / "journeys.sarif"
    outcome = await offline("journeys", "check", journeys, "--sarif", file)
    assert "2 warnings" in outcome.output
    first = file.read_text()
    (journeys / "welcome.yaml").write_text("# one line more\n" + WELCOME)
    await offline("journeys", "check", journeys, "--sarif", file)
    prints = [re.findall(r'"place/v1": "(\w+)"', text) for text in (first, file.read_text())]
    assert prints[0] == prints[1] != []


async def test_a_server_lends_its_caps_and_its_other_journeys(sojourn: Sojourn, journeys: Path) -> None:
    (journeys / "carts.yaml").write_text(CARTS)
    await sojourn("journeys", "publish", journeys)
    (journeys / "carts.yaml").unlink()
    outcome = await sojourn("journeys", "check", journeys, "--together")
    assert "carts: any number" in outcome.output
    alone = await sojourn("journeys", "check", journeys, "--together", "--offline")
    assert "carts" not in alone.output
