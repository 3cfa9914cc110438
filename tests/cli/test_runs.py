"""`sojourn runs` and `sojourn explain`: what operators see and ask."""

import pytest

from store.database import Database
from tests.cli.conftest import Sojourn
from tests.fixtures.history import History


@pytest.fixture
def history(db: Database) -> History:
    return History(db)


async def test_runs_are_listed_with_a_cursor_for_the_rest(sojourn: Sojourn, history: History) -> None:
    ada = await history.customer("42")
    runs = [await history.run(ada, "welcome", ago=ago, step="wait-1d") for ago in range(3)]
    outcome = await sojourn("runs", "list", "welcome", "--limit", 2)
    lines = outcome.output.splitlines()
    assert [line.split("\t")[0] for line in lines[1:3]] == [str(runs[0]), str(runs[1])]
    cursor = lines[3].removeprefix("There are more: --cursor ")
    rest = await sojourn("runs", "list", "welcome", "--limit", 2, "--cursor", cursor, "--json")
    assert [run["id"] for run in rest.json["items"]] == [str(runs[2])]


async def test_no_runs_are_said_to_be_none(sojourn: Sojourn) -> None:
    assert (await sojourn("runs", "list")).output == "No runs.\n"


async def test_a_run_is_shown_with_what_it_hears(sojourn: Sojourn, history: History) -> None:
    listens = {"listens": [{"id": "hear/0", "events": ["Order Completed"]}]}
    run = await history.run(await history.customer("42"), "welcome", state={"path": ["a", "b"]}, listens=listens)
    output = (await sojourn("runs", "show", run)).output
    fields = dict(line.split(maxsplit=1) for line in output.splitlines())
    assert (fields["path"], fields["hears"]) == ("a → b", "Order Completed")


async def test_orders_need_temporal(sojourn: Sojourn, history: History) -> None:
    run = await history.run(await history.customer("42"), "welcome")
    outcome = await sojourn("runs", "pause", run)
    assert (outcome.code, "Temporal cannot be reached" in outcome.error) == (3, True)


async def test_explain_finds_people_by_user_id_address_and_id(sojourn: Sojourn, history: History) -> None:
    ada = await history.customer("42", email="ada@example.com", first_name="Ada")
    for named in ("42", "Ada@example.com", ada):
        outcome = await sojourn("explain", named)
        assert outcome.output.startswith("# Ada\n")
        assert outcome.code == 0


async def test_explain_gives_the_story_as_json(sojourn: Sojourn, history: History) -> None:
    ada = await history.customer("42")
    run = await history.run(ada, "welcome")
    await history.decision(ada, "end", "finished", journey_id="welcome", version=1, run_id=run)
    story = (await sojourn("explain", "--run", run, "--json")).json
    assert [line["sentence"] for line in story["lines"]] == ["Ended: the plan is used up."]


async def test_explain_says_who_is_meant_when_nobody_or_several_fit(sojourn: Sojourn, history: History) -> None:
    both = [await history.customer(user, email="office@example.com") for user in ("1", "2")]
    outcome = await sojourn("explain", "office@example.com")
    assert outcome.code == 4
    assert all(str(customer) in outcome.error for customer in both)
    assert (await sojourn("explain", "nobody")).error == "no customer has the user id or address 'nobody'."
