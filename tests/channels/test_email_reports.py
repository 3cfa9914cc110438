"""Bounces and complaints as mail servers write them, and mail that only looks so."""

from pathlib import Path
from uuid import UUID

import pytest

from channels.email_reports import read_report

FOLDER = Path(__file__).parent / "reports"
MESSAGE = UUID("019cafe0-0000-7000-8000-000000000001")


def mail(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes().replace(b"MESSAGE@", f"{MESSAGE}@".encode())


@pytest.mark.parametrize(
    ("name", "fared", "is_permanent", "code"),
    [
        ("bounce", "bounced", True, "5.1.1"),
        ("headers-only", "bounced", True, "5.1.10"),
        ("full", "bounced", False, "5.2.2"),
        ("delivered", "delivered", False, ""),
        ("complaint", "complained", False, "abuse"),
    ],
)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_report_says_what_became_of_which_message(
    name: str, fared: str, is_permanent: bool, code: str, ending: bytes
) -> None:
    report = read_report(mail(name).replace(b"\n", ending))
    assert report is not None
    assert (report.message, report.fared, report.is_permanent, report.code) == (MESSAGE, fared, is_permanent, code)
    assert report.message_id == f"<{MESSAGE}@shop.test>"


def test_the_servers_words_are_kept_without_the_address() -> None:
    report = read_report(mail("bounce"))
    assert report is not None
    assert "User unknown" in report.reason
    assert "ada@example.com" not in report.reason


@pytest.mark.parametrize("name", ["delayed", "not-spam"])
def test_a_delay_and_a_complaint_taken_back_say_nothing(name: str) -> None:
    assert read_report(mail(name)) is None


def test_a_report_about_somebody_elses_mail_says_nothing() -> None:
    assert read_report(mail("bounce").replace(str(MESSAGE).encode(), b"other")) is None


def test_a_reply_that_quotes_a_message_id_is_no_report() -> None:
    reply = f"From: ada@example.com\nIn-Reply-To: <{MESSAGE}@shop.test>\nMessage-ID: <{MESSAGE}@shop.test>\n\nThanks"
    assert read_report(reply.encode()) is None


@pytest.mark.parametrize(
    "raw", [b"", b"\xff" * 100, b"Content-Type: multipart/report; boundary=\n\n--", mail("bounce")[:500]]
)
def test_a_mail_that_is_torn_says_nothing(raw: bytes) -> None:
    assert read_report(raw) is None


def test_parts_within_parts_do_not_overflow_the_reader() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(2_000))
    assert read_report(nested.encode()) is None
