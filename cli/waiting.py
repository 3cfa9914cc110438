"""Waiting for an operation: a progress bar where somebody watches, its end where nobody does."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.output import show_fields, show_json
from cli.server import Json, Server

LOOK_SECONDS = 0.3
ENDED = ("done", "cancelled")


def finish(server: Server, operation: Json, *, wait: bool, as_json: bool) -> None:
    """Shows what became of an operation that was begun; without `wait` only that it was, and how to look at it."""
    if wait:
        operation = watch(server, operation)
    if as_json:
        show_json(operation)
        return
    show_operation(operation)
    if not wait:
        print(f"It goes on by itself: sojourn operations show {operation['id']}")


def watch(server: Server, operation: Json) -> Json:
    """Looks until the operation has ended or is paused; gives it as it stands then. Ctrl-C stops looking, not the operation."""
    with _bar() as progress:
        task = progress.add_task(operation["kind"], total=operation["total"])
        while True:
            operation = server.get(f"/v1/operations/{operation['id']}")
            progress.update(task, completed=settled(operation), description=operation["status"])
            if operation["status"] in (*ENDED, "paused"):
                return operation
            time.sleep(LOOK_SECONDS)


def watch_resume(server: Server, plan: Json) -> None:
    """Looks until every run that rested has been told. Ctrl-C stops looking: the workers tell them anyway."""
    with _bar() as progress:
        task = progress.add_task("resuming", total=plan["runs"])
        while resting := server.get(f"/v1/holds/{plan['hold']['id']}")["resting"]:
            progress.update(task, completed=max(0, plan["runs"] - resting))
            time.sleep(LOOK_SECONDS)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


@contextmanager
def looking_at_everybody() -> Iterator[None]:
    """Says, where somebody watches, that an answer over all people under way is being worked out, and for how long it has been."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        progress.add_task("looking at everybody under way", total=None)
        yield


def settled(operation: Json) -> int:
    """How many of its runs have an outcome."""
    return int(operation["done"]) + int(operation["skipped"]) + int(operation["failed"])


def show_operation(operation: Json) -> None:
    """One operation for people, and where to read about runs that were left alone."""
    hidden = ("parameters",) if not operation["parameters"] else ()
    show_fields({name: value for name, value in operation.items() if name not in hidden})
    for outcome in ("skipped", "failed"):
        if operation[outcome]:
            print(f"Why runs were {outcome}: sojourn operations show {operation['id']} --items {outcome}")
