"""Where in a document something stands, and what has been found wrong on the way."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from domain.errors import Problem

MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A path such as `entry.if.age` and the list to which problems are added; deeper places share the list."""

    path: str
    problems: list[Problem] = field(default_factory=list)
    depth: int = 0

    def at(self, key: str) -> "Place":
        """The place of an entry of the mapping here."""
        return Place(f"{self.path}.{key}" if self.path else key, self.problems, self.depth + 1)

    def element(self, index: int) -> "Place":
        """The place of an element of the list here."""
        return Place(f"{self.path}[{index}]", self.problems, self.depth + 1)

    def refuse(self, message: str, remedy: str = "", code: str = "invalid") -> None:
        """Notes a problem here and goes on, so that an author sees all of them at once."""
        self.problems.append(Problem(path=self.path, message=message, remedy=remedy, code=code))

    def mapping(self, raw: object, keys: Collection[str], form: str) -> Mapping[str, object] | None:
        """The mapping here without its unknown keys, which are refused; None (refused too) if it is something else."""
        if not isinstance(raw, Mapping):
            self.refuse(f"{kind_of(raw)} stands where a mapping should.", f"Write it as in {form}.", "wrong_type")
            return None
        known: dict[str, object] = {}
        for key, value in raw.items():
            if key in keys:
                known[key] = value
            else:
                self.at(str(key)).refuse(f"There is no `{key}` here.", did_you_mean(str(key), keys), "unknown_key")
        return known


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown word: the nearest known one, else all of them."""
    names = list(known)
    near = get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(names)}."


def kind_of(value: object) -> str:
    """What a value is, in an author's words."""
    match value:
        case None:
            return "Nothing"
        case bool():
            return "A truth value"
        case int() | float():
            return "A number"
        case str():
            return "Text"
        case Mapping():
            return "A mapping"
        case list() | tuple():
            return "A list"
    return f"A {type(value).__name__}"
