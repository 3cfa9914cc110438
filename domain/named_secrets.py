"""Secrets by name: a journey says `{{ secrets.crm_token }}`, and the value is put in when the call is made. Pure."""

import re
from collections.abc import Iterable, Mapping

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
LONGEST = 4_096
"""Characters of a value: a header that is longer is refused by most servers."""

REFERENCE = re.compile(r"\{\{\s*secrets\.(" + NAME.pattern + r")\s*\}\}")


def mentioned(texts: Iterable[str]) -> list[str]:
    """The secrets that these texts refer to, each once, in their order."""
    return list(dict.fromkeys(name for text in texts for name in REFERENCE.findall(text)))


def without_references(text: str) -> str:
    """The text with a word in the place of each reference, to see whether it is otherwise right."""
    return REFERENCE.sub("secret", text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in the places of the references. Raises KeyError for one that is missing."""
    return REFERENCE.sub(lambda found: values[found[1]], text)


def is_value(text: str) -> bool:
    """Whether it can stand in a header: one line of printable letters, none of them space at an end."""
    return 0 < len(text) <= LONGEST and text.isprintable() and text == text.strip()
