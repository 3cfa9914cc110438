"""`set` and tags, `score`, `subscribe` and `unsubscribe`."""

from domain.compiler.spot import Spot
from domain.document.changing import ScoreStep, SetStep
from domain.program import Score, SetAttributes, Subscribe


def set_attributes(form: SetStep, spot: Spot) -> SetAttributes:
    return SetAttributes(
        id=spot.id,
        scopes=spot.scopes,
        attributes=spot.values(form.set, "set"),
        add_tags=form.add_tags,
        remove_tags=form.remove_tags,
        increment=form.increment,
        next=spot.after,
    )


def score(form: ScoreStep, spot: Spot) -> Score:
    said = form.score
    return Score(id=spot.id, scopes=spot.scopes, add=said.add, set_to=said.set_to, reason=said.reason, next=spot.after)


def subscribe(topic: str, subscribed: bool, spot: Spot) -> Subscribe:
    spot.draft.has_topic(topic, spot.at("subscribe" if subscribed else "unsubscribe"))
    return Subscribe(id=spot.id, scopes=spot.scopes, topic=topic, subscribed=subscribed, next=spot.after)
