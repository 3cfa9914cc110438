"""`sojourn journeys`: files are checked with line and column, completed, and published with what lies beside them."""

from pathlib import Path

import pytest

from tests.cli.conftest import Sojourn

WELCOME = """\
# how we greet
journey: welcome
entry: {event: Signed Up}
topic: news
steps:
  - send: email/welcome   # the first word
  - wait: 3d
"""
SECOND = "journey: second\nentry: {event: Signed Up}\nsteps:\n  - id: a-day\n    wait: 1d\n"


@pytest.fixture
def journeys(folder: Path) -> Path:
    """A folder as authors have it: journeys, templates in two locales, topics, a test file that is none of ours."""
    files = {
        "welcome.yaml": WELCOME,
        "welcome.test.yaml": "- scenario: none\n",
        "topics.yaml": "news: {title: News}\n",
        "templates/email/welcome.txt": "---\nsubject: Hello\n---\nGood to have you here.\n",
        "templates/email/welcome.de.txt": "---\nsubject: Hallo\n---\nSchön, dass du da bist.\n",
    }
    for name, text in files.items():
        file = folder / "journeys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "journeys"


async def test_good_files_are_valid_without_any_server(offline: Sojourn, journeys: Path) -> None:
    outcome = await offline("journeys", "validate", journeys)
    assert (outcome.code, outcome.output) == (0, f"{journeys}/welcome.yaml: welcome: good\n")


async def test_problems_are_told_with_file_line_and_column(offline: Sojourn, journeys: Path) -> None:
    (journeys / "topics.yaml").unlink()
    outcome = await offline("journeys", "validate", journeys)
    assert outcome.code == 1
    assert f"{journeys}/welcome.yaml:4:1: error: topic: There is no topic `news`." in outcome.output


async def test_a_wrong_template_is_told_by_its_file(offline: Sojourn, journeys: Path) -> None:
    (journeys / "templates/email/welcome.txt").write_text("---\nsubject: Hello\n---\n{{ nonsense.name }}\n")
    outcome = await offline("journeys", "validate", journeys, "--json")
    assert outcome.code == 1
    [wrong] = [file for file in outcome.json["files"] if file["problems"]]
    assert wrong["file"].endswith("welcome.txt")


async def test_what_the_server_knows_counts_as_known(sojourn: Sojourn, journeys: Path) -> None:
    await sojourn("journeys", "publish", journeys)
    for name in ("topics.yaml", "templates/email/welcome.txt", "templates/email/welcome.de.txt"):
        (journeys / name).unlink()
    assert (await sojourn("journeys", "validate", journeys)).code == 0
    assert (await sojourn("journeys", "validate", journeys, "--offline")).code == 1


async def test_fmt_writes_ids_and_touches_nothing_else(offline: Sojourn, journeys: Path) -> None:
    file = journeys / "welcome.yaml"
    assert (await offline("journeys", "fmt", file, "--check")).code == 1
    assert file.read_text() == WELCOME
    assert (await offline("journeys", "fmt", file)).code == 0
    expected = WELCOME.replace("- send", "- id: send-welcome\n    send").replace("- wait", "- id: wait-3d\n    wait")
    assert file.read_text() == expected
    assert (await offline("journeys", "fmt", file, "--check")).code == 0


async def test_publish_sends_topics_and_templates_first(sojourn: Sojourn, journeys: Path) -> None:
    outcome = await sojourn("journeys", "publish", journeys, "--json")
    published = [(step["kind"], step["name"], step["version"]) for step in outcome.json["published"]]
    assert published == [
        ("topic", "news", None),
        ("template", "email/welcome.de", 1),
        ("template", "email/welcome", 2),
        ("journey", "welcome", 1),
    ]


async def test_publishing_twice_changes_nothing_and_exits_well(sojourn: Sojourn, journeys: Path) -> None:
    await sojourn("journeys", "publish", journeys)
    outcome = await sojourn("journeys", "publish", journeys / "welcome.yaml")
    assert outcome.code == 0
    assert "journey welcome version 1 (unchanged)" in outcome.output
    assert "template email/welcome version 2 (unchanged)" in outcome.output


async def test_the_first_publication_writes_ids_into_the_file_so_that_the_next_one_works(
    sojourn: Sojourn, journeys: Path
) -> None:
    file = journeys / "welcome.yaml"
    await sojourn("journeys", "publish", journeys)
    assert "- id: send-welcome\n    send: email/welcome   # the first word" in file.read_text()
    file.write_text(file.read_text().replace("wait: 3d", "wait: 4d"))
    assert "journey welcome version 2\n" in (await sojourn("journeys", "publish", journeys)).output


async def test_ids_can_be_kept_out_of_the_file(sojourn: Sojourn, journeys: Path) -> None:
    await sojourn("journeys", "publish", journeys, "--no-write-ids")
    assert (journeys / "welcome.yaml").read_text() == WELCOME
    (journeys / "welcome.yaml").write_text(WELCOME.replace("3d", "4d"))
    refused = await sojourn("journeys", "publish", journeys)
    assert refused.code == 1
    assert f"{journeys}/welcome.yaml:6:5: steps[0]: This step has no id. Run `sojourn journeys fmt`" in refused.error


