"""Whether a customer can be reached on a channel, and what they are subscribed to, as SQL about the row of `customer`.

The gate asks again, with full normalisation of the address, before anything is sent; this is what rules go by.
"""

from sqlalchemy import ColumnElement, Text, and_, case, exists, false, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from domain.account import Account
from store.tables.customers import Customer
from store.tables.permissions import Consent, Suppression, Topic

_MAIL = "^[^@[:space:]]+@[^@[:space:]]+$"
_NUMBER = "^[+][1-9][0-9]{5,14}$"


def reachable(channel: str, account: Account) -> ColumnElement[bool]:
    """Has an address on the channel, consent (the newest statement, else the account's default) and no suppression."""
    address = _addresses().get(channel)
    if address is None:
        return false()
    said = _newest(col(Consent.channel) == channel)
    suppressed = exists().where(col(Suppression.channel) == channel, col(Suppression.address) == address)
    return and_(address.is_not(None), func.coalesce(said, channel in account.implicit_consent), ~suppressed)


def reachable_channels(account: Account) -> ColumnElement[list[str]]:
    """The channels on which the customer is reachable, as a text array."""
    flags = [case((reachable(channel, account), channel)) for channel in _addresses()]
    return func.string_to_array(func.concat_ws(",", *flags), ",", type_=ARRAY(Text))


def subscribed(topic: str) -> ColumnElement[bool]:
    """There is such a topic, and the newest statement about it is a yes; with none, unless it needs an opt-in."""
    answer = select(_is_subscribed()).where(col(Topic.id) == topic).correlate(Customer).scalar_subquery()
    return func.coalesce(answer, False)


def subscribed_topics() -> ColumnElement[list[str]]:
    """The topics that the customer is subscribed to, as a text array (null for none)."""
    topics = select(func.array_agg(col(Topic.id), type_=ARRAY(Text))).where(_is_subscribed())
    return topics.correlate(Customer).scalar_subquery()


def _is_subscribed() -> ColumnElement[bool]:
    return func.coalesce(_newest(col(Consent.topic) == col(Topic.id)), ~col(Topic.opt_in))


def _newest(about: ColumnElement[bool]) -> ColumnElement[bool]:
    """What the customer said last about a channel or topic; null if nothing."""
    return (
        select(col(Consent.granted))
        .where(col(Consent.customer_id) == col(Customer.id), about)
        .order_by(col(Consent.at).desc(), col(Consent.id).desc())
        .limit(1)
        .correlate(Customer, Topic)
        .scalar_subquery()
    )


def _addresses() -> dict[str, ColumnElement[str]]:
    """A channel's address as suppressions are written: mail in lower case, numbers without what people put between digits."""
    mail = func.lower(func.btrim(col(Customer.attributes)["email"].astext))
    number = func.regexp_replace(col(Customer.attributes)["phone"].astext, "[[:space:]().-]", "", "g")
    return {
        "email": case((mail.regexp_match(_MAIL), mail)),
        "sms": case((number.regexp_match(_NUMBER), number)),
    }
