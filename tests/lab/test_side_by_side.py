"""Branches side by side, and journeys that start, await and stop each other, in scenarios."""

from tests.lab.stage import Stage

OTHER = "entry: {manual: true, again: never}\ninputs: {code: text}"


def test_branches_go_side_by_side(stage: Stage) -> None:
    stage.journey(
        """
        - parallel:
            branches:
              mail: [{wait: 2d}, {send: email/hello}]
              talk: [{id: bell, wait_for: {event: Bell, within: 5d}, then: [{score: 5}]}]
        - send: email/bye
        """
    )
    stage.passes(
        """
        when: [{at: 0, event: Go}, {after: 1d, event: Bell}]
        expect:
          - {at: 0, waiting_at: wait-2d}
          - {at: 0, waiting_at: bell}
          - {at: 1d, score: 5}
          - {at: 2d, sent: email/hello}
          - {at: 2d, sent: email/bye}
          - {ended: finished}
        """
    )


def test_the_first_branch_at_its_end_ends_the_others(stage: Stage) -> None:
    stage.journey(
        """
        - parallel:
            join: any
            branches:
              mail: [{wait: 2d}, {send: email/hello}]
              talk: [{wait_for: {event: Bell, within: 5d}}]
        - send: email/bye
        """
    )
    stage.passes(
        """
        when: [{at: 0, event: Go}, {after: 1d, event: Bell}]
        expect: [{at: 1d, sent: email/bye}, {not_sent: email/hello}, {ended: finished}]
        """
    )


def test_coverage_counts_how_branches_begin_and_end(stage: Stage) -> None:
    stage.journey(
        """
        - id: both
          parallel:
            join: any
            branches: {mail: [{send: email/hello}, {wait: 2d}], talk: [{wait: 1d}]}
        """
    )
    result = stage.run("[{scenario: goes, when: [{at: 0, event: Go}], expect: [{ended: finished}]}]")
    taken = {(step, way) for _, step, way in result.edges}
    assert {("both", "begins"), ("both/talk", "is at its end"), ("send-hello", "goes on")} <= taken
    assert ("both/mail", "is at its end") not in taken
    assert ("wait-2d", "over") not in taken


def test_another_journey_is_started_and_its_end_awaited(stage: Stage) -> None:
    stage.journey("[{wait: 2d}, {set: {code: {ref: run.code}}}, {exit: done}]", head=OTHER, name="other")
    stage.journey(
        """
        - start_journey: {journey: other, inputs: {code: {ref: event.code}}, await: true, within: 9d, as: result}
          then: [{set: {how: {ref: run.result.reason}}}]
          else: [{send: email/late}]
        """
    )
    stage.passes(
        """
        journey: [journey, other]
        when: [{at: 0, event: Go, code: abc}]
        expect:
          - {at: 0, entered: other}
          - {at: 1d, waiting_at: start-journey-other}
          - {at: 2d, attribute: {code: abc, how: "exit:done"}}
          - {never: {sent: email/late}}
        """
    )


def test_a_refused_entry_goes_on_at_else_at_once(stage: Stage) -> None:
    stage.journey("[{wait: 2d}]", head=OTHER, name="other")
    stage.journey(
        """
        - start_journey: {journey: other, inputs: {code: a}, await: true, within: 9d, as: first}
        - start_journey: {journey: other, inputs: {code: b}, await: true, within: 9d, as: second}
          else: [{set: {why: {ref: run.second.reason}}}, {send: email/late}]
        """
    )
    stage.passes(
        """
        journey: [journey, other]
        when: [{at: 0, event: Go}]
        expect: [{at: 2d, sent: email/late}, {at: 2d, attribute: {why: "refused:again"}}, {ended: finished}]
        """
    )


def test_without_await_nobody_waits(stage: Stage) -> None:
    stage.journey("[{wait: 2d}]", head="entry: {manual: true, per: event.cart}", name="other")
    stage.journey("[{start_journey: {journey: other, data: {cart: {ref: event.cart}}}}, {send: email/hello}]")
    stage.passes(
        """
        journey: [journey, other]
        when: [{at: 0, event: Go, cart: c1}]
        expect: [{at: 0, sent: email/hello}, {at: 0, entered: other}, {at: 2d, ended: finished, journey: other}]
        """
    )


def test_a_journey_is_stopped_by_another(stage: Stage) -> None:
    stage.journey("[{wait: 9d}, {send: email/late}]", head="entry: {event: Go}", name="other")
    stage.journey("[{wait: 1d}, {stop_journey: other}]")
    stage.passes(
        """
        journey: [journey, other]
        when: [{at: 0, event: Go}]
        expect: [{at: 1d, ended: "stopped:journey", journey: other}, {never: {sent: email/late}}]
        """
    )


def test_ghosts_start_and_stop_nothing(stage: Stage) -> None:
    stage.journey("[{wait: 2d}]", head="entry: {manual: true}", name="other")
    stage.journey(
        """
        - start_journey: {journey: other, await: true, within: 3d}
          else: [{send: email/late}]
        """,
        head="entry: {event: Go, holdout: 50%}",
    )
    stage.passes(
        """
        journey: [journey, other]
        held_out: true
        when: [{at: 0, event: Go}]
        expect: [{never: {entered: other}}, {at: 3d, ghost: email/late}]
        """
    )


def test_journeys_that_start_each_other_are_cut_after_ten_links(stage: Stage) -> None:
    stage.journey("[{start_journey: journey}]", head="entry: [{event: Go}, {manual: true, again: always}]")
    stage.passes(
        """
        when: [{at: 0, event: Go}]
        expect: [{ended: finished}]
        """
    )


APPROVE = """
- id: ok
  approve: {to: legal, title: May this go out?, of: hello, within: 3d}
  rejected: [{score: -1}]
  else: [{score: -2}]
- {id: hello, send: email/hello}
"""


def test_what_is_approved_of_is_sent(stage: Stage) -> None:
    stage.journey(APPROVE)
    stage.passes(
        """
        when: [{at: 0, event: Go}, {after: 1d, approve: ok}]
        expect: [{at: 0, asked: ok}, {at: 1d, sent: email/hello}]
        """
    )


def test_what_is_rejected_or_not_answered_in_time_is_not_sent(stage: Stage) -> None:
    stage.journey(APPROVE)
    stage.passes(
        """
        when: [{at: 0, event: Go}, {after: 1d, reject: ok}]
        expect: [{at: 1d, score: -1}, {never: {sent: email/hello}}, {ended: finished}]
        """
    )
    stage.passes(
        """
        when: [{at: 0, event: Go}]
        expect: [{at: 3d, score: -2}, {never: {sent: email/hello}}, {ended: finished}]
        """
    )


def test_an_answer_to_what_nobody_asked_is_told(stage: Stage) -> None:
    stage.journey(APPROVE)
    told = stage.fails("when: [{at: 0, approve: ok}]\nexpect: [{never: {sent: email/hello}}]")
    assert "had asked for nothing by then" in told
