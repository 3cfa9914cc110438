"""Values that no step can work with: refused at their place, with the reason (semantics 11)."""

from dataclasses import replace

import pytest

from tests.domain.compiler.writing import KNOWN, refused, whole

VALUES = {
    "branch: [{else: [{wait: 1d}]}]": ("", "A branch needs an `if`."),
    "branch: {by: country, cases: {}}": ("branch.cases", "Must not be empty."),
    "split: {a: {weight: -50}, b: {weight: 150}}": (
        "split.a.weight",
        "Input should be greater than or equal to 0, not -50.",
    ),
    "split: {a: {weight: 100}}": ("split", "Needs at least 2, not 1."),
    "parallel: {branches: {one: [{wait: 1d}]}}": ("parallel.branches", "Needs at least 2, not 1."),
    "repeat: {every: 1d, times: 10001, steps: [{wait: 1h}]}": (
        "repeat.times",
        "Input should be less than or equal to 10000, not 10001.",
    ),
    'webhook: {url: "https://example.com", headers: {Host: x}}': (
        "webhook.headers",
        "The header `Host` is set by Sojourn.",
    ),
    'webhook: "https://example.com/{{ customer.name }}"': ("webhook", "Only a secret can be put in here."),
    "notify: {email: nobody, text: Hi}": ("notify.email", "'nobody' is not an email address."),
    "set: {}": ("", "The step changes nothing."),
    "set: {customer.plan: pro}": ("", "`set` changes attributes of the customer, and `customer.plan` is none."),
    "set: {a: {ref: event.b, default: 1}}": ("set.a", "A reference stands alone."),
    "increment: {visits: 10000000000000}": (
        "increment.visits",
        "Input should be less than or equal to 1000000000000, not 10000000000000.",
    ),
    "score: true": ("score", "The score is a number."),
    "score: -10000000000000": (
        "score",
        "Input should be greater than or equal to -1000000000000, not -10000000000000.",
    ),
    "score: {set: 10000000000000}": (
        "score.set",
        "Input should be less than or equal to 1000000000000, not 10000000000000.",
    ),
    "wait_for: soon": ("wait_for", "'soon' stands where a mapping is needed."),
    "wait_for: {evnt: B, within: 1d}": ("wait_for", "One of event, reaction, rule, first is required."),
    "wait_for: {event: [], within: 1d}": ("wait_for.event", "Must not be empty."),
    'wait_for: {event: "", within: 1d}': ("wait_for.event", "Must not be empty."),
    "wait_for: {event: B, within: 1d, as: My Order}": ("wait_for.as", "'My Order' cannot be read as `run.…`."),
    "wait_for: {first: [{event: B}], within: 1d}": ("wait_for.first", "Needs at least 2, not 1."),
    "wait_for: {reaction: opened, to: send-a, link: buy, within: 1d}": (
        "wait_for",
        "`link` goes with `reaction: clicked`.",
    ),
    "wait: {window: 9}": ("wait.window", "9 stands where a mapping is needed."),
    "wait: {business_days: 0}": ("wait.business_days", "Input should be greater than or equal to 1, not 0."),
    "wait: {business_days: 10001}": (
        "wait.business_days",
        "Input should be less than or equal to 10000, not 10001.",
    ),
    "wait: {for: {ref: customer.refill}, default: 3d, times: 0}": (
        "wait.times",
        "Input should be greater than 0, not 0.",
    ),
    "wait: {for: {ref: customer.refill}, default: 3d, times: 1001}": (
        "wait.times",
        "Input should be less than or equal to 1000, not 1001.",
    ),
    "wait: {for: {ref: customer.refill}, default: 3d, min: 5d, max: 1d}": ("wait", "`min` is longer than `max`."),
    'wait: {until: "2026-12-24T09:00:00Z", days: [mon]}': (
        "wait",
        "`days` goes with a time of day, not with an instant.",
    ),
    'wait: {until: "09:00", if_past: skip}': (
        "wait",
        "`offset` and `if_past` go with an instant, not with a time of day.",
    ),
    "wait: {until: event.at, offset: -1d}": ("wait", "`offset` needs `if_past`."),
    "wait: {until: event.at, offset: 6000w, if_past: skip}": (
        "wait.offset",
        "A duration cannot be longer than a century.",
    ),
    "send: welcome": ("send", "`welcome` names no template and channel."),
    "send: {template: a, channel: []}": ("send.channel", "Must not be empty."),
    "send: {template: a, channel: [email, email]}": ("send.channel", "A channel stands twice in the list."),
    "send: {template: a, channel: sms, reply_to: a@example.com}": ("send", "`reply_to` works for email only."),
    "approve: {to: legal, title: May it?, of: [], within: 1d}": ("approve.of", "Must not be empty."),
    "start_journey: {journey: other, await: true}": ("start_journey", "`await` needs `within`."),
}

