"""Each kind of step does in the lab what it does live."""

from tests.lab.stage import Stage

GO = "when: [{at: 0, event: Go}]\n"


def test_a_send_is_rendered_for_the_customer(stage: Stage) -> None:
    stage.journey("- {id: a, send: email/hello}")
    stage.passes(
        """
        customer: {first_name: Ada, email: Ada@Example.com}
        when: [{at: 0, event: Go}]
        expect:
          - {at: 0, sent: email/hello, subject: hello, contains: [Hello, Hello Ada], to: ada@example.com}
          - {ended: finished}
        """
    )


def test_a_branch_takes_the_first_case_that_holds(stage: Stage) -> None:
    stage.journey(
        """
        - id: which
          branch:
            - {if: {plan: pro}, steps: [{id: a, send: email/hello}]}
            - {if: {score: {gte: 5}}, steps: [{id: b, send: email/bye}]}
            - {else: [{id: c, send: email/late}]}
        """
    )
    stage.passes("customer: {plan: pro, score: 9}\n" + GO + "expect: [{sent: email/hello}, {not_sent: email/bye}]")
    stage.passes("customer: {plan: free, score: 9}\n" + GO + "expect: [{sent: email/bye}]")
    stage.passes(GO + "expect: [{sent: email/late}]")


def test_a_split_gives_the_arm_that_the_scenario_asks_for(stage: Stage) -> None:
    stage.journey(
        """
        - id: half
          split:
            a: {weight: 1, steps: [{id: a, send: email/hello}]}
            b: {weight: 99, steps: [{id: b, send: email/bye}]}
        """
    )
    stage.passes("arms: {half: a}\n" + GO + "expect: [{sent: email/hello}]")
    stage.passes("arms: {half: b}\n" + GO + "expect: [{sent: email/bye}]")
    assert "there is no arm of half `c`" in stage.fails("arms: {half: c}\n" + GO + "expect: [{entered: true}]").lower()


def test_an_arm_that_nobody_gets_is_told(stage: Stage) -> None:
    stage.journey("- {id: half, split: {a: {weight: 0, steps: [{id: a, send: email/hello}]}, b: {weight: 100}}}")
    assert "none has what 'this one' wants: a of half" in stage.fails("arms: {half: a}\nexpect: [{entered: false}]")


def test_a_stage_is_left_at_once_when_its_event_comes(stage: Stage) -> None:
    stage.journey(
        """
        - id: trial
          stage:
            until: {event: Bought}
            steps: [{id: pause, wait: 2d}, {id: nudge, send: email/hello}]
          then: [{id: thanks, send: email/bye}]
          else: [{id: over, send: email/late}]
        """
    )
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 1d, event: Bought}]\n"
        "expect: [{at: 1d, sent: email/bye}, {not_sent: email/hello}]"
    )
    stage.passes(GO + "expect: [{at: 2d, sent: email/hello}, {at: 2d, sent: email/late}]")


def test_a_repeat_goes_round_until_its_rule_holds(stage: Stage) -> None:
    stage.journey(
        """
        - id: weekly
          repeat: {every: 7d, times: 3, until: {paid: true}, steps: [{id: remind, send: email/hello}]}
        - {id: end, send: email/bye}
        """
    )
    stage.passes(
        GO
        + "expect: [{at: 0, sent: email/hello}, {at: 7d, sent: email/hello}, {at: 14d, sent: email/hello}, "
        + "{at: 14d, sent: email/bye}]"
    )
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 3d, identify: {paid: true}}]\n"
        "expect: [{at: 0, sent: email/hello}, {at: 7d, sent: email/bye}, {between: [1d, 30d], not_sent: email/hello}]"
    )


def test_changes_show_at_once_and_start_what_listens_to_them(stage: Stage) -> None:
    stage.journey(
        """
        - {id: mark, set: {stage: engaged, seen: {ref: event.page}}}
        - {id: tag, add_tags: [warm], remove_tags: [cold]}
        - {id: more, score: +20}
        - {id: in, subscribe: vip}
        """
    )
    stage.passes(
        """
        customer: {tags: [cold], score: 5}
        when: [{at: 0, event: Go, page: /a}]
        expect:
          - {attribute: {stage: engaged, seen: /a, tags: [warm]}}
          - {at: 0, score: 25}
        """
    )


