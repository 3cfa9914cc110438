"""What people and machines are told: the diff with its path, JUnit, coverage."""

from xml.etree import ElementTree

from lab.junit import junit
from lab.report import coverage_lines, told
from lab.running import coverages
from tests.lab.stage import Stage

STEPS = """
- id: looks
  wait_for: {event: Looked, within: 3d}
  then: [{id: a, send: email/hello}]
  else: [{id: b, send: email/bye}]
"""
HEAD = "entry: {event: Go}\nexit: [{event: Left}]\ngoal: {event: Bought}"
LATE = """
- scenario: looks too late
  customer: {timezone: Europe/Berlin, score: 3}
  when:
    - {at: 0, event: Go}
    - {after: 4d, event: Looked}
  expect:
    - {at: 4d, sent: email/hello}
    - {at: 3d, sent: email/bye, subject: Adieu}
    - {score: 4}
"""
GOOD = """
- scenario: looks in time
  when: [{at: 0, event: Go}, {after: 1d, event: Looked}]
  expect: [{at: 1d, sent: email/hello}]
"""


def test_a_failure_shows_expected_and_happened_with_lines_and_the_path(stage: Stage) -> None:
    stage.journey(STEPS, head=HEAD)
    lines = list(told(stage.run(LATE)))
    text = "\n".join(lines)
    assert lines[0].endswith("journey.test.yaml: 0 of 1 passed")
    assert "journey.test.yaml:2  looks too late" in text
    assert "  line 8\n  - expected  at 4d  sent: email/hello\n  + happened  nothing of the kind" in text
    assert "  line 9\n  - expected  at 3d  sent: email/bye, subject: Adieu\n  + happened  its subject is 'bye'" in text
    assert "  line 10\n  - expected  score: 4\n  + happened  the score is 3" in text
    path = lines[lines.index("  The path:") + 1 :]
    assert path[0] == '    0   Mon 05 Jan 10:00  "Go"'
    assert '    3d  Thu 08 Jan 10:00  "Looked" did not come in time at looks.' in path
    assert "    3d  Thu 08 Jan 10:00  Handed over the email bye." in path
    assert path.index('    4d  Fri 09 Jan 10:00  "Looked"') > path.index(
        "    3d  Thu 08 Jan 10:00  Handed over the email bye."
    )


def test_the_path_says_why_nothing_went_out(stage: Stage) -> None:
    stage.journey(STEPS, head=HEAD)
    text = stage.fails("consents: {email: false}\nwhen: [{at: 0, event: Go}]\nexpect: [{sent: email/bye}]")
    assert "consent" in text.lower()
    assert "withdrawn" in text


def test_the_path_says_why_nobody_entered(stage: Stage) -> None:
    stage.journey(STEPS, head="entry: {event: Go, where: {size: 3}}")
    text = stage.fails("when: [{at: 0, event: Go, size: 2}]\nexpect: [{entered: true}]")
    assert "size" in text


def test_junit_has_a_suite_for_each_file_and_a_case_for_each_scenario(stage: Stage) -> None:
    stage.journey(STEPS, head=HEAD)
    root = ElementTree.fromstring(junit([stage.run(GOOD + LATE)]).encode())
    [suite] = root.findall("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    good, late = suite.findall("testcase")
    assert good.find("failure") is None
    assert late.get("line") == "6"
    failure = late.find("failure")
    assert failure is not None
    assert "sent: email/hello" in (failure.get("message") or "")
    assert "The path:" in (failure.text or "")


def test_a_file_that_cannot_be_read_is_an_error_in_junit(stage: Stage) -> None:
    root = ElementTree.fromstring(junit([stage.run("- scenario: x\n  expcet: []\n")]).encode())
    error = root.find("testsuite/testcase/error")
    assert error is not None
    assert "Did you mean `expect`?" in (error.get("message") or "")


def test_coverage_names_the_ways_that_no_scenario_takes(stage: Stage) -> None:
    stage.journey(STEPS, head=HEAD)
    [one] = coverages([stage.run(GOOD)])
    assert one.missing == (("b", "is never reached"), ("", "goal"), ("", "exit:left"), ("looks", "time is up"))
    assert (one.steps_taken, one.steps) == (2, 3)
    [heading, *rest] = coverage_lines([one])
    assert heading == "journey: 50% (2 of 3 steps, 3 of 7 ways)"
    assert "  the journey: goal" in rest


def test_all_ways_of_every_kind_of_step_can_be_taken(stage: Stage) -> None:
    stage.journey(
        """
        - id: trial
          stage:
            until: {event: Bought}
            steps:
              - id: weekly
                repeat: {every: 1d, times: 2, until: {paid: true}, steps: [{id: remind, send: email/hello}]}
          then: [{id: thanks, send: email/bye}]
          else: [{id: over, score: +1}]
        - id: half
          split: {a: {weight: 50, steps: [{id: left, score: +1}]}, b: {weight: 50}}
        - id: hook
          webhook: {url: "https://crm.example/hook"}
          else: [{id: sorry, send: email/late}]
        - id: at
          wait: {until: event.at, if_past: skip}
          then: [{id: soon, score: +1}]
        """
    )
    result = stage.run(
        """
        - scenario: to the end of the stage
          arms: {half: a}
          when: [{at: 0, event: Go, properties: {at: "2026-02-01T10:00:00Z"}}]
          expect: [{ended: finished}]
        - scenario: pays
          arms: {half: b}
          answers: {hook: refused}
          when: [{at: 0, event: Go}, {at: 3h, identify: {paid: true}}]
          expect: [{ended: finished}]
        - scenario: buys
          when: [{at: 0, event: Go}, {at: 3h, event: Bought}]
          expect: [{at: 3h, sent: email/bye}]
        """
    )
    assert [verdict.passed for verdict in result.verdicts] == [True] * 3
    [one] = coverages([result])
    assert one.missing == ()
    assert one.percent == 100


def test_a_step_that_was_broken_off_was_not_gone_on_from(stage: Stage) -> None:
    stage.journey(
        """
        - id: trial
          stage:
            until: {event: Bought}
            steps: [{id: pause, wait: 2d}, {id: nudge, send: email/hello}]
        """
    )
    result = stage.run(
        """
        - scenario: buys at once
          when: [{at: 0, event: Go}, {at: 1h, event: Bought}]
          expect: [{ended: finished}]
        """
    )
    [one] = coverages([result])
    assert ("pause", "over") in one.missing
    assert ("trial", "is left") not in one.missing


def test_journeys_of_a_folder_count_also_without_a_test(stage: Stage) -> None:
    stage.journey(STEPS, head=HEAD)
    stage.journey("- {id: a, send: email/hello}", name="untested")
    covered = coverages([stage.run(GOOD)], [stage.folder])
    assert [(one.journey, one.percent > 0) for one in covered] == [("journey", True), ("untested", False)]
