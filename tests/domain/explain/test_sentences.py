"""Each decision is a sentence that needs no knowledge of the inside."""

import pytest

from domain.records import DecisionRecord
from tests.domain.explain.material import CART, CHECKS, SMS, decision, sentence_of


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            decision("entry", "entered", event_id=str(CART.id), key="c-1"),
            'Entered abandoned-cart, version 3, because "Cart Updated" of 3 Nov 2026, 12:00:00 UTC arrived (key "c-1").',
        ),
        (decision("entry", "entered", event="Entry Requested"), "Entered abandoned-cart, version 3, because a request arrived."),
        (
            decision("near_miss", "again", run=None, event="Cart Updated", why="never twice", values={"runs": 1}),
            'Did not enter abandoned-cart: "Cart Updated" arrived, but never twice (runs: 1).',
        ),
        (
            decision("wait", "until", step="wait-1h", purpose="wait", until="2026-11-03T13:00:00+00:00"),
            "Waits at wait-1h until 3 Nov 2026, 13:00:00 UTC (1h).",
        ),
        (decision("wait_for", "listening", step="hear"), 'Listens at hear for "Order Completed".'),
        (decision("wait_for", "timed_out", step="hear"), '"Order Completed" did not come in time at hear.'),
        (
            decision("branch", "plan is pro", step="which", values={"plan": "pro", "score": 85.0}),
            'At which took the way plan is pro (plan: "pro", score: 85).',
        ),
        (
            decision("branch", "else", step="which", values={"plan": None}),
            "At which no case held (plan: missing): took the way else.",
        ),
        (decision("split", "b", step="split-ab"), "The split split-ab gave arm b (of a 25%, b 75%)."),
        (
            decision("gate", "defer", step="send-reminder", asked=[{"channel": "email", "checks": CHECKS}]),
            "Holds send-reminder by email back: quiet hours (21:00 to 08:00 in Europe/Berlin).",
        ),
        (
            decision("gate", "go", step="send-reminder", asked=[SMS, {"channel": "email", "checks": CHECKS[:1]}]),
            "Cannot go by sms: consent (never given). Every check for send-reminder by email passed: address (is known).",
        ),
        (
            decision("gate", "skip", step="send-reminder", asked=[SMS]),
            "Did not send send-reminder by sms: consent (never given).",
        ),
        (
            decision("send", "refused", step="send-reminder", why="550 no such user"),
            "The provider refused the email reminder: 550 no such user.",
        ),
        (decision("score", "done", step="score-5"), "Changed the score by +5 (cart)."),
        (decision("score", "done", step="score-5", score=25.0), "Changed the score by +5 to 25 (cart)."),
        (decision("goal", "converted", event="Order Completed", value=99.5), 'Converted: "Order Completed" arrived, worth 99.5.'),
        (
            decision("score", "ghost", step="score-5"),
            "Not done, because this customer is in the holdout: changed the score by +5 (cart).",
        ),
        (
            decision("parked", "smtp_auth", step="send-reminder", why="login refused"),
            "Parked at send-reminder (smtp_auth), until somebody mends the cause and retries: login refused.",
        ),
        (decision("operator", "paused", by="sj_admin_ab12", step="wait-1h"), "sj_admin_ab12 paused the run."),
        (decision("end", "stopped:merge"), "Ended: this customer was merged with another, whose run goes on."),
        (decision("end", "exit:account-closed"), "Ended: exit account-closed."),
        (decision("dreamt", "of_sheep", why="it was late"), "Dreamt of sheep: it was late."),
    ],
)  # fmt: skip
def test_each_decision_is_a_sentence(made: DecisionRecord, expected: str) -> None:
    assert sentence_of(made) == expected
