"""Everything that should not happen. What happens every day is a return value, not an error.

SojournError
├── InvalidInput      the caller's words are wrong            HTTP 422
│   └── InvalidDocument   a journey, template or rule; carries every problem with its place
├── NotFound          there is no such thing                  HTTP 404
├── Conflict          the thing is not in a state for that    HTTP 409
├── Defect            an author's or operator's mistake that parks a run
└── Unavailable       something outside is down; try again    HTTP 503
"""

from collections.abc import Sequence

from domain.frozen import Frozen


class SojournError(Exception):
    """Names the thing, the place and the remedy; `code` is stable and `permanent` says whether a retry can help."""

    code = "error"
    permanent = True

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class InvalidInput(SojournError):
    code = "invalid_input"


class Problem(Frozen):
    """One thing wrong with a document: where it stands, what is wrong, what to do."""

    path: str
    message: str
    remedy: str = ""
    code: str = "invalid"

    def __str__(self) -> str:
        return f"{self.path or 'document'}: {self.message}" + (f" {self.remedy}" if self.remedy else "")


class InvalidDocument(InvalidInput):
    code = "invalid_document"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class NotFound(SojournError):
    code = "not_found"


class Conflict(SojournError):
    code = "conflict"


class Defect(SojournError):
    code = "defect"


class Unavailable(SojournError):
    code = "unavailable"
    permanent = False
