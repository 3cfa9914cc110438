"""Received mail, kept in one file of JSON lines so that it survives a restart."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

KEPT = 20_000


class Letter(BaseModel):
    """One mail as it was accepted. `to` are the envelope's recipients; a header that stands twice has two lines."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: str
    received_at: datetime
    sender: str = Field(alias="from")
    to: list[str]
    subject: str
    text: str | None
    html: str | None
    headers: dict[str, str]
    source: str = Field(repr=False)


def read_letter(source: bytes, recipients: list[str]) -> Letter:
    """The letter in the bytes of a mail."""
    mail = message_from_bytes(source, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    headers: dict[str, str] = {}
    for name, value in mail.items():
        headers[name] = f"{headers[name]}\n{value}" if name in headers else str(value)
    return Letter(
        id=uuid4().hex,
        received_at=datetime.now(UTC),
        sender=headers.get("From", ""),
        to=recipients,
        subject=headers.get("Subject", ""),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        headers=headers,
        source=source.decode("utf-8", "replace"),
    )


def _part(mail: EmailMessage, subtype: str) -> str | None:
    part = mail.get_body((subtype,))
    if part is None:
        return None
    content: str = part.get_content()
    return content


class Letters:
    """The newest 20,000 letters, in memory and in `file`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: deque[Letter] = deque(_read(file), maxlen=KEPT)
        _write(file, self._kept)
        self._out = file.open("a", encoding="utf-8")

    def add(self, letter: Letter) -> None:
        self._kept.append(letter)
        self._out.write(_line(letter))
        self._out.flush()

    def newest(self, *, to: str | None = None, limit: int | None = None) -> list[Letter]:
        """The letters, newest first; only those to one address if given (case does not matter)."""
        wanted = to.lower() if to else None
        found = (
            letter
            for letter in reversed(self._kept)
            if wanted is None or wanted in (address.lower() for address in letter.to)
        )
        return list(islice(found, limit))

    def find(self, letter_id: str) -> Letter | None:
        return next((letter for letter in reversed(self._kept) if letter.id == letter_id), None)

    def clear(self) -> None:
        self._kept.clear()
        self._out.truncate(0)

    def close(self) -> None:
        self._out.close()


def _line(letter: Letter) -> str:
    return letter.model_dump_json(by_alias=True) + "\n"


def _read(file: Path) -> Iterator[Letter]:
    """What the file holds; a line that was cut off by a crash is left out."""
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield Letter.model_validate_json(line)


def _write(file: Path, letters: deque[Letter]) -> None:
    unfinished = file.with_suffix(".new")
    with unfinished.open("w", encoding="utf-8") as out:
        out.writelines(map(_line, letters))
    unfinished.rename(file)
