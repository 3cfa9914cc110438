"""Whole systems that do not wait: what rests for seconds before another try rests for a moment here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from activities.sending import send
from channels.email_smtp import answers
from workflows import calls


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another try comes after a tenth of a second. The order of tries, and what leads to them, stay as they are."""
    moment = timedelta(milliseconds=100)
    monkeypatch.setattr(send, "RESEND_AFTER", moment)
    monkeypatch.setattr(answers, "BUSY", moment)
    monkeypatch.setattr(
        calls, "EFFECT_RETRIES", replace(calls.EFFECT_RETRIES, initial_interval=moment, maximum_interval=moment)
    )
