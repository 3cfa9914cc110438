"""Plain words of YAML: what they mean in YAML 1.2 (core schema), and which of them YAML 1.1 reads differently."""

import re

from pydantic import JsonValue

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_MAX_DIGITS = 300

_AMBIGUOUS = (
    (re.compile(r"yes|no|on|off", re.IGNORECASE), "YAML 1.1 reads it as true or false"),
    (
        re.compile(r"[-+]?[0-9][0-9_]*(:[0-9]{1,2})+(\.[0-9_]*)?"),
        "YAML 1.1 reads such words as numbers to the base of 60",
    ),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"), "YAML 1.1 reads it as a date"),
    (re.compile(r"[-+]?0[0-9_]+|0o[0-7]+"), "it begins with 0, which makes other numbers of it in YAML 1.1"),
    (
        re.compile(r"[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]*_[0-9a-fA-F_]*|[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?"),
        "YAML 1.1 reads it as a number",
    ),
    (re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?[0-9]*\.[0-9]*[eE][0-9]+"), "YAML 1.1 reads it as text"),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), "JSON has no such number"),
    (re.compile(r"<<|="), "YAML 1.1 gives it a meaning of its own"),
)


def ambiguity(word: str) -> str | None:
    """Why a word without quotes is read differently by other YAML tools; None when it is not."""
    if len(word) > _MAX_DIGITS:  # no number is as long, and for some the patterns would need the square of their length
        return None
    return next((why for pattern, why in _AMBIGUOUS if pattern.fullmatch(word)), None)


def ambiguous_key(word: str) -> str | None:
    """The same for a key: keys are text, so only what stops being one word matters."""
    why = ambiguity(word)
    return why if why and (word.isalpha() or word in ("<<", "=")) else None


def value_of(word: str) -> JsonValue:
    """What a word without quotes means (YAML 1.2.2, section 10.3.2). Raises ValueError for numbers that are too long."""
    if _NULL.fullmatch(word):
        return None
    if _BOOLEAN.fullmatch(word):
        return word.lower() == "true"
    if _HEXADECIMAL.fullmatch(word):
        return int(word, 16)
    if _INTEGER.fullmatch(word) or _FLOAT.fullmatch(word):
        if len(word) > _MAX_DIGITS:
            raise ValueError(f"a number of {len(word)} digits is too long")
        return int(word) if _INTEGER.fullmatch(word) else float(word)
    return word
