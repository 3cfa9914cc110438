"""The tables of settings, metrics and columns in docs/operations.md are complete, and say what the code says."""

import re

from pydantic import SecretStr

from runtime.metrics import render
from runtime.settings import Settings, variables
from store.metrics import Depths
from tests.docs.blocks import ROOT, table

OPERATIONS = ROOT / "docs/operations.md"


def test_every_setting_stands_in_the_table_with_its_default_and_its_description() -> None:
    rows = table(OPERATIONS)
    wanted = {
        name: f"{default_of(field)} | {Settings.model_fields[field].description}" for field, name in variables().items()
    }
    lines = "\n".join(f"| `{name}` | {words} |" for name, words in wanted.items())
    assert {name: rows.get(name) for name in wanted} == wanted, f"the table is to read:\n{lines}"


def default_of(field: str) -> str:
    """How the table writes a default: in code, or `none`."""
    value = Settings.model_fields[field].default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = ",".join(value)
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def test_every_metric_stands_in_the_table_and_no_other() -> None:
    page = render(Depths(messages={"handed_over": 1}, runs={"running": 1})).decode()
    measured = set(re.findall(r"^# TYPE (sojourn_\w+) ", page, re.MULTILINE))
    measured = {name for name in measured if not name.endswith("_created")}
    assert {name for name in table(OPERATIONS) if name.startswith("sojourn_")} == measured