def test_a_wait_for_hears_keeps_and_times_out(stage: Stage) -> None:
    stage.journey(
        """
        - id: order
          wait_for: {event: Ordered, where: {total: {gte: 10}}, within: 2d, as: order}
          then: [{id: which, branch: [{if: {run.order.total: {gte: 50}}, steps: [{id: big, send: email/hello}]}]}]
          else: [{id: none, send: email/late}]
        """
    )
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 1d, event: Ordered, total: 60}]\nexpect: [{at: 1d, sent: email/hello}]"
    )
    stage.passes("when: [{at: 0, event: Go}, {at: 1d, event: Ordered, total: 5}]\nexpect: [{at: 2d, sent: email/late}]")
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 2d, event: Ordered, total: 20}]\n"
        "expect: [{not_sent: email/late}, {at: 2d, ended: finished}]"
    )


def test_reactions_are_heard_but_not_those_of_machines(stage: Stage) -> None:
    stage.journey(
        """
        - {id: first, send: email/hello}
        - id: opens
          wait_for: {reaction: opened, to: first, within: 3d}
          then: [{id: opened, send: email/bye}]
          else: [{id: none, send: email/late}]
        """
    )
    stage.passes("when: [{at: 0, event: Go}, {at: 1d, open: first}]\nexpect: [{at: 1d, sent: email/bye}]")
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 1d, open: first, machine: true}]\nexpect: [{at: 3d, sent: email/late}]"
    )
    told = stage.fails("when: [{at: 0, open: first}]\nexpect: [{entered: false}]")
    assert "nothing had been sent by the step first by then" in told


def test_a_webhook_is_answered_yes_unless_the_scenario_says_no(stage: Stage) -> None:
    stage.journey(
        """
        - id: crm
          webhook: {url: "https://crm.example/hook", as: reply}
          else: [{id: none, send: email/late}]
        - id: which
          branch: [{if: {run.reply.tier: gold}, steps: [{id: gold, send: email/hello}]}]
        - {id: tell, notify: {email: team@example.com, text: Look}}
        """
    )
    stage.passes(GO + "expect: [{called: crm}, {notified: tell}, {not_sent: email/late}, {ended: finished}]")
    stage.passes("answers: {crm: {reply: {tier: gold}}}\n" + GO + "expect: [{sent: email/hello}]")
    stage.passes("answers: {crm: refused}\n" + GO + "expect: [{sent: email/late}]")


def test_an_exit_names_the_end(stage: Stage) -> None:
    stage.journey("- {id: out, exit: not-interested}")
    stage.passes(GO + 'expect: [{at: 0, ended: "exit:not-interested"}]')


def test_a_defect_parks_the_run(stage: Stage) -> None:
    stage.template("email/broken.html", "---\nsubject: Hi\n---\n<p>{{ event.missing }}</p>")
    stage.journey("- {id: a, send: email/broken}")
    stage.passes(
        GO + "expect: [{at: 0, parked: template_variable_missing}, {waiting_at: a}, {never: {ended: finished}}]"
    )


def test_a_parked_step_can_be_left_out(stage: Stage) -> None:
    stage.template("email/broken.html", "---\nsubject: Hi\n---\n<p>{{ event.missing }}</p>")
    stage.journey("- {id: a, send: email/broken}\n- {id: b, send: email/hello}")
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 1h, operator: skip_step}]\n"
        "expect: [{at: 1h, sent: email/hello}, {ended: finished}]"
    )


def test_operators_pause_resume_skip_and_stop(stage: Stage) -> None:
    stage.journey("- {id: pause, wait: 2d}\n- {id: a, send: email/hello}")
    when = "when: [{at: 0, event: Go}, {at: 1d, operator: pause}, {at: 3d, operator: resume"
    stage.passes(when + "}]\nexpect: [{at: 3d, sent: email/hello}]")
    stage.passes(when + ", due: skip}]\nexpect: [{not_sent: email/hello}, {at: 3d, ended: finished}]")
    stage.passes("when: [{at: 0, event: Go}, {at: 1h, operator: skip_wait}]\nexpect: [{at: 1h, sent: email/hello}]")
    stage.passes('when: [{at: 0, event: Go}, {at: 1h, operator: stop}]\nexpect: [{at: 1h, ended: "stopped:scenario"}]')
    assert "The run is not paused." in stage.fails(
        "when: [{at: 0, event: Go}, {at: 1h, operator: resume}]\nexpect: [{entered: true}]"
    )
