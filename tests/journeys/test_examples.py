"""The example journeys: they compile without a warning, they can be published, and every template can be rendered."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import JsonValue

from content.folder import TemplateFile, journey_files, template_files, topics_in
from content.links import Signer, Tracking
from content.templates import RenderContext, compile_template, render
from content.yaml import read_documents
from domain.account import Account
from domain.compiler import Known, compile_journey, missing_ids
from runtime.settings import Settings
from runtime.stack.plan import EXAMPLES
from tests.cli.conftest import Sojourn, admin_key, folder, offline, server, sojourn

__all__ = ["admin_key", "folder", "offline", "server", "sojourn"]

FILES = journey_files([EXAMPLES])
TEMPLATES = list(template_files([EXAMPLES]))
NAMES = ["abandoned-cart", "after-purchase", "webinar", "welcome", "whitepaper-nurture"]
CONFIRMATIONS = {"webinar-confirmation"}
"""Asked for by the recipient, so there is nothing to unsubscribe from."""

CUSTOMER: dict[str, JsonValue] = {"first_name": "Ada", "email": "ada@example.com", "garden": "balcony"}
EVENT: dict[str, JsonValue] = {
    "title": "Garden automation",
    "cart_id": "c-1",
    "order_id": "o-1",
    "webinar_id": "w-1",
    "items": [{"name": "Soil sensor", "price": 24.5}, {"name": "Rain gauge", "price": 18}],
    "value": 42.5,
    "starts_at": "2026-05-09T18:00:00+01:00",
}
NEEDED = ("title", "cart_id", "order_id", "webinar_id", "starts_at")
"""What the journeys' entries and attachments insist on; everything else may be missing."""


@pytest.fixture
def settings(database_url: str) -> Settings:
    """An installation that can send texts, as the stack can."""
    return Settings(
        database_url=database_url,
        database_pool=3,
        temporal_address="127.0.0.1:1",
        secret_key="a secret for tests, long enough to sign",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="token",
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_compiles_without_a_warning_and_names_its_steps(file: Path) -> None:
    known = Known(
        templates=frozenset((template.channel, template.name) for template in TEMPLATES),
        topics=frozenset(topics_in([EXAMPLES])),
    )
    (document,) = read_documents(file.read_text(encoding="utf-8"))
    assert document["journey"] == file.stem
    assert compile_journey(document, known).warnings == ()
    assert not missing_ids(document)


async def test_the_examples_can_be_published_and_published_again(sojourn: Sojourn, tmp_path: Path) -> None:
    copy = tmp_path / "journeys"
    shutil.copytree(EXAMPLES, copy)
    outcome = await sojourn("journeys", "publish", copy, "--json")
    assert outcome.code == 0, outcome.error
    steps = outcome.json["published"]
    assert sorted(step["name"] for step in steps if step["kind"] == "journey") == NAMES
    assert all(step["changed"] and not step["warnings"] for step in steps)
    again = (await sojourn("journeys", "publish", copy, "--json")).json["published"]
    assert not any(step["changed"] for step in again if step["kind"] != "topic")
    assert [file.read_text() for file in journey_files([copy])] == [file.read_text() for file in FILES]


def test_every_template_is_sent_by_a_journey() -> None:
    plans = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
    assert [template.name for template in TEMPLATES if template.name not in plans] == []


@pytest.mark.parametrize("is_known", [True, False], ids=["all data", "the least data"])
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.file.name)
def test_a_template_can_be_rendered(template: TemplateFile, is_known: bool) -> None:
    compiled = compile_template(template.channel, template.name, template.text, locale=template.locale)
    event = EVENT if is_known else {name: EVENT[name] for name in NEEDED}
    signer, message = Signer("secret", "https://sojourn.example"), uuid4()
    is_marketing = template.name not in CONFIRMATIONS
    rendered = render(
        compiled,
        RenderContext(
            now=datetime(2026, 5, 4, 12, tzinfo=UTC),
            account=Account(),
            customer=CUSTOMER if is_known else {},
            event=event,
            unsubscribe_url=signer.unsubscribe(message) if is_marketing else None,
            tracking=Tracking(signer, message),
        ),
    )
    if template.channel == "sms":
        assert "STOP" in rendered.text
        assert len(rendered.text) <= (160 if rendered.text.isascii() else 70) * 2
        return
    html = rendered.html or ""
    assert rendered.subject
    assert len(rendered.subject) <= 78
    assert "Bristol" in html
    assert (signer.unsubscribe(message) in html) is is_marketing
    assert rendered.text.strip()
    assert len(html) < 100_000, "mail programs cut off what is longer"