RATES = {
    "3": "3 is not a rate; write a count and a span, as in 200/h or 3/7d.",
    "0/d": "'0/d' is not a rate; write a count and a span, as in 200/h or 3/7d.",
    "²/d": "'²/d' is not a rate; write a count and a span, as in 200/h or 3/7d.",
    "3/soon": "'1soon' is not a duration; write a number and s, m, h, d or w, as in 30m, 3d or 1d12h.",
    "3/99999999999w": "'99999999999w' is longer than a duration can be.",
    "3/0d": "3/0s cannot be counted.",
    "3/6000w": "3/42000d cannot be counted.",
    "1000000001/7d": "1000000001/7d cannot be counted.",
}


@pytest.mark.parametrize(("step", "place", "why"), [(step, *said) for step, said in VALUES.items()])
def test_a_value_that_cannot_work_is_refused_with_the_reason(step: str, place: str, why: str) -> None:
    (problem,) = refused(whole(f"- {step}"))
    assert (problem.path, problem.message) == (f"steps[0].{place}".rstrip("."), why)


def test_a_channel_that_nobody_provides_is_refused_in_a_rule_too() -> None:
    (problem,) = refused(whole("- branch: [{if: {reachable: push}, steps: [{wait: 1d}]}]"))
    assert (problem.path, problem.code) == ("steps[0].branch[0].if", "unknown_channel")


@pytest.mark.parametrize(
    "key",
    [
        "webhook: {url: %s}",
        "webhook: {url: https://example.com, headers: {X-A: %s}}",
        "notify: {text: Hi, webhook: %s}",
    ],
)
def test_a_secret_that_does_not_exist_is_refused_where_that_is_known(key: str) -> None:
    known = replace(KNOWN, secrets=frozenset({"crm_token"}))
    (problem,) = refused(whole("- " + key % '"https://example.com/{{ secrets.crm }}"'), known)
    assert (problem.code, problem.remedy) == ("unknown_secret", "There is `crm_token`.")


@pytest.mark.parametrize(
    ("document", "place", "why"),
    [
        ("{journey: x, entry: {event: A}, steps: []}", "steps", "The journey has no steps."),
        (
            "{journey: schema, entry: {event: A}, steps: [{wait: 1d}]}",
            "journey",
            "`schema` is an address of the API, and no id for a journey.",
        ),
        (
            "{journey: x, priority: 0, entry: {event: A}, steps: [{wait: 1d}]}",
            "priority",
            "Input should be greater than or equal to 1, not 0.",
        ),
        *(
            (f"{{journey: x, caps: {{email: {rate}}}, entry: {{event: A}}, steps: [{{wait: 1d}}]}}", "caps.email", why)
            for rate, why in RATES.items()
        ),
        (
            "{journey: x, entry: {event: A, intake: 5/0s}, steps: [{wait: 1d}]}",
            "entry.intake",
            "5/0s cannot be counted.",
        ),
        (
            "{journey: x, entry: {event: A}, steps: [" + "{wait: 1d}," * 1001 + "]}",
            "",
            "The document has more than 1000 steps.",
        ),
    ],
    ids=["no steps", "an address of the API", "a priority there is not", *RATES, "an intake", "too many steps"],
)
def test_a_document_that_cannot_work_is_refused(document: str, place: str, why: str) -> None:
    (problem,) = refused(document)
    assert (problem.path, problem.message) == (place, why)


@pytest.mark.parametrize(
    ("step", "head", "place"),
    [
        ("wait_for: {event: B, same: key, within: 1d}", "", "steps[0].wait_for.same"),
        ("wait: {silence: {event: B, same: key}, for: 1h}", "", "steps[0].wait.silence.same"),
        ("wait: 1d", "goal: {event: B, same: key}", "goal.same"),
    ],
)
def test_a_comparison_with_a_key_that_runs_have_not_is_refused(step: str, head: str, place: str) -> None:
    (problem,) = refused(whole(f"- {step}", f"entry: {{event: A}}\n{head}"))
    assert problem.path == place
