"""What a test file may say, what its moments mean, and what is told about mistakes: each with its line and a remedy."""

import pytest

from tests.lab.stage import Stage

WAIT = "- {id: pause, wait: 2d}\n- {id: a, send: email/hello}"


def problems(stage: Stage, text: str) -> str:
    """What is told about a file that cannot be read."""
    stage.journey(WAIT)
    [verdict] = stage.run(text).verdicts
    return "\n".join(verdict.problems)


@pytest.mark.parametrize(
    ("line", "place", "told"),
    [
        ("- {at: 2d, sentt: email/hello}", "5:16", "Did you mean `sent`?"),
        ("- {at: 2d, sent: email/helo}", "5:16", "Did you mean `email/hello`?"),
        ("- {at: 2d, sent: hello}", "5", "names no channel and template"),
        ("- {at: 2x, sent: email/hello}", "5:8", "is not a duration"),
        ("- {at: -1d, sent: email/hello}", "5:8", "lies before the start"),
        ("- {at: 1d, after: 1d, sent: email/hello}", "5", "`at` and `after` are both written"),
        ("- {between: [2d, 1d], sent: email/hello}", "5", "ends before it begins"),
        ("- {within: 2d, sent: email/hello}", "5", "needs a moment to count from"),
        ("- {sent: email/hello, score: 3}", "5", "`sent` and `score`"),
        ("- {score: 3, subject: Hello}", "5", "is about a message"),
        ("- {at: 2d}", "5", "nothing is expected"),
        ("- {waiting_at: paus}", "5:8", "Did you mean `pause`?"),
        ("- {ended: finish}", "5:8", "Did you mean `finished`?"),
        ("- {never: {sent: email/helo}}", "5:16", "Did you mean `email/hello`?"),
        ("- {entered: jurney}", "5:8", "Did you mean `journey`?"),
    ],
)
def test_an_expectation_that_names_nothing_is_refused(stage: Stage, line: str, place: str, told: str) -> None:
    text = f"- scenario: one\n  when:\n    - {{at: 0, event: Go}}\n  expect:\n    {line}\n"
    answer = problems(stage, text)
    assert told.lower() in answer.lower()
    assert f"journey.test.yaml:{place}" in answer


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("- {at: 0, evnt: Go}", "Did you mean `event`?"),
        ("- {aftr: 1d, event: Go}", "Did you mean `after`?"),
        ("- {event: Go}", "exactly one of `at` and `after` is needed"),
        ("- {at: 0, event: Go, late: 0d}", "longer than zero"),
        ("- {at: 0, click: b}", "there is no step `b`"),
        ("- {at: 0, operator: halt}", "'halt' is not one of its values"),
        ("- {at: 0, consent: {fax: true}}", "there is no channel or topic `fax`"),
        ("- {at: 0, enter: jurney}", "Did you mean `journey`?"),
        ("- {at: 0, event: Go, click: a}", ""),
        ("- {at: 1d, event: Go}\n    - {at: 2h, event: Go}", "before the line above it"),
    ],
)
def test_a_happening_that_cannot_be_is_refused(stage: Stage, line: str, told: str) -> None:
    text = f"- scenario: one\n  when:\n    {line}\n  expect:\n    - {{entered: true}}\n"
    answer = problems(stage, text)
    if told:
        assert told.lower() in answer.lower()
        assert "journey.test.yaml:3" in answer or "journey.test.yaml:4" in answer
    else:
        assert answer == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scenario: one\nexpect: []\n", "one list of scenarios"),
        ("- scenario: one\n", "`expect`: Is required"),
        ("- scenario: one\n  expcet: [{score: 0}]\n", "Did you mean `expect`?"),
        ("- scenario: one\n  start: tomorrow\n  expect: [{score: 0}]\n", "is not a date and time"),
        ("- scenario: one\n  account: {capz: {all: 1/d}}\n  expect: [{score: 0}]\n", "capz"),
        ("- scenario: one\n  consents: {sms: 1}\n  expect: [{score: 0}]\n", "true or false"),
        ("- scenario: one\n  customer: {score: high}\n  expect: [{score: 0}]\n", "is not a score"),
        ("- scenario: one\n  arms: {half: a}\n  expect: [{score: 0}]\n", "there is no split `half`"),
        ("- scenario: one\n  held_out: true\n  expect: [{score: 0}]\n", "no journey here has a holdout"),
        ("- scenario: one\n  journey: jurney\n  expect: [{score: 0}]\n", "Did you mean `journey`?"),
        ("- scenario: one\n  when: [\n", "This is not YAML"),
        ("- scenario: one\n  expect: [{score: 0}]\n- scenario: one\n  expect: [{score: 0}]\n", "Rename one."),
    ],
)
def test_a_file_with_a_slip_is_refused_with_its_place(stage: Stage, text: str, told: str) -> None:
    answer = problems(stage, text)
    assert told.lower() in answer.lower()
    assert "journey.test.yaml" in answer


