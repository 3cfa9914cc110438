"""docker-compose.yml cannot be started in the tests: so its form, its settings and its promises are checked."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from runtime.settings import Settings, variables

ROOT = Path(__file__).parents[2]
OURS = ("api", "worker", "migrate")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_it_is_what_the_compose_specification_says(compose: dict[str, Any]) -> None:
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(compose, json.loads(schema.read_text()))


@pytest.mark.parametrize("service", OURS)
def test_every_setting_that_it_names_exists(compose: dict[str, Any], service: str) -> None:
    assert set(compose["services"][service]["environment"]) <= set(variables().values())


def test_what_it_sets_is_accepted_in_production(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"SOJOURN_SECRET_KEY": "s" * 40, "SOJOURN_ENCRYPTION_KEY": "k" * 44, "POSTGRES_PASSWORD": "p"}
    for name, template in compose["services"]["api"]["environment"].items():
        value = re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: secrets.get(found[1], found[2]), str(template))
        monkeypatch.setenv(name, value)
    assert Settings().is_production


def test_no_secret_stands_in_it(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|PWD|SECRET|TOKEN|_KEY$|DATABASE_URL", variable):
                assert re.search(r"\$\{\w+:[?-]", str(value)), f"{name}: {variable} has its value in the file"


def test_our_processes_have_no_privileges(compose: dict[str, Any]) -> None:
    for name in OURS:
        assert compose["services"][name]["cap_drop"] == ["ALL"]
        assert compose["services"][name]["read_only"] is True
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users == ["10001:10001"]


def test_what_stays_up_has_a_health_check(compose: dict[str, Any]) -> None:
    without = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert without == {"migrate", "temporal-schema", "temporal-ui"}


def test_only_this_machine_reaches_the_ports(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in ports)
