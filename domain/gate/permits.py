"""Whether a channel may be used for this customer at all: provider, address, suppression, consent, topic, once."""

from collections.abc import Iterator

from domain.gate.facts import GateFacts, Said
from domain.gate.verdict import Check


def permits(fact: GateFacts) -> Iterator[Check]:
    """The checks in their order, up to and with the first that says no."""
    for ask in (_provider, _address, _suppression, _consent, _topic, _once):
        check = ask(fact)
        yield check
        if not check.passed:
            return


def _provider(fact: GateFacts) -> Check:
    why = "is set up" if fact.provider else "no provider is set up for this channel"
    return Check(check="provider", passed=fact.provider, why=why)


def _address(fact: GateFacts) -> Check:
    known = bool(fact.address)
    return Check(check="address", passed=known, why="is known" if known else "no address that can be used is known")


def _suppression(fact: GateFacts) -> Check:
    why = f"the address is suppressed: {fact.suppressed}" if fact.suppressed is not None else "not suppressed"
    return Check(check="suppression", passed=fact.suppressed is None, why=why)


def _consent(fact: GateFacts) -> Check:
    if fact.purpose == "transactional":
        return Check(check="consent", passed=True, why="transactional: needs no consent to marketing")
    if fact.said is None:
        default = "implied" if fact.implied else "not implied"
        return Check(check="consent", passed=fact.implied, why=f"nothing was said; consent is {default} here")
    return Check(check="consent", passed=fact.said.granted, why=_words(fact.said))


def _topic(fact: GateFacts) -> Check:
    if fact.topic is None:
        return Check(check="topic", passed=True, why="none")
    if fact.purpose == "transactional":
        return Check(check="topic", passed=True, why="transactional: topics do not apply")
    if fact.topic_implied is None:
        return Check(check="topic", passed=False, why=f"there is no topic {fact.topic}")
    if fact.topic_said is None:
        why = "is on until it is declined" if fact.topic_implied else "has to be asked for, and was not"
        return Check(check="topic", passed=fact.topic_implied, why=f"{fact.topic} {why}")
    return Check(check="topic", passed=fact.topic_said.granted, why=f"{fact.topic}: {_words(fact.topic_said)}")


def _once(fact: GateFacts) -> Check:
    why = "was sent to this customer before, and goes once ever" if fact.sent_before else "was not sent before"
    return Check(check="once", passed=not fact.sent_before, why=why)


def _words(said: Said) -> str:
    source = f" by {said.source}" if said.source else ""
    return f"{'granted' if said.granted else 'withdrawn'} on {said.at:%Y-%m-%d %H:%M} UTC{source}"
