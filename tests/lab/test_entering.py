"""Ways in and ways out: re-entry, goals and exits, holdout, manual entries, queues, several journeys at once."""

from tests.lab.stage import Stage

MAIL = "- {id: pause, wait: 1d}\n- {id: a, send: email/hello}"


def test_a_trigger_is_filtered_by_event_and_customer(stage: Stage) -> None:
    stage.journey(MAIL, head="entry: {event: Go, where: {size: {gte: 3}}, if: {plan: pro}}")
    stage.passes("customer: {plan: pro}\nwhen: [{at: 0, event: Go, size: 3}]\nexpect: [{at: 0, entered: journey}]")
    stage.passes("customer: {plan: pro}\nwhen: [{at: 0, event: Go, size: 2}]\nexpect: [{entered: false}]")
    stage.passes("when: [{at: 0, event: Go, size: 3}]\nexpect: [{entered: false}]")


def test_the_past_is_known_and_starts_nothing(stage: Stage) -> None:
    stage.journey(MAIL, head="entry: {event: Go, if: {did: {event: Ordered, at_least: 2}}}")
    stage.passes(
        "history: [{ago: 9d, event: Ordered}, {ago: 2d, event: Ordered}]\nwhen: [{at: 0, event: Go}]\n"
        "expect: [{entered: true}]"
    )
    stage.passes("history: [{ago: 1d, event: Go}]\nexpect: [{entered: false}]")


def test_re_entry_follows_again(stage: Stage) -> None:
    twice = "when: [{at: 0, event: Go}, {at: 3d, event: Go}]\n"
    stage.journey(MAIL, head="entry: {event: Go, again: never}")
    stage.passes(twice + "expect: [{at: 1d, sent: email/hello}, {between: [2d, 9d], not_sent: email/hello}]")


def test_re_entry_after_the_end_is_the_default(stage: Stage) -> None:
    stage.journey(MAIL)
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 3d, event: Go}]\n"
        "expect: [{at: 1d, sent: email/hello}, {at: 4d, sent: email/hello}]"
    )
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 12h, event: Go}]\nexpect: [{at: 1d, sent: email/hello}, "
        "{between: [25h, 9d], not_sent: email/hello}]"
    )


def test_a_restart_ends_the_run_under_way(stage: Stage) -> None:
    stage.journey(MAIL, head="entry: {event: Go, on_repeat: restart}")
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 12h, event: Go}]\n"
        'expect: [{at: 12h, ended: "stopped:restart"}, {at: 36h, sent: email/hello}]'
    )


def test_a_late_event_starts_nothing(stage: Stage) -> None:
    stage.journey(MAIL)
    stage.passes("when: [{at: 0, event: Go, late: 25h}]\nexpect: [{entered: false}]")
    stage.passes("when: [{at: 0, event: Go, late: 23h}]\nexpect: [{entered: true}]")


def test_goals_and_exits_end_the_run(stage: Stage) -> None:
    stage.journey(MAIL, head="entry: {event: Go}\ngoal: {event: Bought}\nexit: [{event: Left, where: {why: moved}}]")
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 1h, event: Bought}]\nexpect: [{at: 1h, ended: goal}, {not_sent: email/hello}]"
    )
    stage.passes('when: [{at: 0, event: Go}, {at: 1h, event: Left, why: moved}]\nexpect: [{ended: "exit:left"}]')
    stage.passes("when: [{at: 0, event: Go}, {at: 1h, event: Left, why: other}]\nexpect: [{ended: finished}]")


def test_held_out_customers_are_ghosts(stage: Stage) -> None:
    stage.journey("- {id: more, score: +5}\n- {id: a, send: email/hello}", head="entry: {event: Go, holdout: 10%}")
    stage.passes("when: [{at: 0, event: Go}]\nexpect: [{sent: email/hello}, {score: 5}]")
    stage.passes(
        "held_out: true\nwhen: [{at: 0, event: Go}]\n"
        "expect: [{at: 0, ghost: email/hello, subject: hello}, {not_sent: email/hello}, {score: 0}, {ended: finished}]"
    )


def test_a_manual_entry_brings_inputs(stage: Stage) -> None:
    head = "inputs: {offer: text}\nentry: {manual: true}"
    stage.journey("- {id: note, set: {offer: {ref: run.offer}}}", head=head)
    stage.passes("when: [{at: 0, enter: journey, inputs: {offer: spring}}]\nexpect: [{attribute: {offer: spring}}]")
    stage.passes("when: [{at: 0, enter: journey}]\nexpect: [{entered: false}]")


def test_each_element_has_a_run_of_its_own(stage: Stage) -> None:
    stage.template("email/item.html", '---\nsubject: "{{ item.name }}"\n---\n<p>x</p>')
    stage.journey("- {id: a, send: email/item}", head="entry: {event: Go, each: event.items}")
    stage.passes(
        "when: [{at: 0, event: Go, items: [{name: Pot}, {name: Soil}]}]\nexpect: [{sent: email/item, subject: Pot}]"
    )


def test_an_intake_lets_the_rest_queue(stage: Stage) -> None:
    stage.journey("- {id: a, send: email/hello}", head="entry: {event: Go, again: always, intake: 1/h}")
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 10m, event: Go}]\n"
        "expect: [{at: 0, sent: email/hello}, {at: 1h, sent: email/hello}]"
    )


def test_journeys_live_side_by_side(stage: Stage) -> None:
    stage.journey("- {id: mark, set: {vip: true}}\n- {id: a, send: email/hello}", name="first")
    stage.journey(
        "- {id: b, send: email/bye}", name="second", head="entry: {event: Attributes Changed, if: {vip: true}}"
    )
    both = "journey: [first, second]\n"
    stage.passes(
        both + "when: [{at: 0, event: Go}]\nexpect: [{at: 0, entered: second}, {sent: email/bye, journey: second}]"
    )
    stage.passes("journey: second\nwhen: [{at: 0, event: Go}]\nexpect: [{entered: false}]")
