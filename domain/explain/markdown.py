"""The story as a Markdown document: for the terminal, for tickets, for the Web UI."""

from itertools import groupby
from zoneinfo import ZoneInfo

from domain.explain.story import Line, Story

OUTSIDE = "Outside of runs"
_OWNERS = {
    "customer": "the customer's own time zone",
    "account": "the account's time zone",
    "default": "because neither the customer nor the account has a time zone",
}


def markdown(story: Story) -> str:
    """A heading, the answer, and a list of times and sentences for each run."""
    zone = f"Times are in {story.zone}, {_OWNERS[story.zone_of]}."
    parts = [f"# {_plain(story.title)}", "", f"**{_plain(story.answer)}**", "", zone]
    if story.is_cut:
        parts.append("Only the newest part is told; ask for one journey or message to see the rest.")
    for heading, lines in _chapters(story):
        parts += ["", f"## {heading}", "", *(_item(line, ZoneInfo(story.zone)) for line in lines)]
    return "\n".join(parts) + "\n"


def _chapters(story: Story) -> list[tuple[str, list[Line]]]:
    """Lines by run, in the order in which the runs began; what belongs to none comes last."""
    began = {line.run_id: place for place, line in reversed(list(enumerate(story.lines)))}
    lines = sorted(story.lines, key=lambda line: (line.run_id is None, began[line.run_id]))
    chapters = []
    for run, group in groupby(lines, key=lambda line: line.run_id):
        members = list(group)
        first = members[0]
        chapters.append((f"{first.journey}, version {first.version} (run {run})" if run else OUTSIDE, members))
    return chapters


def _item(line: Line, zone: ZoneInfo) -> str:
    local = line.at.astimezone(zone)
    return f"- {local:%Y-%m-%d %H:%M:%S %Z} · {_plain(line.sentence)}"


def _plain(text: str) -> str:
    """Text of others must not become markup: the characters that Markdown or HTML would take are escaped."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>#|" else character for character in text)
