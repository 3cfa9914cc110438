"""What must have happened to each person: a second, much simpler reading of the campaign's journeys. It asks Sojourn nothing."""

from collections import Counter
from dataclasses import dataclass

from tests.faults.campaign.people import TOO_LATE, Person


@dataclass(frozen=True)
class Fate:
    """What a person's runs come to. `paths` counts (journey, key, steps, reason), `taken` what the providers must have."""

    paths: Counter[tuple[str, str, tuple[str, ...], str]]
    taken: Counter[str]
    attributes: dict[str, float]
    events: Counter[str]


def fate(person: Person) -> Fate:
    paths: Counter[tuple[str, str, tuple[str, ...], str]] = Counter()
    taken: Counter[str] = Counter()
    events = Counter({"Subscribed": 1, "Ticked": len(person.ticks)})
    mails = 0 if person.is_dead else 1
    last = "pro" if person.plan == "pro" else "free"
    paths["letters", "", ("hello", "count", "pause", "plan", last, "after"), "finished"] += 1
    taken.update({"hello": mails, last: mails})
    for quiz in person.quizzes:
        events["Quiz Started"] += 1
        taken["question"] += mails
        if quiz.answer == "cancels":
            events["Quiz Cancelled"] += 1
            paths["quiz", quiz.id, ("question", "answer"), "exit:cancelled"] += 1
            continue
        events["Quiz Answered"] += 1
        end = "right" if quiz.answer == "yes" else "wrong"
        taken[end] += mails if end == "right" else 1
        paths["quiz", quiz.id, ("question", "answer", "which", end), "finished"] += 1
    in_time = sum(hours < TOO_LATE for hours in person.ticks)
    paths["counting", "", ("tick",), "finished"] += in_time
    return Fate(+paths, +taken, {"letters": 2.0, "ticks": float(in_time)}, +events)
