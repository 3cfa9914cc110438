"""What a template may speak of when a step sends it to a customer."""

from datetime import datetime

from content.links import Tracking
from content.templates import RenderContext
from domain.account import Account
from domain.calendar import zone_of
from domain.program import Send
from domain.rules.facts import Facts
from domain.rules.references import look_up
from domain.rules.rule import Ref


def context_of(
    step: Send,
    facts: Facts,
    account: Account,
    *,
    at: datetime,
    locale: str,
    unsubscribe_url: str,
    tracking: Tracking | None,
) -> RenderContext:
    """`locale` is that of the text that was found; empty: the default text, which is in the account's."""
    zone, _ = zone_of(facts.attributes, account)
    data = {name: look_up(value.ref, facts) if isinstance(value, Ref) else value for name, value in step.data.items()}
    return RenderContext(
        now=at.astimezone(zone),
        account=account,
        locale=locale or account.locale,
        customer={**facts.attributes, "score": facts.score},
        event=facts.event,
        run=facts.run,
        item=facts.item,
        data=data,
        unsubscribe_url=unsubscribe_url,
        tracking=tracking,
    )
