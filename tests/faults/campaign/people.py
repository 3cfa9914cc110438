"""Who takes part and what they do, drawn from a seed. What each must get does not depend on when anything breaks."""

from dataclasses import dataclass
from random import Random
from typing import Literal

Answer = Literal["yes", "no", "cancels"]

JOURNEYS = (
    """
journey: letters
entry: {event: Subscribed}
steps:
  - {id: hello, send: {template: hello, channel: email, deadline: 3000d}}
  - {id: count, increment: {letters: 1}}
  - {id: pause, wait: 1d}
  - id: plan
    branch:
      - if: {plan: pro}
        steps: [{id: pro, send: {template: pro, channel: email, deadline: 3000d}}]
      - else: [{id: free, send: {template: free, channel: email, deadline: 3000d}}]
  - {id: after, increment: {letters: 1}}
""",
    """
journey: quiz
entry: {event: Quiz Started, per: event.quiz, again: never}
exit: [{event: Quiz Cancelled, same: quiz, id: cancelled}]
steps:
  - {id: question, send: {template: question, channel: email, deadline: 3000d}}
  - id: answer
    wait_for: {event: Quiz Answered, same: quiz, since: entry, within: 3000d, as: answer}
    then:
      - id: which
        branch:
          - if: {run.answer.says: "yes"}
            steps: [{id: right, send: {template: right, channel: email, deadline: 3000d}}]
          - else: [{id: wrong, send: {template: wrong, channel: sms, purpose: transactional, deadline: 3000d}}]
""",
    """
journey: counting
entry: {event: Ticked, again: always}
steps: [{id: tick, increment: {ticks: 1}}]
""",
)
MAIL_TEMPLATES = ("hello", "pro", "free", "question", "right")
TEXT_TEMPLATES = ("wrong",)


LATE, TOO_LATE, EARLY = 5.0, 72.0, -3.0
"""Hours between what happened and its being told: after other events, after the day within which a journey begins, and told by
somebody whose clock is ahead."""


@dataclass(frozen=True)
class Quiz:
    """`hours`: how late the answer is told."""

    id: str
    answer: Answer
    hours: float


@dataclass(frozen=True)
class Person:
    """`arrives`: seconds after the start. `is_dead`: the mail server refuses the address for good. `grudges`: how often it puts
    off the first mail to this address. `ticks`: for each, how many hours late it is told."""

    id: str
    email: str
    phone: str
    plan: Literal["pro", "free"]
    arrives: float
    ticks: tuple[float, ...]
    quizzes: tuple[Quiz, ...]
    is_dead: bool
    grudges: int
    repeats: bool


def population(seed: int, count: int, seconds: float) -> list[Person]:
    """`count` people who arrive within `seconds`."""
    random = Random(seed)
    return [_person(random, number, seconds) for number in range(count)]


def waves(seed: int, count: int, size: int, *, after: int) -> list[list[Person]]:
    """`count` times `size` people who arrive within a second, numbered from `after`. Every wave does the same, and the mail server
    puts nobody off."""
    return [
        [_person(random, after + size * wave + number, 1, is_patient=True) for number in range(size)]
        for wave, random in ((wave, Random(seed)) for wave in range(count))
    ]


def _person(random: Random, number: int, seconds: float, *, is_patient: bool = False) -> Person:
    answers: tuple[Answer, ...] = ("yes", "no", "cancels")
    return Person(
        id=f"p{number}",
        email=f"p{number}@example.com",
        phone=f"+1415556{number:04d}",
        plan=random.choice(("pro", "free")),
        arrives=random.uniform(0, seconds),
        ticks=tuple(random.choice((0, 0, LATE, TOO_LATE, EARLY)) for _ in range(random.choice((0, 0, 1, 3)))),
        quizzes=tuple(
            Quiz(f"q{number}-{n}", random.choice(answers), random.choice((0, 0, LATE)))
            for n in range(random.choice((0, 1, 2)))
        ),
        is_dead=random.random() < 0.05,
        grudges=0 if is_patient else random.choice((0, 0, 0, 0, 1)),
        repeats=random.random() < 0.3,
    )
