"""Takes Liquid out of a text before something that does not know it reads the text, and puts it back afterwards.

MJML and HTML parsers choke on `{% if a < b %}` and on quotes inside attributes (stack.md). Each piece of Liquid becomes
one word of lower-case letters and digits, which survives in text, in attributes, and as an attribute's name.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from hashlib import sha256

_LIQUID = re.compile(
    r"\{%-?\s*(?P<block>raw|comment|doc)\s*-?%\}.*?\{%-?\s*end(?P=block)\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL
)

_NEWLINE = re.compile(r"\n")


@dataclass(frozen=True)
class Held:
    """A text without its Liquid. `pieces` are what was taken out, in order; `lines` where each began (from 1)."""

    text: str
    prefix: str
    pieces: tuple[str, ...]
    lines: tuple[int, ...]

    @property
    def word(self) -> re.Pattern[str]:
        """Matches a placeholder; group 1 is the number of its piece. An HTML writer may have made it `word=""`."""
        return re.compile(rf'{self.prefix}(\d+)x(?:="")?')

    def put_back(self, text: str) -> str:
        """The text with its Liquid again."""
        return self.word.sub(lambda found: self.pieces[int(found[1])], text)

    def order(self, text: str) -> list[int]:
        """The numbers of the pieces as they first appear in `text`."""
        return list(dict.fromkeys(int(number) for number in self.word.findall(text)))

    def line_of(self, index: int) -> int:
        """The line of the original in which this position of `text` lies."""
        before = self.text[:index]
        return 1 + before.count("\n") + sum(self.pieces[number].count("\n") for number in self.order(before))


def hold(source: str) -> Held:
    """Takes all Liquid out; comments are left out for good."""
    prefix = f"lq{sha256(source.encode()).hexdigest()[:8]}n"
    pieces: list[str] = []
    lines: list[int] = []
    ends = [newline.start() for newline in _NEWLINE.finditer(source)]

    def take(match: re.Match[str]) -> str:
        pieces.append("" if match["block"] in ("comment", "doc") else match[0])
        lines.append(bisect_left(ends, match.start()) + 1)
        return f"{prefix}{len(pieces) - 1}x"

    text = _LIQUID.sub(take, source)
    return Held(text=text, prefix=prefix, pieces=tuple(pieces), lines=tuple(lines))
