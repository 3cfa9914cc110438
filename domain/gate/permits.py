"""Whether a channel may be used for this customer at all: provider, address, suppression, consent, topic, once."""

from collections.abc import Iterator

from domain.gate.facts import GateFacts, Said
from domain.gate.verdict import Check, answer


def permits(fact: GateFacts) -> Iterator[Check]:
    """The checks in their order, up to and with the first that says no."""
    for ask in (_provider, _address, _suppression, _consent, _topic, _once):
        check = ask(fact)
        yield check
        if not check.passed:
            return


def _provider(fact: GateFacts) -> Check:
    why = "is set up" if fact.provider else "no provider is set up for this channel"
    return answer("provider", fact.provider, why)


def _address(fact: GateFacts) -> Check:
    known = bool(fact.address)
    return answer("address", known, "is known" if known else "no address that can be used is known")


def _suppression(fact: GateFacts) -> Check:
    why = f"the address is suppressed: {fact.suppressed}" if fact.suppressed is not None else "not suppressed"
    return answer("suppression", fact.suppressed is None, why)


def _consent(fact: GateFacts) -> Check:
    if fact.purpose == "transactional":
        return answer("consent", True, "transactional: needs no consent to marketing")
    if fact.said is None:
        default = "implied" if fact.implied else "not implied"
        return answer("consent", fact.implied, f"nothing was said; consent is {default} here")
    return answer("consent", fact.said.granted, _words(fact.said))


def _topic(fact: GateFacts) -> Check:
    if fact.topic is None:
        return answer("topic", True, "none")
    if fact.purpose == "transactional":
        return answer("topic", True, "transactional: topics do not apply")
    if fact.topic_implied is None:
        return answer("topic", False, f"there is no topic {fact.topic}")
    if fact.topic_said is None:
        why = "is on until it is declined" if fact.topic_implied else "has to be asked for, and was not"
        return answer("topic", fact.topic_implied, f"{fact.topic} {why}")
    return answer("topic", fact.topic_said.granted, f"{fact.topic}: {_words(fact.topic_said)}")


def _once(fact: GateFacts) -> Check:
    why = "was sent to this customer before, and goes once ever" if fact.sent_before else "was not sent before"
    return answer("once", not fact.sent_before, why)


def _words(said: Said) -> str:
    source = f" by {said.source}" if said.source else ""
    return f"{'granted' if said.granted else 'withdrawn'} on {said.at:%Y-%m-%d %H:%M} UTC{source}"
