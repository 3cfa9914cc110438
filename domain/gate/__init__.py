"""May this message be handed over now, and on which channel? Asked at every attempt (semantics 16 and 17).

The store gathers a `GateFacts` for each channel of the send step; `ask` decides. What could not be found out is a no.
"""

from domain.gate.asking import ask
from domain.gate.facts import Cap, GateFacts, QuietPeriod, Said
from domain.gate.verdict import Asked, Check, Defer, Go, Late, OnHold, Skip, Verdict

__all__ = [
    "Asked",
    "Cap",
    "Check",
    "Defer",
    "GateFacts",
    "Go",
    "Late",
    "OnHold",
    "QuietPeriod",
    "Said",
    "Skip",
    "Verdict",
    "ask",
]
