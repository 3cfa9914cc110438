"""What is left of a back-test that was broken off: how far it had come, and the totals up to there."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.errors import InvalidInput
from lab.backtest.assessing import Result
from lab.figures.tally import Tally

FORMAT = 2


@dataclass(frozen=True)
class Question:
    """What was asked: two that are equal can be continued by each other. `wanted` is when the window was to begin."""

    journey: str
    checksum: str
    since: datetime
    until: datetime
    asked_at: datetime
    wanted: datetime
    narrowed: str
    against: int | None
    time_scale: float
    tolerance: float


@dataclass(frozen=True)
class Checkpoint:
    """A question, the last customer that is in the totals, how many there were, and the totals. `listed` is the length of the
    file of stories in bytes; None: there is none."""

    question: Question
    after: UUID
    done: int
    result: Result
    listed: int | None = None

    def write(self, file: Path) -> None:
        """Replaces the file as a whole, so that it is never half written."""
        asked = {name: _text(value) for name, value in vars(self.question).items()}
        written = {
            "format": FORMAT,
            "question": asked,
            "after": str(self.after),
            "done": self.done,
            "draft": self.result.draft.as_json(),
            "real": self.result.real.as_json(),
            "examples": self.result.examples,
            "listed": self.listed,
        }
        new = file.with_name(f"{file.name}.new")
        new.write_text(json.dumps(written), encoding="utf-8")
        new.replace(file)


def read(file: Path) -> Checkpoint:
    """The checkpoint in a file. Raises InvalidInput when there is none."""
    try:
        written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if written["format"] != FORMAT:
            raise InvalidInput(f"{file} was written by another release. Start anew.")
        asked = written["question"]
        for name in ("since", "until", "asked_at", "wanted"):
            asked[name] = datetime.fromisoformat(asked[name])
        result = Result(Tally.from_json(written["draft"]), Tally.from_json(written["real"]), written["examples"])
        return Checkpoint(Question(**asked), UUID(written["after"]), written["done"], result, written["listed"])
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InvalidInput(f"{file} is no checkpoint of a back-test.") from None


def refuse_other(file: Path, known: Question, asked: Question) -> None:
    """Raises InvalidInput that names what is different from what the checkpoint is about."""
    words = {
        "journey": "another journey",
        "checksum": "another draft: the journey has been changed since",
        "since": "a window that begins at another time",
        "until": "a window that ends at another time",
        "narrowed": "other customers",
        "against": "another version to compare with",
        "time_scale": "another time scale",
        "tolerance": "another tolerance",
    }
    wrong = [told for name, told in words.items() if getattr(known, name) != getattr(asked, name)]
    if wrong:
        raise InvalidInput(f"{file} is about {'; '.join(wrong)}. Leave --resume out to start anew.")


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
