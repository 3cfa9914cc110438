"""People in every kind of place that a run can be in, and what each of them must have got in the end."""

from dataclasses import dataclass, field

SAID_BEFORE, SAID_MEANWHILE, SAID_AFTERWARDS, UNSAID = range(4)
"""When a person says their word. Before: Temporal had taken it, and lost it before anybody acted on it."""

Ending = tuple[tuple[str, ...], str]
"""The subjects of all mails in their order, and the reason for which the run ends."""


@dataclass(frozen=True)
class Passage:
    """A journey, how many people walk it, what a person says (by when they say it), an operator's order to those who say
    nothing, and how it must end. `at` is the step at which they stand when Temporal is lost."""

    name: str
    people: int
    steps: str
    at: str
    endings: dict[int, Ending]
    words: dict[int, str] = field(default_factory=dict)
    order: str | None = None

    @property
    def document(self) -> str:
        entry = f"entry: {{event: Began {self.name}}}\nexit: [{{event: Closed, id: closed}}]"
        return f"journey: {self.name}\n{entry}\nsteps:\n{self.steps}"

    def person(self, number: int) -> str:
        return f"{self.name}{number}"


def always(*mails: str, ends: str) -> dict[int, Ending]:
    """The same whenever the word is said."""
    return dict.fromkeys(range(4), (mails, ends))


def whenever(word: str) -> dict[int, str]:
    return dict.fromkeys((SAID_BEFORE, SAID_MEANWHILE, SAID_AFTERWARDS), word)


CLOSED = "exit:closed"

NAPS = Passage(
    "naps",
    80,
    """
  - {id: hello, send: email/hello}
  - {id: pause, wait: 20d}
  - {id: bye, send: email/bye}
""",
    "pause",
    always("hello", "bye", ends="finished"),
)
WAITS = Passage(
    "waits",
    60,
    """
  - {id: hello, send: email/hello}
  - {id: pause, wait: 900d}
  - {id: bye, send: email/bye}
""",
    "pause",
    {**always("hello", ends=CLOSED), UNSAID: (("hello", "bye"), "finished")},
    whenever("Closed"),
    "skip-wait",
)
ASKS = Passage(
    "asks",
    90,
    """
  - {id: hello, send: email/hello}
  - id: answer
    wait_for: {event: Answered, within: 900d}
    then: [{id: thanks, send: email/thanks}]
""",
    "answer",
    {**always("hello", "thanks", ends="finished"), UNSAID: (("hello",), "stopped")},
    whenever("Answered"),
    "stop",
)
STAGES = Passage(
    "stages",
    90,
    """
  - id: trying
    stage:
      until: {event: Bought}
      steps:
        - {id: tip, send: email/tip}
        - {id: pause, wait: 900d}
        - {id: more, send: email/more}
    then: [{id: thanks, send: email/thanks}]
""",
    "pause",
    {**always("tip", "thanks", ends="finished"), UNSAID: (("tip", "more"), "finished")},
    whenever("Bought"),
    "skip-wait",
)
PAUSED = Passage(
    "paused",
    60,
    ASKS.steps,
    "answer",
    {
        SAID_BEFORE: (("hello",), CLOSED),
        SAID_MEANWHILE: (("hello", "thanks"), "finished"),
        SAID_AFTERWARDS: (("hello", "thanks"), "finished"),
        UNSAID: (("hello",), "stopped"),
    },
    {SAID_BEFORE: "Closed", SAID_MEANWHILE: "Answered", SAID_AFTERWARDS: "Answered"},
    "stop",
)
PARKED = Passage(
    "parked",
    60,
    "  - {id: offer, send: email/offer}\n",
    "offer",
    {**always(ends=CLOSED), UNSAID: (("offer",), "finished")},
    whenever("Closed"),
    "retry",
)
SENDING = Passage(
    "sending",
    60,
    """
  - {id: hello, send: email/hello}
  - {id: pause, wait: 1d}
  - {id: bye, send: email/bye}
""",
    "hello",
    always("hello", "bye", ends="finished"),
)
RESTING = (NAPS, WAITS, ASKS, STAGES, PAUSED, PARKED)
