"""What is worth a second look: what is known where a condition stands, exits and goals, links, all journeys together."""

import time
from pathlib import Path

import pytest

from content.folder import journey_files
from content.yaml import read_documents
from domain.account import Account
from domain.check.journey import check_journey
from domain.check.together import Together, check_together
from domain.compiler import Compiled, Known, compile_journey
from tests.domain.compiler.writing import compiled, plan

BRANCH = "- branch: [{if: {%s}, steps: [{send: email/a}]}]"


def found(steps: str, head: str = "entry: {event: Started, where: {plan: pro}}") -> list[tuple[str, str]]:
    """The paths and codes of everything that is found."""
    return [(problem.path, problem.code) for problem in check_journey(plan(steps, head))]


ENTRIES = [
    ("what the entry asked of its event", "{event: A, where: {plan: pro}}", "never_holds"),
    ("or its `if`", "{event: A, if: {event.plan: pro}}", "never_holds"),
    (
        "also with a refresh: the newer event has passed the entry",
        "{event: A, where: {plan: pro}, on_repeat: refresh}",
        "never_holds",
    ),
    ("every way in", "[{event: A, where: {plan: pro}}, {event: B, where: {plan: team}}]", "never_holds"),
    ("but not if one way in allows it", "[{event: A, where: {plan: pro}}, {event: B}]", None),
    ("a manual entry may bring anything", "[{event: A, where: {plan: pro}}, {manual: true}]", None),
    ("the customer's attributes may change", "{event: A, if: {plan: pro}}", None),
]


@pytest.mark.parametrize(("entry", "code"), [one[1:] for one in ENTRIES], ids=[one[0] for one in ENTRIES])
def test_what_is_known_of_the_event(entry: str, code: str | None) -> None:
    codes = [code for _, code in found(BRANCH % "event.plan: free", f"entry: {entry}")]
    assert codes == ([code] if code else [])


@pytest.mark.parametrize("test", ["in_last: 3d", 'after: "2026-03-01"', 'gte: "2026-03-01"'])
def test_what_depends_on_the_time_or_the_zone_may_change(test: str) -> None:
    head = f"entry: {{event: A, where: {{at: {{{test}}}}}}}"
    assert found(BRANCH % f"not: {{event.at: {{{test}}}}}", head) == []


def test_branches_around_it_count_unless_the_event_may_be_replaced() -> None:
    inner = "{branch: [{if: {event.value: {lt: 5}}, steps: [{wait: 1d}]}]}"
    steps = f"- branch: [{{if: {{event.value: {{gt: 10}}}}, steps: [{inner}]}}]"
    path = "steps[0].branch[0].steps[0].branch[0].if.event.value"
    assert found(steps, "entry: {event: A}") == [(path, "never_holds")]
    assert found(steps, "entry: {event: A, on_repeat: refresh}") == []


def test_an_else_knows_that_the_cases_failed() -> None:
    steps = "- branch: [{if: {event.a: 1}, steps: [{wait: 1d}]}, {else: [{branch: [{if: {event.a: 1}, steps: [{wait: 2d}]}]}]}]"
    assert found(steps, "entry: {event: A}") == [("steps[0].branch[1].else[0].branch[0].if.event.a", "never_holds")]


def test_a_branch_by_value_is_examined_too() -> None:
    steps = "- branch: {by: event.plan, cases: {pro: [{wait: 1d}], free: [{wait: 2d}]}}"
    assert found(steps) == [
        ("steps[0].branch.cases.free", "unreachable_case"),
    ]


def test_the_event_that_enters_has_happened_when_the_entry_asks() -> None:
    head = "entry: {event: A, if: {did: B, did_not: {event: A, in_last: 30d}}}"
    assert found("- send: email/a", head) == [("entry.if.did_not", "never_holds")]
    within_the_age = "entry: {event: A, if: {did: B, did_not: {event: A, in_last: 1h}}}"
    assert found("- send: email/a", within_the_age) == []


def test_the_smallest_part_is_named_with_what_it_contradicts() -> None:
    [problem] = check_journey(plan(BRANCH % "x: 1, any: [{y: 1}, {z: {gt: 3, lt: 2}}]"))
    assert problem.path == "steps[0].branch[0].if.any[1].z"
    assert "`z: {gt: 3}` and `z: {lt: 2}` exclude each other" in problem.message


def test_where_in_a_question_and_in_a_wait_is_examined() -> None:
    assert found(BRANCH % "did: {event: B, where: {a: {in: [x], exists: false}}}") == [
        ("steps[0].branch[0].if.did.where.a", "never_holds")
    ]
    assert found("- wait_for: {event: B, where: {score: {gt: 5, lt: 5}}, within: 1d}") == [
        ("steps[0].wait_for.where.score", "never_holds")
    ]


