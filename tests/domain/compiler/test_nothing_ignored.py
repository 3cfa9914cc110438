"""Whatever an author writes changes the program, or is refused: nothing is read and forgotten (semantics 11)."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from content.yaml import read_documents
from domain.compiler import compile_journey
from domain.document.form import Form
from domain.document.journey import JourneyDocument
from domain.errors import InvalidDocument
from domain.program import Program
from tests.domain.compiler.writing import KNOWN

Path = tuple[str | int, ...]

WORLD = replace(
    KNOWN, journeys=frozenset({"other"}), inputs={"other": {"at": "datetime"}}, secrets=frozenset({"token"})
)
FOR_PEOPLE = {"description", "owner", "labels"}
"""What only tells people something. So does the step `note`, which is none in the program."""

OTHERS = {
    "1d": "2d",
    "3d": "2d",
    "1h": "2h",
    "A": "B",
    "mail": "post",
    "event.at": "event.by",
    "ada@example.com": "bob@example.com",
    "https://example.com": "https://example.org",
    "clicked": "bounced",
    "legal": "sales",
    "Hi": "Ho",
}
"""Another value of the same kind, for keys without which there is no step."""

WHOLE = """
journey: whole
title: The whole
description: All there is
owner: ada
labels: [x]
inputs: {at: datetime}
entry:
  - {event: Started, where: {plan: pro}, if: {vip: true}, per: event.key, again: {every: 30d}, on_repeat: refresh,
     each: items, max_age: 2h, holdout: 5%, intake: 200/h}
  - {manual: true, per: event.key}
goal: {event: Bought, where: {plan: pro}, if: {vip: true}, same: key, within: 7d, from: first_send, value: total}
exit: {event: Closed, where: {plan: pro}, if: {vip: true}, same: key, id: done}
on_merge: keep_newest
quiet_hours: {start: "21:00", end: "08:00"}
caps: {email: 3/7d, all: 5/7d}
topic: news
priority: 1
utm: {source: a, medium: b, campaign: c, term: d, content: e, id: f}
steps: [{id: mail, send: email/a}]
"""

STEPS = """
- {id: one, send: {template: a, channel: [email, sms], topic: events, purpose: transactional, at: "09:00", once: ever,
   if_blocked: wait, deadline: 2h, if_late: exit, on_failure: park, from: Ada, reply_to: ada@example.com, attach: ics,
   utm: {source: a, medium: b, campaign: c, term: d, content: e, id: f}, data: {total: {ref: event.total}}}}
- {id: one, wait: {until: "09:00", days: [mon], spread: 1h}, then: [{id: two, score: 1}]}
- {id: one, wait: {until: event.at, offset: -1d, if_past: skip, spread: 1h}, then: [{id: two, score: 1}]}
- {id: one, wait: {until: event.at, if_past: exit}}
- {id: one, wait: {window: {start: "09:00", end: "18:00"}, spread: 1h}}
- {id: one, wait: {silence: {event: A, where: {plan: pro}, same: key}, for: 1h, spread: 1h}}
- {id: one, wait: {for: 3d, spread: 1h}}
- {id: one, wait: {for: {ref: customer.refill}, default: 3d, times: 0.8, min: 1d, max: 9d, at: "09:00", spread: 1h}}
- {id: one, wait: {for: {gap: {of: A, stat: mean}}, default: 3d}}
- {id: one, wait: {business_days: 3, spread: 1h}}
- {id: one, wait_for: {event: A, where: {plan: pro}, same: key, as: order, within: 1d, since: entry},
   then: [{id: two, score: 1}], else: [{id: three, score: 2}]}
- {id: one, wait_for: {reaction: clicked, to: mail, link: buy, as: click, within: 1d}, then: [{id: two, score: 1}],
   else: [{id: three, score: 2}]}
- {id: one, wait_for: {rule: {plan: pro}, within: 1d}, then: [{id: two, score: 1}], else: [{id: three, score: 2}]}
- {id: one, else: [{id: five, score: 4}], wait_for: {within: 1d, since: entry, first: [
   {event: A, where: {plan: pro}, same: key, as: order, then: [{id: two, score: 1}]},
   {reaction: clicked, to: mail, link: buy, as: click, then: [{id: three, score: 2}]},
   {rule: {plan: pro}, then: [{id: four, score: 3}]}]}}
- {id: one, set: {plan: pro}, add_tags: [a], remove_tags: [b], increment: {visits: 1}}
- {id: one, score: {add: 5, reason: Because}}
- {id: one, score: {set: 5, reason: Because}}
- {id: one, subscribe: events}
- {id: one, unsubscribe: events}
- {id: one, branch: [{if: {plan: pro}, steps: [{id: two, score: 1}]}, {else: [{id: three, score: 2}]}]}
- {id: one, branch: {by: plan, cases: {pro: [{id: two, score: 1}]}, else: [{id: three, score: 2}]}}
- {id: one, split: {a: {weight: 50, steps: [{id: two, score: 1}]}, b: {weight: 50, steps: [{id: three, score: 2}]}}}
- {id: one, stage: {until: {event: A, where: {plan: pro}, same: key, as: order}, steps: [{id: two, wait: 1d}]},
   then: [{id: three, score: 1}], else: [{id: four, score: 2}]}
