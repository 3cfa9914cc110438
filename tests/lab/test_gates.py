"""Consent, suppression, caps, quiet hours: the live gate, asked with the scenario's customer."""

from tests.lab.stage import Stage

GO = "when: [{at: 0, event: Go}]\n"


def one_mail(stage: Stage, **settings: str) -> None:
    extra = "".join(f", {key}: {value}" for key, value in settings.items())
    stage.journey(f"- {{id: a, send: {{template: hello, channel: email{extra}}}}}")


def test_mail_is_implied_and_text_is_not(stage: Stage) -> None:
    stage.journey("- {id: a, send: email/hello}\n- {id: b, send: sms/hello}")
    stage.passes(GO + "expect: [{sent: email/hello}, {not_sent: sms/hello}]")
    stage.passes("consents: {sms: true, email: false}\n" + GO + "expect: [{not_sent: email/hello}, {sent: sms/hello}]")


def test_channels_are_tried_in_order(stage: Stage) -> None:
    stage.journey("- {id: a, send: {template: hello, channel: [sms, email]}}")
    stage.passes(GO + "expect: [{sent: email/hello}]")
    stage.passes(
        "consents: {sms: true}\n" + GO + 'expect: [{sent: sms/hello, to: "+14155550123"}, {not_sent: email/hello}]'
    )
    stage.passes("consents: {sms: true}\ncustomer: {phone: null}\n" + GO + "expect: [{sent: email/hello}]")


def test_a_refusal_moves_on_to_the_next_channel(stage: Stage) -> None:
    stage.journey("- {id: a, send: {template: hello, channel: [email, sms], on_failure: exit}}")
    stage.passes("consents: {sms: true}\nanswers: {a: refused}\n" + GO + "expect: [{not_sent: email/hello}]")
    stage.passes("consents: {sms: true}\nanswers: {a: refused}\n" + GO + 'expect: [{ended: "exit:failure"}]')


def test_topics_are_asked_and_an_opt_in_needs_a_yes(stage: Stage) -> None:
    one_mail(stage, topic="vip")
    stage.passes(GO + "expect: [{not_sent: email/hello}]")
    stage.passes("consents: {vip: true}\n" + GO + "expect: [{sent: email/hello}]")


def test_consent_is_asked_at_the_moment_of_sending(stage: Stage) -> None:
    stage.journey("- {id: pause, wait: 1d}\n- {id: a, send: email/hello}", head="entry: {event: Go}\ntopic: news")
    stage.passes("when: [{at: 0, event: Go}, {at: 2h, consent: {news: false}}]\nexpect: [{not_sent: email/hello}]")
    stage.passes(
        "consents: {news: false}\nwhen: [{at: 0, event: Go}, {at: 2h, consent: {news: true}}]\n"
        "expect: [{at: 1d, sent: email/hello}]"
    )


def test_suppression_holds_for_transactional_mail_too(stage: Stage) -> None:
    one_mail(stage, purpose="transactional")
    stage.passes("consents: {email: false}\n" + GO + "expect: [{sent: email/hello}]")
    stage.passes("suppressed: email\n" + GO + "expect: [{not_sent: email/hello}]")


def test_a_bounce_and_a_complaint_suppress_the_address(stage: Stage) -> None:
    stage.journey("- {id: a, send: email/hello}\n- {id: pause, wait: 1d}\n- {id: b, send: email/bye}")
    for verb in ("bounce", "complain", "unsubscribe"):
        stage.passes(f"when: [{{at: 0, event: Go}}, {{at: 1h, {verb}: a}}]\nexpect: [{{not_sent: email/bye}}]")


def test_a_cap_skips_or_waits(stage: Stage) -> None:
    steps = (
        "- {id: a, send: email/hello}\n- {id: b, send: {template: bye, channel: email, if_blocked: %s, deadline: 3d}}"
    )
    head = "entry: {event: Go}\ncaps: {all: 1/2d}"
    stage.journey(steps % "skip", head=head)
    stage.passes(GO + "expect: [{at: 0, sent: email/hello}, {not_sent: email/bye}]")


def test_whoever_may_wait_for_a_cap_is_sent_to_when_it_has_room(stage: Stage) -> None:
    steps = (
        "- {id: a, send: email/hello}\n- {id: b, send: {template: bye, channel: email, if_blocked: wait, deadline: 3d}}"
    )
    stage.journey(steps, head="entry: {event: Go}\ncaps: {all: 1/2d}")
    stage.passes(GO + "expect: [{at: 0, sent: email/hello}, {at: 2d, sent: email/bye}]")


def test_quiet_hours_defer_marketing_in_the_customers_zone(stage: Stage) -> None:
    one_mail(stage)
    quiet = 'account: {quiet_hours: {start: "21:00", end: "08:00"}}\nstart: "2026-01-05T23:00"\n'
    stage.passes(
        quiet
        + "customer: {timezone: Asia/Tokyo}\n"
        + GO
        + "expect: [{at: 1h, waiting_at: a}, {at: 9h, sent: email/hello}]"
    )


def test_a_deferral_past_the_deadline_is_late_at_once(stage: Stage) -> None:
    one_mail(stage, deadline="2h", if_late="exit")
    quiet = 'account: {quiet_hours: {start: "21:00", end: "08:00"}}\nstart: "2026-01-05T23:00"\n'
    stage.passes(quiet + GO + 'expect: [{at: 0, ended: "exit:late"}]')


def test_once_ever_counts_over_runs(stage: Stage) -> None:
    one_mail(stage, once="ever")
    stage.passes(
        "when: [{at: 0, event: Go}, {at: 1d, event: Go}]\n"
        "expect: [{at: 0, sent: email/hello}, {between: [1h, 9d], not_sent: email/hello}]"
    )


def test_rules_know_who_is_reachable_and_subscribed(stage: Stage) -> None:
    stage.journey(
        """
        - id: which
          branch:
            - {if: {reachable: [sms]}, steps: [{id: a, send: sms/hello}]}
            - {if: {subscribed: vip}, steps: [{id: b, send: email/bye}]}
            - {else: [{id: c, send: email/late}]}
        """
    )
    stage.passes("consents: {sms: true}\n" + GO + "expect: [{sent: sms/hello}]")
    stage.passes("consents: {vip: true}\n" + GO + "expect: [{sent: email/bye}]")
    stage.passes(GO + "expect: [{sent: email/late}]")
