"""A report in words and tables: what a terminal shows, and the page beside its charts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab.figures.report import Figure, HeldFigures, Report

DIFFERENCES = {
    "enters": "would enter, and did not",
    "stays_out": "would not enter, and did",
    "held_out": "would be on the other side of the holdout",
    "sends": "would be sent, and was not",
    "does_not_send": "would not be sent, and was",
    "sends_at_another_time": "would be sent at another time",
    "ends": "would end differently",
}
CHECKS = {
    "caps": "cap reached",
    "quiet_hours": "quiet hours",
    "consent": "no consent",
    "topic": "not subscribed to the topic",
    "suppression": "address suppressed",
    "address": "no address",
    "provider": "no provider",
    "once": "has had it before",
    "deadline": "after its deadline",
    "channel": "no channel left",
}
OUTCOMES = {"skip": "not sent", "defer": "put off", "late": "too late", "parked": "parked"}
MISSES = {
    "filter": "the event did not have what the entry asks for",
    "rule": "not one whom the entry is for",
    "again": "had entered before",
    "repeat": "was under way already",
    "too_late": "the event came too late",
    "depth": "too long a chain of causes",
    "inputs": "inputs were missing",
}
UNKNOWN = {
    "reactions_to_new_messages": "messages that were not really sent so: how people would have reacted to them",
    "reactions_without_message": "reactions to messages that the draft does not send: left out",
    "ended_by_hand": "runs that an operator really ended: the draft goes on",
    "not_queued": "runs that only the draft begins: how long they would have queued for the journey's intake",
    "other_versions": "entries that other versions really had: not compared",
    "merged": "people who were merged in this time: who they were before is not known apart",
    "endless": "people for whom the journey starts itself for ever: broken off",
}


@dataclass(frozen=True)
class Section:
    """A heading with lines and a table. Cells that are numbers are `int`."""

    title: str
    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str | int]] = ()

    def is_number(self, column: int) -> bool:
        """Whether a column holds numbers."""
        return bool(self.rows) and all(isinstance(row[column], int) or row[column] == "" for row in self.rows)


def heading(report: Report) -> str:
    """What the report is about, in a line."""
    span = f"{report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC"
    if report.kind == "backtest":
        return f"{report.tried}, on what was recorded from {span}, against {report.against}"
    return f"{report.tried}, with {report.people.get('looked_at', 0)} made-up customers, {span}, seed {report.seed}"


def key_figures(report: Report) -> list[tuple[str, str]]:
    """The few numbers to begin with: what they are, and how many."""
    entered = report.people.get("entered", 0)
    figures = [
        ("people looked at", number(report.people.get("looked_at", 0))),
        ("people who enter", number(entered)),
        ("runs", number(report.entered)),
        ("messages", number(report.sent)),
        ("messages per person", f"{report.sent / entered:.2f}" if entered else "0"),
        ("conversions", number(report.conversions.count)),
    ]
    if report.kind == "backtest":
        figures.append(("people with a difference", number(report.people.get("different", 0))))
    return figures


def number(value: int) -> str:
    """`12 345`, with narrow spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def sections(report: Report, *, examples: int = 10) -> Iterator[Section]:
    """The whole report, beginning with what it is about. Sections without content are left out."""
    figures = [f"{name}: {value}" for name, value in key_figures(report)]
    yield Section(f"{report.journey}: {report.title}", (heading(report), ", ".join(figures)))
    if report.kind == "backtest":
        yield _differences(report)
    is_compared = report.kind == "backtest"
    yield _table(
        "Messages",
        ("message", "step", "sent", *(("really",) if is_compared else ()), "held out"),
        [
            [one.message, one.step, one.sent, *((one.really or 0,) if is_compared else ()), one.held_out]
            for one in report.messages
        ],
    )
    yield _table(
        "Held back",
        ("step", "what", "why", "times", *(("really",) if is_compared else ())),
        [_held(one, is_compared=is_compared) for one in (*report.held, *report.parked)],
    )
    yield _table(
        "Steps",
        ("step", "kind", "came to it", "stand there in the end"),
        [[one.step, one.kind, one.entered, one.standing] for one in report.steps],
    )
    yield _per_person(report)
    yield _table(
        "How it ended",
        ("end", "runs", *(("really",) if is_compared else ())),
        [
            *[_figure(one, one.name, is_compared=is_compared) for one in report.ends],
            ["still under way", report.under_way, *(("",) if is_compared else ())],
        ],
    )
    yield _table(
        "Did not enter",
        ("why", "times", *(("really",) if is_compared else ())),
        [_figure(one, MISSES.get(one.name, one.name), is_compared=is_compared) for one in report.misses],
    )
    if is_compared:
        yield from _people(report, examples)
    yield unknown(report)


