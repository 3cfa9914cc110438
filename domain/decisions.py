"""The decision log's words: what was decided, how it came out, with which values. `explain.py` turns them into sentences.

| kind      | outcome                                   | detail                                                        |
|-----------|-------------------------------------------|---------------------------------------------------------------|
| entry     | entered, queued, held_out, shadow         | event, event_id, trigger, key, journey version in its column  |
| near_miss | filter, rule, again, repeat, too_late, depth, inputs | event, event_id, why (a sentence), values         |
| repeat    | refreshed, restarted                      | event, event_id                                               |
| wait      | until, over, past, skipped, re_armed      | form, until, zone (calendar waits)                            |
| wait_for  | listening, heard, timed_out               | until, listens / listen, event_id                             |
| branch    | the label of the case, or `else`          | values: {path: value used}                                    |
| split     | the arm                                   | weights                                                       |
| repeat_round | round, until_held, used_up              | round, values                                                 |
| stage     | entered, left, used_up                    | listen, event_id                                              |
| parallel  | begun, branch_done, joined, left          | branches / parallel, join                                     |
| start_journey | done, ghost, asked, ended, refused, timed_out | journey, until / listen, event_id                        |
| stop_journey | done, ghost                             | journey                                                       |
| approve   | asked, ghost, approved, rejected, timed_out | approval, of, content (a hash), until / event_id            |
| gate      | go, defer, hold, late, skip               | asked: [{channel, outcome, checks: [{check, passed, why}]}]   |
| send      | handed_over, ghost, refused, released, unknown, skipped, late, defect | channel, message_id, why |
| set, score, subscribe, webhook, notify | done, ghost, refused, late, defect | what changed, or why not                  |
| leave     | goal, exit:<id>, stopped:<by>, erased     | event, event_id, by                                           |
| goal      | converted                                 | event, event_id, value                                        |
| end       | finished, goal, exit:<rule>, stopped:<by>, erased | -                                                     |
| parked    | the cause's code                          | why                                                           |
| operator  | paused, resumed, skip_wait, retried, skipped_step, stopped | by, why                                      |
| migration | moved                                     | from, to (versions), by, was (the step, if it is called otherwise) |
| hold      | journey, channel (what is paused), lifted | channel, message_id / due                                     |
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from pydantic import ConfigDict, JsonValue


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the log. Only references and verdicts when it travels; values are added where it is written."""

    kind: str
    outcome: str
    step: str | None = None
    visit: int | None = None
    detail: dict[str, JsonValue] = field(default_factory=dict)

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")


def with_detail(logged: Sequence[Decision], detail: dict[str, JsonValue] | None) -> list[Decision]:
    """The decisions that followed from one input, with what was looked at for it in the first of them."""
    if not logged or not detail:
        return list(logged)
    first = replace(logged[0], detail={**logged[0].detail, **detail})
    return [first, *logged[1:]]
