"""What stories in tests are made of: Ada, her cart, and a program with one step of each kind that matters."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from domain.explain import JourneyMaterial, Material, Story, tell
from domain.program import (
    Arm,
    Entry,
    ForDuration,
    Listen,
    Program,
    Score,
    Send,
    Split,
    Trigger,
    Wait,
    WaitFor,
)
from domain.records import CustomerRecord, DecisionRecord, EventRecord, IdentityRecord, MessageRecord, RunRecord
from domain.rules.rule import Compare, Operator, Test

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
ADA = CustomerRecord(
    id=uuid4(),
    attributes={"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"},
    identities=(IdentityRecord(kind="user_id", value="42"),),
    created_at=NOON,
    updated_at=NOON,
)
RUN = UUID("0199a1b2-0000-7000-8000-000000000001")
CART = EventRecord(
    id=uuid4(),
    name="Cart Updated",
    type="track",
    timestamp=NOON,
    received_at=NOON,
    properties={"cart_id": "c-1", "value": 20},
)
LARGE_CART = Compare(root="arriving", path="value", tests=(Test(operator=Operator.GTE, value=50),))
PROGRAM = Program(
    journey="abandoned-cart",
    version=3,
    entries=(Entry(trigger=Trigger(id="cart", events=("Cart Updated",), where=LARGE_CART)),),
    start="wait-1h",
    steps={
        "wait-1h": Wait(id="wait-1h", until=ForDuration(span=timedelta(hours=1)), next="send-reminder"),
        "send-reminder": Send(id="send-reminder", template="reminder", channels=("email",), next="hear"),
        "hear": WaitFor(
            id="hear", listens=(Listen(id="hear/0", events=("Order Completed",)),), within=timedelta(days=1)
        ),
        "score-5": Score(id="score-5", add=5.0, reason="cart"),
        "split-ab": Split(id="split-ab", arms=(Arm(name="a", weight=1), Arm(name="b", weight=3))),
    },
)
LIVE = JourneyMaterial(journey="abandoned-cart", status="live", program=PROGRAM, published_at=NOON - timedelta(days=1))


def decision(
    kind: str, outcome: str, *, minutes: float = 0, run: UUID | None = RUN, step: str = "", **detail: object
) -> DecisionRecord:
    return DecisionRecord.model_validate(
        {
            "id": uuid4(),
            "at": NOON + timedelta(minutes=minutes),
            "journey": "abandoned-cart",
            "version": 3,
            "run_id": run,
            "step": step or None,
            "visit": 1 if step else None,
            "kind": kind,
            "outcome": outcome,
            "detail": detail,
        }
    )


def story(*decisions: DecisionRecord, **material: object) -> Story:
    given = {"customer": ADA, "asked_at": NOON + timedelta(days=2), "decisions": decisions, "programs": (PROGRAM,)}
    return tell(Material.model_validate(given | {"events": (CART,)} | material))


def sentence_of(made: DecisionRecord, **material: object) -> str:
    return story(made, **material).lines[0].sentence


def run_of(status: str, **fields: object) -> RunRecord:
    return RunRecord.model_validate(
        {
            "id": RUN,
            "workflow_id": f"journey/abandoned-cart/{RUN}",
            "journey": "abandoned-cart",
            "version": 3,
            "customer_id": ADA.id,
            "status": status,
            "entered_at": NOON,
            **fields,
        }
    )


def message_of(state: str, **fields: object) -> MessageRecord:
    return MessageRecord.model_validate(
        {
            "id": uuid4(),
            "customer_id": ADA.id,
            "journey": "abandoned-cart",
            "version": 3,
            "run_id": RUN,
            "step": "send-reminder",
            "visit": 1,
            "attempt": 1,
            "channel": "email",
            "purpose": "marketing",
            "template": "reminder",
            "template_version": 4,
            "state": state,
            "address": "ada@example.com",
            "claimed_at": NOON + timedelta(hours=1),
            **fields,
        }
    )


CHECKS = [
    {"check": "address", "passed": True, "why": "is known"},
    {"check": "quiet_hours", "passed": False, "why": "21:00 to 08:00 in Europe/Berlin"},
]

SMS = {"channel": "sms", "checks": [{"check": "consent", "passed": False, "why": "never given"}]}