DID_NOT = [
    ("manual", "{manual: true, if: {did_not: B}}", 1),
    ("in an any", "{manual: true, if: {any: [{did: B}, {did_not: C}]}}", 1),
    ("as a not", "{manual: true, if: {not: {did: B}}}", 1),
    ("beside a did", "{manual: true, if: {did: A, did_not: B}}", 0),
    ("beside a sum", "{manual: true, if: {sum: {of: A.x, gte: 5}, did_not: B}}", 0),
    ("beside a choice of dids", "{manual: true, if: {any: [{did: A}, {did: C}], did_not: B}}", 0),
    ("after an event", "{event: A, if: {did_not: B}}", 1),
]


@pytest.mark.parametrize(("entry", "count"), [one[1:] for one in DID_NOT], ids=[one[0] for one in DID_NOT])
def test_did_not_without_a_did(entry: str, count: int) -> None:
    codes = [code for _, code in found("- send: email/a", f"entry: {entry}")]
    assert codes == ["did_not_without_did"] * count


def test_whoever_entered_by_what_they_did_has_done_something() -> None:
    assert found(BRANCH % "did_not: B", "entry: {event: A}") == []
    assert found(BRANCH % "did_not: B", "entry: {event: Identified}") == [
        ("steps[0].branch[0].if.did_not", "did_not_without_did")
    ]


LEAVING = [
    ("the same event", "{event: A}", "{event: A}", True),
    ("with the same key", "{event: A, per: event.id}", "{event: A, same: id}", True),
    ("another key is not known", "{event: A, per: event.id}", "{event: A, same: other}", False),
    ("implied by the entry", "{event: A, where: {x: {gte: 5}}}", "{event: A, where: {x: {gt: 3}}}", True),
    ("not implied", "{event: A, where: {x: {gte: 5}}}", "{event: A, where: {x: {gt: 9}}}", False),
    ("implied by its rule", "{event: A, if: {plan: pro}}", "{event: A, if: {plan: {exists: true}}}", True),
    ("another event", "{event: A}", "{event: B}", False),
]


@pytest.mark.parametrize(("entry", "leaving", "is_met"), [one[1:] for one in LEAVING], ids=[one[0] for one in LEAVING])
def test_exits_and_goals_at_entry(entry: str, leaving: str, is_met: bool) -> None:
    for word in ("exit", "goal"):
        head = f"entry: {entry}\n{word}: [{leaving}]"
        expected = [(f"{word}[0]", f"{word}_at_entry")] if is_met else []
        assert found("- send: email/a", head) == expected


GOALS = [
    ("nobody is reached", "{event: Bought}", "- score: 5", True),
    ("a webhook may reach them", "{event: Bought}", "- webhook: https://example.com", False),
    ("a click on a message that is sent", "{event: Message Clicked}", "- send: email/a", False),
    ("an open, and only texts are sent", "{event: Message Opened}", "- send: sms/a", True),
    ("one of several events will do", "{event: [Message Opened, Bought]}", "- send: sms/a", False),
    ("the window is over", "{event: Bought, within: 3d}", "- wait: 3d\n- send: email/a", True),
    (
        "one way is soon enough",
        "{event: Bought, within: 3d}",
        "- wait_for: {event: X, within: 9d}\n- send: email/a",
        False,
    ),
    (
        "counted from the first message",
        "{event: Bought, within: 3d, from: first_send}",
        "- wait: 9d\n- send: email/a",
        False,
    ),
]


@pytest.mark.parametrize(("goal", "steps", "is_out"), [one[1:] for one in GOALS], ids=[one[0] for one in GOALS])
def test_goals_out_of_reach(goal: str, steps: str, is_out: bool) -> None:
    codes = found(steps, f"entry: {{event: A}}\ngoal: {goal}")
    assert codes == ([("goal", "goal_out_of_reach")] if is_out else [])


LINKS = {("email", "a"): frozenset({"planner", "shop"}), ("sms", "a"): frozenset[str]()}


@pytest.mark.parametrize(
    ("send", "link", "remedy"),
    [
        ("email/a", "planner", None),
        ("email/a", "plannr", "Did you mean `planner`?"),
        ("email/a", "https://shop.example/", None),
        ("email/b", "plannr", None),
        ("{template: a, channel: [email, sms]}", "shop", None),
        ("sms/a", "shop", 'Name one in the template, as in <a data-link="planner" href="…">.'),
    ],
)
def test_reactions_to_links(send: str, link: str, remedy: str | None) -> None:
    waited = f'- {{id: s, send: {send}}}\n- wait_for: {{reaction: clicked, to: s, link: "{link}", within: 1d}}'
    asked = (
        f'- {{id: s, send: {send}}}\n- branch: [{{if: {{reacted: {{to: s, link: "{link}"}}}}, steps: [{{wait: 1d}}]}}]'
    )
    for steps, path in ((waited, "steps[1].wait_for.link"), (asked, "steps[1].branch[0].if")):
        problems = check_journey(plan(steps), links=LINKS)
        told = [(problem.path, problem.remedy) for problem in problems if problem.code == "unknown_link"]
        assert told == ([(path, remedy)] if remedy else [])


