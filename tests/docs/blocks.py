"""What stands in a document: blocks of commands with the output that is shown below them, words in code, links, tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_WORDS = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """Commands for bash. `output` are lines that must appear among what they print, in this order; `…` stands for anything."""

    page: str
    line: int
    commands: str
    output: tuple[str, ...]

    @property
    def first(self) -> str:
        """The first command, by which a block is named in the table of those that are not run."""
        return self.commands.splitlines()[0].partition("  #")[0].strip()

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    def is_shown_by(self, printed: str) -> bool:
        """Whether the lines of `output` stand in `printed`, in order."""
        lines = iter(printed.splitlines())
        return all(any(_pattern(wanted).search(line) for line in lines) for wanted in self.output)


def _pattern(wanted: str) -> re.Pattern[str]:
    return re.compile("^" + ".*".join(re.escape(part) for part in wanted.split("…")))


def blocks(page: Path) -> Iterator[Block]:
    """Every bash block, with the text block that follows it directly."""
    text = page.read_text(encoding="utf-8")
    fences = list(_FENCE.finditer(text))
    for number, fence in enumerate(fences):
        if fence[1] != "bash":
            continue
        after = fences[number + 1] if number + 1 < len(fences) else None
        is_output = after is not None and after[1] == "text" and not text[fence.end() : after.start()].strip()
        output = tuple(after[2].splitlines()) if after is not None and is_output else ()
        yield Block(name_of(page), text.count("\n", 0, fence.start()) + 1, fence[2].rstrip("\n"), output)


def name_of(page: Path) -> str:
    """`docs/http.md`."""
    return str(page.relative_to(ROOT))


def code_words(page: Path) -> Iterator[str]:
    """What stands between backticks in the text, outside of blocks."""
    yield from _WORDS.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def links(page: Path) -> Iterator[str]:
    yield from _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The names under which the page's headings can be linked to."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table(page: Path) -> dict[str, str]:
    """Every row of every table whose first cell is code: that code, and the other cells."""
    return {row[1]: row[2].strip() for row in _ROW.finditer(page.read_text(encoding="utf-8"))}
