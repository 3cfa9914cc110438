"""What stands where on the page of a report. Everything that is not ours is escaped."""

from collections.abc import Iterator
from html import escape

from lab.figures.page.charts import columns, lines, rows, stacked_bars
from lab.figures.page.spans import spans_of
from lab.figures.page.style import STYLE
from lab.figures.report import Report
from lab.figures.words import (
    CHECKS,
    DIFFERENCES,
    OUTCOMES,
    Section,
    difference,
    heading,
    key_figures,
    left_out,
    number,
    sections,
    unknown,
)

SHOWN = 200
"""People with differences who stand on the page."""
MOST_ROWS = 24
"""Bars of a chart; the table below has all."""


def page(report: Report) -> str:
    """The whole page, as text."""
    kind = "Back-test" if report.kind == "backtest" else "Simulation"
    cards = "".join(
        f"<li><b>{escape(value)}</b><span>{escape(name)}</span></li>" for name, value in key_figures(report)
    )
    told = {section.title: section for section in sections(report)}
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{kind}: {escape(report.journey)}</title><style>{STYLE}</style></head><body><main>"
        f'<header><p class="eyebrow">{kind}</p><h1>{escape(report.title)}</h1><p>{escape(heading(report))}</p></header>'
        f'<ul class="cards">{cards}</ul>'
        f"{''.join(_body(report, told))}"
        "<footer>Made by <code>sojourn</code>. Days are those of the account&#39;s time zone.</footer></main></body></html>\n"
    )


def _body(report: Report, told: dict[str, Section]) -> Iterator[str]:
    if report.kind == "backtest":
        yield _heading("What would have been different")
        if report.differences:
            found = [
                (f"{one.what} {DIFFERENCES.get(one.kind, one.kind)}", one.count, None) for one in report.differences
            ]
            yield rows("Differences from what really happened", found[:MOST_ROWS])
        yield _panel(told["Differences"])
    yield from _over_time(report)
    yield _heading("Messages")
    yield _panel(told["Messages"])
    if report.per_person:
        spread = [(str(messages), people) for messages, people in report.per_person]
        yield columns("Messages per person who enters", spread, "people")
        yield _panel(told["Messages per person who enters"])
    yield _heading("Held back")
    if report.held:
        held = [
            (f"{one.step}: {OUTCOMES[one.outcome]}, {CHECKS.get(one.check, one.check)}", one.count, one.really)
            for one in report.held
        ]
        yield rows("Messages that the gate held back", held[:MOST_ROWS])
    yield _panel(told["Held back"])
    yield _heading("Steps")
    came = [(one.step, one.entered, None) for one in report.steps]
    yield rows("How many came to each step", came[:MOST_ROWS])
    yield _panel(told["Steps"])
    yield _heading("How it ended")
    if report.ends:
        yield rows("Ends", [(one.name, one.count, one.really) for one in report.ends][:MOST_ROWS])
    yield _panel(told["How it ended"])
    yield _heading("Who did not enter")
    yield _panel(told["Did not enter"])
    if report.examples:
        yield _heading("Person by person")
        yield _people(report)
    limits = unknown(report)
    yield _heading(limits.title)
    yield f'<div class="panel"><ul class="notes">{"".join(f"<li>{escape(line)}</li>" for line in limits.lines)}</ul></div>'


def _heading(title: str) -> str:
    return f"<h2>{escape(title)}</h2>"


def _over_time(report: Report) -> Iterator[str]:
    spans = spans_of(report.days)
    yield _heading(f"{spans.unit.capitalize()} by {spans.unit}" if spans.unit != "four weeks" else "Over time")
    yield stacked_bars(
        f"Runs begun, by {spans.unit}", [("runs begun", spans.sums(report.entered_per_day))], spans.names
    )
    sends = [(f"{one.message} ({one.step})", spans.sums(one.per_day)) for one in report.messages if one.sent]
    if sends:
        yield stacked_bars(f"Messages handed over, by {spans.unit}", sends, spans.names)
    waiting = [(one.step, spans.ends(one.waiting)) for one in report.steps if any(one.waiting)]
    if waiting:
        yield lines(f"People who wait at each step, at the end of each {spans.unit}", waiting, spans.names)


def _panel(section: Section) -> str:
    told = "".join(f"<p>{escape(line)}</p>" for line in section.lines)
    if not section.rows:
        return f'<div class="panel">{told}</div>'
    numbers = [section.is_number(place) for place in range(len(section.columns))]
    marks = [' class="n"' if is_number else "" for is_number in numbers]
    head = "".join(
        f'<th scope="col"{mark}>{escape(name)}</th>' for name, mark in zip(section.columns, marks, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(f'<td{mark}>{_cell(value)}</td>' for value, mark in zip(row, marks, strict=True))}</tr>"
        for row in section.rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="panel">{told}<div class="table">{table}</div></div>'


def _cell(value: str | int) -> str:
    return number(value) if isinstance(value, int) else escape(value)


def _people(report: Report) -> str:
    """Folded up, in a box of its own that scrolls: they are many."""
    total = report.people.get("different", 0)
    parts = []
    for one in report.examples[:SHOWN]:
        told = one["differences"]
        listed = [line for line in told if isinstance(line, dict)] if isinstance(told, list) else []
        items = "".join(f"<li>{escape(difference(line))}</li>" for line in listed)
        count = len(listed) + left_out(one)
        if count > len(listed):
            items += f"<li>and {number(count - len(listed))} more</li>"
        parts.append(
            f"<details><summary><code>{escape(str(one['customer']))}</code> <span>{number(count)}"
            f" difference{'s' if count != 1 else ''}</span></summary><ul>{items}</ul></details>"
        )
    told = f"{number(len(parts))} of {number(max(total, len(parts)))} people with a difference"
    rest = "<p><code>--people FILE</code> lists everybody, one JSON object a line.</p>" if total > len(parts) else ""
    return (
        f'<div class="panel"><details class="people"><summary>{told}</summary><div>{"".join(parts)}</div></details>'
        f"{rest}</div>"
    )
