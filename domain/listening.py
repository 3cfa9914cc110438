"""Does a waiting run hear this event? Asked by routing for each event, and by a run that begins to listen."""

from domain.engine.state import Run
from domain.others import questions_in
from domain.program import Listen, Trigger
from domain.rules.evaluate import evaluate
from domain.rules.facts import Facts
from domain.rules.references import found


def hears(listen: Listen, name: str, facts: Facts, run: Run) -> bool:
    """`facts.arriving` are the event's properties. A rule is asked whatever the event is called."""
    if listen.kind == "rule":
        return listen.rule is not None and evaluate(listen.rule, facts).holds
    if name not in listen.events:
        return False
    if listen.kind == "reaction":
        return _answers(listen, facts, run)
    if listen.kind == "answer":
        return listen.asked is not None and listen.asked in questions_in(facts.arriving)
    return _same(listen.same, facts, run.key) and (listen.where is None or evaluate(listen.where, facts).holds)


def _answers(listen: Listen, facts: Facts, run: Run) -> bool:
    """A person's reaction to what this run's step sent; machines never count."""
    arriving = facts.arriving
    return (
        arriving.get("run_id") == str(run.id)
        and arriving.get("step") == listen.to
        and not arriving.get("machine")
        and (listen.link is None or arriving.get("link") == listen.link)
    )


def meets(trigger: Trigger, name: str, facts: Facts, key: str) -> bool:
    """Does this event meet an exit's or goal's trigger?"""
    return (
        name in trigger.events
        and _same(trigger.same, facts, key)
        and (trigger.where is None or evaluate(trigger.where, facts).holds)
        and (trigger.rule is None or evaluate(trigger.rule, facts).holds)
    )


def _same(name: str | None, facts: Facts, key: str) -> bool:
    """`same` may be a dotted path, as `per` is: any value found there may be the run's key."""
    return name is None or any(str(value) == key for value in found(facts.arriving, name))