def test_the_limit_is_the_accounts_and_the_one_too_many_is_named() -> None:
    three = "- send: email/a\n- send: email/b\n- wait: 1d\n- {id: last, send: email/welcome}"
    [problem] = check_journey(plan(three), Account(messages_per_week=2))
    assert (problem.path, problem.code) == ("steps[3]", "too_many_messages")
    assert (
        "sends 3 marketing messages within 7 days, more than 2: send-a (email/a), send-b (email/b), last"
        in problem.message
    )
    assert check_journey(plan(three), Account(messages_per_week=3)) == ()


def together(account: dict[str, object], *journeys: str) -> Together:
    programs = [compiled(f"journey: j{number}\ntopic: news\n{text}").program for number, text in enumerate(journeys)]
    return check_together(programs, Account.model_validate(account))


TWO = "steps: [{send: email/a}, {wait: 3d}, {send: email/b}]"
KEYED = "entry: {event: B, per: event.id}"
TOGETHER = [
    ("once ever", {}, ["entry: {event: A, again: never}"], 2),
    ("the sum", {}, ["entry: {event: A, again: never}", "entry: {event: B, again: never}"], 4),
    ("again after the end: an end, two runs, and a begin", {}, ["entry: {event: A}"], 6),
    ("once in a month", {}, ["entry: {event: A, again: {every: 30d}}"], 2),
    ("a goal cuts it short, and it begins anew", {}, ["entry: {event: A}\ngoal: {event: B}"], None),
    ("a late end, a run, and a begin", {}, ["entry: {event: A, again: {every: 5d}}\ngoal: {event: B}"], 4),
    ("a restart sends anew", {}, ["entry: {event: A, again: never, on_repeat: restart}"], None),
    ("side by side", {}, ["entry: {event: A, again: always}"], None),
    ("by key", {}, ["entry: {event: A, again: never, per: event.id}"], None),
    ("by key, with a cap", {"caps": {"all": "3/7d"}}, ["entry: {event: A, per: event.id}", "entry: {event: B}"], 3),
    ("the widest cap counts", {"caps": {"all": "3/7d"}}, [f"{KEYED}\ncaps: {{all: 9/7d}}", "entry: {event: B}"], 9),
    ("by key, with a cap on its channel", {"caps": {"email": "4/7d"}}, ["entry: {event: A, per: event.id}"], 4),
    ("caps over other spans add up", {"caps": {"all": "1/d"}}, ["entry: {event: A, again: never}\ncaps: {all: 3/7d}", KEYED], 9),
]  # fmt: skip


@pytest.mark.parametrize(
    ("account", "entries", "most"), [one[1:] for one in TOGETHER], ids=[one[0] for one in TOGETHER]
)
def test_what_one_customer_can_get_in_a_week(account: dict[str, object], entries: list[str], most: int | None) -> None:
    week = together(account, *(f"{entry}\n{TWO}" for entry in entries))
    assert week.most == most
    assert bool(week.warnings) is (most is None or most > 5)


def test_journeys_are_told_with_the_reason_the_worst_first() -> None:
    week = together({}, f"entry: {{event: A, again: never}}\n{TWO}", f"entry: {{event: B, per: event.id}}\n{TWO}")
    assert [(one.journey, one.most, one.why) for one in week.journeys] == [
        ("j1", None, "every `id` has a run of its own"),
        ("j0", 2, "2 within 7 days"),
    ]


EXAMPLES = journey_files([Path("journeys")])


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_the_examples_are_clean_and_checked_in_a_tenth_of_a_second(file: Path) -> None:
    templates = frozenset((one.parent.name, one.name.split(".")[0]) for one in Path("journeys/templates").glob("*/*"))
    [topics] = read_documents(Path("journeys/topics.yaml").read_text())
    for document in read_documents(file.read_text()):
        result = compile_journey(document, Known(templates=templates, topics=frozenset(topics)))
        assert check_journey(result) == ()
        assert min(_seconds(result) for _ in range(3)) < 0.1


def _seconds(result: Compiled) -> float:
    began = time.perf_counter()
    check_journey(result)
    return time.perf_counter() - began
