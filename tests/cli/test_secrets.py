"""`sojourn secrets`: set from standard input, listed without values, forgotten."""

import pytest

from tests.cli.conftest import Sojourn
from tests.cli.test_keys import direct

__all__ = ["direct"]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.secrets._asked_for", lambda: "canary-value")


@pytest.mark.usefixtures("said")
async def test_a_secret_is_set_listed_and_deleted_and_never_shown(direct: Sojourn) -> None:
    outcomes = [
        await direct("secrets", "set", "crm_token"),
        await direct("secrets", "list"),
        await direct("secrets", "list", "--json"),
        await direct("secrets", "delete", "crm_token"),
    ]
    assert [outcome.code for outcome in outcomes] == [0] * 4
    assert "canary" not in "".join(outcome.output + outcome.error for outcome in outcomes)
    assert [one["name"] for one in outcomes[2].json["items"]] == ["crm_token"]
    assert (await direct("secrets", "delete", "crm_token")).code == 4


@pytest.mark.usefixtures("said")
async def test_a_name_that_is_none_is_refused(direct: Sojourn) -> None:
    assert (await direct("secrets", "set", "CRM-Token")).code == 2
