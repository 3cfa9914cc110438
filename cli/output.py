"""How answers are shown: JSON for scripts, tables for people, plain lines where nobody watches."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel


def show_json(value: object) -> None:
    """One JSON document on standard output. Models become objects."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table; `empty` is said instead when there are no rows. Without a terminal: one tab-separated line each."""
    filled = [[_cell(value) for value in row] for row in rows]
    if not filled:
        print(empty)
        return
    if not sys.stdout.isatty():
        for row in (list(columns), *filled):
            print("\t".join(row))
        return
    from rich.console import Console  # most commands show no table, and start faster without
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in filled:
        table.add_row(*row)
    Console().print(table)


def show_page(
    page: Mapping[str, Any], columns: Sequence[str], row: Callable[[dict[str, Any]], Sequence[object]], *, empty: str
) -> None:
    """A page of a list as a table, and how to see the next one."""
    show_table(columns, [row(one) for one in page["items"]], empty=empty)
    if page["next_cursor"]:
        print(f"There are more: --cursor {page['next_cursor']}")


def show_fields(fields: Mapping[str, object]) -> None:
    """Names and values, one a line; what is missing is left out."""
    width = max((len(name) for name in fields), default=0)
    for name, value in fields.items():
        if value not in (None, "", {}, []):
            text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            print(f"{name:<{width}}  {text}")


def show_markdown(text: str) -> None:
    """Set in type on a terminal, as it is elsewhere."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        print(text, end="")


def _cell(value: object) -> str:
    return "" if value is None else str(value)