def test_a_test_beside_no_journey_says_what_to_write(stage: Stage) -> None:
    [verdict] = stage.run("- scenario: one\n  expect: [{score: 0}]\n", name="other").verdicts
    assert "there is no journey other.yaml beside it" in verdict.problems[0]


def test_a_journey_that_does_not_compile_is_told_with_its_file(stage: Stage) -> None:
    stage.journey("- {id: a, send: email/nothing}")
    told = stage.fails("expect: [{score: 0}]")
    assert "journey.yaml" in told
    assert "nothing" in told


def test_after_in_when_counts_from_the_line_before(stage: Stage) -> None:
    stage.journey("- {id: a, wait_for: {event: B, within: 9d}, then: [{id: b, send: email/hello}]}")
    stage.passes(
        """
        when: [{after: 1d, event: Go}, {after: 1d, event: X}, {after: 1d, event: B}]
        expect: [{at: 1d, entered: true}, {at: 3d, sent: email/hello}]
        """
    )


def test_after_in_expect_counts_from_the_last_at(stage: Stage) -> None:
    stage.journey(WAIT)
    stage.passes(
        """
        when: [{at: 0, event: Go}]
        expect:
          - {at: 1d, waiting_at: pause}
          - {after: 1d, sent: email/hello}
          - {after: 1d, ended: finished}
          - {at: 0, entered: true}
          - {after: 2d, sent: email/hello}
        """
    )


def test_a_span_and_its_ends(stage: Stage) -> None:
    stage.journey(WAIT)
    go = "when: [{at: 0, event: Go}]\n"
    stage.passes(go + "expect: [{between: [1d, 2d], sent: email/hello}, {at: 1d, within: 1d, sent: email/hello}]")
    stage.passes(go + "expect: [{between: [0, 1d], not_sent: email/hello}, {at: 47h, not_sent: email/hello}]")
    assert "email/hello was sent at 2d" in stage.fails(go + "expect: [{between: [3d, 4d], sent: email/hello}]")
    assert "email/hello was sent at 2d" in stage.fails(go + "expect: [{at: 2d, not_sent: email/hello}]")


def test_a_property_may_have_the_name_of_a_key(stage: Stage) -> None:
    stage.journey("- {id: a, set: {when: {ref: event.at}, link: {ref: event.link}}}")
    stage.passes(
        """
        when: [{at: 0, event: Go, link: x, properties: {at: noon}}]
        expect: [{attribute: {when: noon, link: x}}]
        """
    )


def test_the_start_is_in_the_customers_zone_unless_it_has_an_offset(stage: Stage) -> None:
    stage.journey('- {id: pause, wait: {until: "12:00"}}\n- {id: a, send: email/hello}')
    go = "customer: {timezone: Asia/Tokyo}\nwhen: [{at: 0, event: Go}]\n"
    stage.passes('start: "2026-05-04T10:00"\n' + go + "expect: [{at: 2h, sent: email/hello}]")
    stage.passes('start: "2026-05-04T02:00:00Z"\n' + go + "expect: [{at: 1h, sent: email/hello}]")