- {id: one, stage: {until: {rule: {plan: pro}}, steps: [{id: two, wait: 1d}]}}
- {id: one, repeat: {every: 1d, times: 3, until: {plan: pro}, steps: [{id: two, score: 1}]}}
- {id: one, parallel: {join: any, branches: {a: [{id: two, score: 1}], b: [{id: three, score: 2}]}}}
- {id: one, exit: done}
- {id: one, webhook: {url: "https://example.com/{{ secrets.token }}", method: PUT, headers: {X-A: "1"}, data: {total: 1},
   as: reply, deadline: 2h}, else: [{id: two, score: 1}]}
- {id: one, notify: {email: ada@example.com, text: Hi, title: There, deadline: 2h}}
- {id: one, notify: {webhook: "https://example.com", text: Hi}}
- {id: one, approve: {to: legal, title: May it?, of: mail, within: 1d}, approved: [{id: two, score: 1}],
   rejected: [{id: three, score: 2}], else: [{id: four, score: 3}]}
- {id: one, start_journey: {journey: other, inputs: {at: {ref: event.at}}, data: {total: 1}, await: true, within: 1d, as: end},
   then: [{id: two, score: 1}], else: [{id: three, score: 2}]}
- {id: one, stop_journey: other}
"""


def documents() -> list[dict[str, Any]]:
    """One with everything that stands beside the steps, and one for each form of a step, after two sends and before another."""
    (whole,) = read_documents(WHOLE)
    written: Any
    (written,) = read_documents(f"steps: {STEPS.replace(chr(10), chr(10) + '  ')}")
    head = {"journey": "whole", "topic": "news", "entry": {"event": "Started", "per": "event.key", "each": "items"}}
    sends = [{"id": name, "send": "email/a"} for name in ("mail", "post", "last")]
    plans = [[*sends[:2], step, *([] if "exit" in step else sends[2:])] for step in written["steps"]]
    return [whole, *({**head, "steps": plan} for plan in plans)]


DOCUMENTS = documents()


def program_of(document: dict[str, Any]) -> Program:
    return compile_journey(document, WORLD).program


def places(written: object, path: Path = ()) -> Iterator[Path]:
    """Where every key stands, at any depth."""
    entries = written.items() if isinstance(written, dict) else enumerate(written) if isinstance(written, list) else ()
    for key, value in entries:
        if isinstance(written, dict):
            yield (*path, key)
        yield from places(value, (*path, key))


def without(document: dict[str, Any], path: Path) -> dict[str, Any]:
    copy = deepcopy(document)
    inner: Any = copy
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return copy


def with_another(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """The document with another value there, where OTHERS has one."""
    copy = deepcopy(document)
    inner: Any = copy
    for key in path[:-1]:
        inner = inner[key]
    said = inner[path[-1]]
    inner[path[-1]] = OTHERS.get(said, said) if isinstance(said, str) else said
    return copy


def read(document: dict[str, Any]) -> Program | None:
    try:
        return program_of(document)
    except InvalidDocument:
        return None


def is_ignored(document: dict[str, Any], path: Path, program: Program) -> bool:
    """What cannot be left out is given another value."""
    left = read(without(document, path))
    if left is not None:
        return left == program
    other = with_another(document, path)
    return other != document and read(other) == program


@pytest.mark.parametrize("document", DOCUMENTS, ids=["whole", *(list(one["steps"][2])[1] for one in DOCUMENTS[1:])])
def test_a_key_that_is_left_out_makes_another_program(document: dict[str, Any]) -> None:
    program = program_of(document)
    ignored = [path for path in places(document) if is_ignored(document, path, program)]
    assert [path for path in ignored if not FOR_PEOPLE & set(path)] == []


def test_the_word_that_names_a_step_counts() -> None:
    head = {"journey": "whole", "entry": {"event": "Started"}}
    said, unsaid = ({**head, "steps": [{"id": "one", word: "news"}]} for word in ("subscribe", "unsubscribe"))
    assert program_of(said) != program_of(unsaid)


def test_every_key_of_the_language_is_among_them() -> None:
    forms: list[type[Form]] = [JourneyDocument, *Form.__subclasses__()]
    found = set[type[Form]]()
    while forms:
        form = forms.pop()
        found.add(form)
        forms += form.__subclasses__()
    ours = [form for form in found if form.__module__.startswith("domain.document.")]
    known = {field.alias or name for form in ours for name, field in form.model_fields.items()}
    written = {key for document in DOCUMENTS for path in places(document) for key in path}
    assert known - written == {"note"}
