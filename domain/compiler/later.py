"""What the language has and this version does not run yet: refused at publish, with what to use instead.

A line goes when the thing it names is built.
"""

from collections.abc import Iterator, Mapping

Place = str
"""Where a key stands: `step`, `entry`, `rule`, or the kind of step whose value has it. `key: value` means that value only."""

LATER: dict[Place, dict[str, str]] = {
    "entry": {
        "segment": "Enter by the event that puts people into the segment, with `if` for the rest of its rule.",
        "attribute": "Enter by `event: Attributes Changed` with an `if` on the attribute.",
        "score": "Enter by `event: Score Changed` with `if: {score: {gte: …}}`.",
        "date": "Enter people by the API (`manual: true`) on the day.",
        "schedule": "Enter people by the API (`manual: true`) at the time.",
    },
    "step": {
        "crm": "Use `webhook` to call the CRM.",
        "task": "Use `notify` to tell a colleague, and `wait_for` the event that answers.",
        "coupon": "Use `webhook` with `as` to fetch a code.",
        "audience": "Use `webhook` to change the audience.",
    },
    "send": {
        "at: best_time": 'Use a time of day, as in at: "09:00".',
        "from: owner": "Write the sender, or leave it out for the account's.",
        "channel: best": "Write a list of channels; they are tried in order.",
    },
    "split": {
        "metric": "Compare the arms in the reports.",
        "decide": "Set the weights in a new version when a winner is clear.",
        "bandit": "Set the weights by hand.",
    },
    "score": {"model": "Use the one score, or `increment` an attribute."},
    "rule": {"in_segment": "Write the segment's rule here."},
    "notify": {"slack": "Use `webhook` with the URL of an incoming Slack webhook."},
}


def found_later(place: Place, written: object) -> Iterator[tuple[str, str, str]]:
    """What stands here that is for later: its key, its words, and what to use instead."""
    if not isinstance(written, Mapping):
        return
    for entry, remedy in LATER.get(place, {}).items():
        key, colon, value = entry.partition(": ")
        if key not in written:
            continue
        there = written[key]
        if not colon or there == value or (isinstance(there, Mapping) and value in there):
            yield key, f"`{entry}`", remedy
