"""What is fuzzed. A target returns for what it takes and for what it refuses in the proper way; all else is a finding."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from urllib.parse import parse_qsl
from uuid import UUID

import orjson

from api.events.batch import take_apart
from api.events.normalise import Arrival, normalise
from api.events.parsing import Fault, is_suspect, parse_object
from api.problems import Refusal
from api.tracking.languages import language_of
from channels.email_reports import read_report
from channels.email_smtp.mime import build, mailbox
from channels.protocol import Outgoing
from channels.sms_twilio_callbacks import is_genuine, read_inbound, read_status
from content.links import Signer, Tracking, safe_target
from content.templates import RenderContext, compile_template, render
from content.yaml import read_documents, write_ids
from domain.account import Account
from domain.compiler import Known, compile_journey
from domain.cursors import read_cursor
from domain.errors import SojournError
from domain.rules.evaluate import evaluate
from domain.rules.facts import Facts
from domain.rules.parse import parse_rule

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIGNER = Signer("a secret for tests, long enough to sign", "https://t.test")
KNOWN = Known(
    templates=frozenset(), topics=frozenset({"news"}), channels=frozenset({"email", "sms"}), journeys=frozenset()
)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe"]


def events(data: bytes) -> None:
    """A call or a batch, from bytes to what would be committed."""
    try:
        parsed = parse_object(data)
        batch = take_apart(parsed, "fuzz", NOW) if "batch" in parsed.value else None
    except Refusal:
        return
    suspect = not parsed.strict or is_suspect(data)
    kind = str(parsed.value.get("type", "track"))
    single = normalise(parsed.value, kind, Arrival("fuzz", NOW, suspect))
    taken = [event for _, event in batch[0]] if batch else []
    for event in [*taken, *([] if isinstance(single, Fault) else [single])]:
        stored = orjson.dumps(event.model_dump(mode="json"))
        assert b"\\u0000" not in stored.replace(b"\\\\", b""), "PostgreSQL takes no NUL"
        assert event.timestamp <= NOW, "nothing happens in the future"


def journeys(data: bytes) -> None:
    """A journey document, from text to a program and back to text with ids, which compiles to the same program."""
    text = data.decode("utf-8", "replace")
    try:
        documents = read_documents(text)
        compiled = [compile_journey(document, KNOWN) for document in documents]
    except SojournError:
        return
    again = [compile_journey(document, KNOWN) for document in read_documents(write_ids(text, compiled))]
    assert [one.program for one in again] == [one.program for one in compiled]


def rules(data: bytes) -> None:
    """A rule, as JSON, asked about somebody; an answer about the same person is the same."""
    try:
        raw = orjson.loads(data)
        rule = parse_rule(raw, path="if")
    except (orjson.JSONDecodeError, SojournError):
        return
    facts = Facts(now=NOW, attributes={"plan": "pro", "tags": ["a", 1, None], "a": {"b": [{"c": 1.5}]}}, score=5)
    assert evaluate(rule, facts).holds is evaluate(rule, facts).holds


def templates(data: bytes) -> None:
    """A template, from text to a mail."""
    text = data.decode("utf-8", "replace")
    context = RenderContext(
        now=NOW,
        account=Account(),
        customer={"first_name": "<b>Ada", "email": "ada@shop.test"},
        event={"items": [{"name": "Tulip", "price": 2.5}], "url": "javascript:alert(1)"},
        tracking=Tracking(SIGNER, UUID(int=1), {"source": "x"}),
    )
    try:
        rendered = render(compile_template("email", "fuzz", text), context)
    except SojournError:
        return
    assert "\n" not in (rendered.subject or "")


def tokens(data: bytes) -> None:
    """Tokens of links and cursors of lists: what we did not write is nothing. Targets stay harmless."""
    text = data.decode("latin-1")
    assert SIGNER.read_click(text) is None
    assert SIGNER.read_open(text) is None
    assert SIGNER.read_unsubscribe(text) is None
    assert not safe_target(text).lower().startswith(("javascript:", "data:", "vbscript:"))
    language_of(text, text)
    with suppress(SojournError):
        read_cursor(text)


def callbacks(data: bytes) -> None:
    """Twilio's forms: read without a fault, and genuine only with a signature."""
    form = dict(parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True))
    read_status(form)
    read_inbound(form)
    assert not is_genuine("a token", "https://t.test/callbacks/twilio/status", form, form.get("signature", "x"))


def mails(data: bytes) -> None:
    """Names, subjects and texts: a mail has the headers that we gave it and no others."""
    pieces = (data.decode("utf-8", "surrogateescape").split("|") + [""] * 5)[:5]
    name, subject, reply_to, text, unsubscribe = pieces
    message = Outgoing(
        message_id="1",
        to="ada@shop.test",
        sender=f"{name} <hello@shop.test>",
        subject=subject,
        text=text,
        reply_to=reply_to or None,
        headers={"List-Unsubscribe": f"<https://t.test/{unsubscribe}>"},
    )
    try:
        written = build(message, mailbox(message.sender), mailbox(message.to), NOW)
    except (SojournError, ValueError):
        return
    read = message_from_bytes(written, policy=SMTP)
    given = [header for header in HEADERS if header != "Reply-To" or reply_to]
    assert [key for key, _ in read.items() if not key.startswith(("MIME", "Content"))] == given
    assert written.count(b"\r\n\r\n") >= 1


def reports(data: bytes) -> None:
    """Bounces and complaints: read without a fault, and what is kept of them names no address."""
    report = read_report(data)
    if report is not None:
        assert "@" not in report.reason + report.code
        assert str(report.message) in report.message_id.lower()


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (events, journeys, rules, templates, tokens, callbacks, mails, reports)
}

if __name__ == "__main__":
    print(*TARGETS)  # noqa: T201