def unknown(report: Report) -> Section:
    """What the report cannot know, and what it takes for granted."""
    counted = [f"{number(one.count)} {UNKNOWN.get(one.name, one.name)}." for one in report.unknown]
    return Section("What this cannot know", (*counted, *report.notes))


def difference(one: Mapping[str, object]) -> str:
    """A person's difference in a line."""
    at = str(one["at"])[:16].replace("T", " ")
    words = f"{at}  {one['what']} {DIFFERENCES.get(str(one['kind']), str(one['kind']))}"
    if one["really"] and one["draft"]:
        return f"{words} (really {_short(one['really'])}, draft {_short(one['draft'])})"
    return words


def left_out(person: Mapping[str, object]) -> int:
    """How many differences a person has beside those that stand in the report."""
    more = person.get("more", 0)
    return more if isinstance(more, int) else 0


def _short(value: object) -> str:
    text = str(value)
    return text[:16].replace("T", " ") if text[4:5] == "-" and text.endswith("Z") else text


def _differences(report: Report) -> Section:
    alike, different = report.people.get("alike", 0), report.people.get("different", 0)
    if not report.differences:
        return Section("Differences", (f"None, for any of the {number(alike)} people concerned.",))
    rows: list[list[str | int]] = [
        [DIFFERENCES.get(one.kind, one.kind), one.what, one.count] for one in report.differences
    ]
    told = f"For {number(different)} people something would have been different, for {number(alike)} nothing."
    return Section("Differences", (told,), ("difference", "what", "times"), rows)


def _per_person(report: Report) -> Section:
    entered = sum(count for _, count in report.per_person) or 1
    weekly = dict(report.most_in_a_week)
    counts = dict(report.per_person)
    rows: list[list[str | int]] = [
        [
            str(messages),
            counts.get(messages, 0),
            f"{100 * counts.get(messages, 0) / entered:.0f}%",
            weekly.get(messages, 0),
        ]
        for messages in sorted({*counts, *weekly})
    ]
    columns = ("messages", "people", "share", "so many within some 7 days")
    return _table("Messages per person who enters", columns, rows)


def _people(report: Report, examples: int) -> Iterator[Section]:
    lines: list[str] = []
    for one in report.examples[:examples]:
        lines.append(f"customer {one['customer']}")
        told = one["differences"]
        lines += [
            f"  {difference(line)}" for line in (told if isinstance(told, list) else ()) if isinstance(line, dict)
        ]
        if more := left_out(one):
            lines.append(f"  and {number(more)} more")
    if lines:
        total = report.people.get("different", 0)
        more = total - min(examples, len(report.examples))
        lines += [f"and {number(more)} more: `--people FILE` lists everybody"] if more > 0 else []
        yield Section("Person by person", lines)


def _held(one: HeldFigures, *, is_compared: bool) -> list[str | int]:
    row: list[str | int] = [
        one.step,
        OUTCOMES.get(one.outcome, one.outcome),
        CHECKS.get(one.check, one.check),
        one.count,
    ]
    return [*row, "" if one.really is None else one.really] if is_compared else row


def _figure(one: Figure, name: str, *, is_compared: bool) -> list[str | int]:
    return [name, one.count, *((one.really or 0,) if is_compared else ())]


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Section:
    return Section(title, ("None.",) if not rows else (), columns if rows else (), rows)
