"""The ledger of permissions: what customers said, which addresses are never used, and what the gate has to know."""

from domain.gate.gathering import SendQuestion
from store.permission.consent import grant, withdraw
from store.permission.facts import gate_facts
from store.permission.suppression import STOPPED, is_suppressed, suppress, unsuppress
from store.permission.topics import list_topics, put_topic

__all__ = [
    "STOPPED",
    "SendQuestion",
    "gate_facts",
    "grant",
    "is_suppressed",
    "list_topics",
    "put_topic",
    "suppress",
    "unsuppress",
    "withdraw",
]
