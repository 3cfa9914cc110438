"""Liquid filters that cannot be made to eat the machine: what they take and give is bounded, and strict about gaps."""

from collections.abc import Callable
from functools import wraps

from liquid import Undefined
from liquid.exceptions import ResourceLimitError

MAX_TEXT = 1_000_000
MAX_ITEMS = 10_000
MAX_BITS = 4_096

# What a library's filters are, and they differ in every argument.
Filter = Callable[..., object]


def bounded(name: str, function: Filter) -> Filter:
    """The filter, refusing a missing value (but for `default`), and input or output larger than a message can need.

    python-liquid bounds loops and output, not a chain of filters: `"aa" | replace: "a", "aaaa…"` five times over is
    gigabytes before anything is written. So growth is estimated before the filter runs.
    """

    @wraps(function)
    def limited(value: object, *arguments: object, **named: object) -> object:
        if isinstance(value, Undefined) and name != "default":
            value.poke()
        _refuse_if_large(name, value)
        if name.startswith("replace") and len(arguments) > 1:
            _refuse_growth(name, len(str(value)) + str(value).count(str(arguments[0])) * len(str(arguments[1])))
        elif name == "join" and isinstance(value, list):
            _refuse_growth(name, len(value) * len(str(arguments[0]) if arguments else " "))
        result = function(value, *arguments, **named)
        _refuse_if_large(name, result)
        return result

    return limited


def _refuse_if_large(name: str, value: object) -> None:
    if isinstance(value, str):
        _refuse_growth(name, len(value))
    elif isinstance(value, list | tuple | range) and len(value) > MAX_ITEMS:
        raise ResourceLimitError(f"{name}: more than {MAX_ITEMS} items", token=None)
    elif isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ResourceLimitError(f"{name}: a number of more than {MAX_BITS} bits", token=None)


def _refuse_growth(name: str, size: int) -> None:
    if size > MAX_TEXT:
        raise ResourceLimitError(f"{name}: a text of more than {MAX_TEXT} characters", token=None)