async def test_a_file_may_hold_several_journeys(sojourn: Sojourn, journeys: Path) -> None:
    (journeys / "welcome.yaml").write_text(f"# both\n---\n{WELCOME}---\n{SECOND}")
    outcome = await sojourn("journeys", "publish", journeys)
    assert "journey welcome version 1" in outcome.output
    assert "journey second version 1" in outcome.output
    assert (await sojourn("journeys", "validate", journeys)).code == 0


async def test_list_show_and_archive(sojourn: Sojourn, journeys: Path) -> None:
    await sojourn("journeys", "publish", journeys)
    assert "welcome\tlive\t1" in (await sojourn("journeys", "list")).output
    assert (await sojourn("journeys", "list", "--json")).json["items"][0]["journey"] == "welcome"
    assert (await sojourn("journeys", "show", "welcome")).output.startswith("# how we greet\njourney: welcome")
    assert (await sojourn("journeys", "archive", "welcome", "--json")).json["status"] == "archived"
    assert (await sojourn("journeys", "list")).output.startswith("No journeys.")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("journeys", "show", "unknown"), 4, "There is no journey unknown."),
        (("journeys", "validate", "nowhere"), 4, "there is no file or folder nowhere."),
        (("journeys", "list", "--key", "sj_admin_wrong"), 4, "Give an admin key with --key"),
        (("journeys", "list", "--url", "http://127.0.0.1:9"), 3, "cannot reach http://127.0.0.1:9"),
        (("runs", "list", "--status", "lost"), 2, "Invalid value for '--status'"),
        (("runs", "show", "not-an-id"), 2, "run"),
        (("explain",), 2, "name a customer"),
    ],
)
async def test_errors_say_what_is_wrong_and_the_status_says_which_kind(
    sojourn: Sojourn, words: tuple[str, ...], code: int, said: str
) -> None:
    outcome = await sojourn(*words)
    assert outcome.code == code
    assert said in outcome.error


async def test_without_a_server_the_remedy_is_named(offline: Sojourn) -> None:
    outcome = await offline("journeys", "list")
    assert outcome.code == 4
    assert "Run `sojourn up` in this folder, or set SOJOURN_URL and SOJOURN_ADMIN_KEY" in outcome.error


async def test_the_stack_of_the_folder_is_found_by_itself(
    offline: Sojourn, folder: Path, server: str, admin_key: str
) -> None:
    (folder / ".sojourn").mkdir()
    (folder / ".sojourn/dev.env").write_text(f"SOJOURN_URL={server}\nSOJOURN_ADMIN_KEY={admin_key}\n")
    assert (await offline("journeys", "list")).code == 0


MANUAL = "journey: {0}\nentry: [{{event: {0}}}, {{manual: true}}]\nsteps:\n  - {{id: go, start_journey: {1}}}\n"


async def test_a_journey_that_is_started_by_another_is_published_before_it(sojourn: Sojourn, folder: Path) -> None:
    (folder / "a.yaml").write_text(MANUAL.format("first", "second"))
    (folder / "b.yaml").write_text(MANUAL.format("second", "third"))
    (folder / "c.yaml").write_text(MANUAL.format("third", "third"))
    outcome = await sojourn("journeys", "publish", "a.yaml", "b.yaml", "c.yaml", "--json")
    assert outcome.code == 0, outcome.error
    assert [one["name"] for one in outcome.json["published"]] == ["third", "second", "first"]


async def test_journeys_that_start_each_other_in_a_circle_are_published_together_or_not_at_all(
    sojourn: Sojourn, folder: Path
) -> None:
    (folder / "a.yaml").write_text(MANUAL.format("first", "second"))
    (folder / "b.yaml").write_text(MANUAL.format("second", "first") + "  - {id: halt, stop_journey: third}\n")
    outcome = await sojourn("journeys", "publish", "a.yaml", "b.yaml")
    assert outcome.code != 0
    assert "b.yaml:5" in outcome.error
    assert "There is no journey `third`" in outcome.error
    assert (await sojourn("journeys", "list", "--json")).json["items"][0]["live_version"] is None
    (folder / "b.yaml").write_text(MANUAL.format("second", "first"))
    assert (await sojourn("journeys", "publish", "a.yaml", "b.yaml")).code == 0
    live = {one["journey"]: one["live_version"] for one in (await sojourn("journeys", "list", "--json")).json["items"]}
    assert set(live.values()) == {1}


async def test_two_files_with_the_same_journey_are_refused(sojourn: Sojourn, folder: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text(MANUAL.format("first", "first"))
    outcome = await sojourn("journeys", "publish", "a.yaml", "b.yaml")
    assert "the journey first is in" in outcome.error
