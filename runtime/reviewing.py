"""The checker's findings where journeys are stored and published: with the account's settings, and the templates as they are."""

from content.markup import link_names
from content.remarks import Located, warned
from domain.check.journey import check_journey
from domain.check.links import Links
from domain.check.together import Together, check_together
from domain.compiler import Compiled
from domain.program import Send
from store.database import Transaction
from store.journey import account, catalog, templates


async def review(tx: Transaction, compiled: Compiled, source: str) -> tuple[Located, ...]:
    """The warnings of a journey, each at its line of `source`, without those that comments there allow."""
    return warned(source, check_journey(compiled, await account.load(tx), await _links(tx, compiled)))


async def review_together(tx: Transaction) -> Together:
    """What one customer can get in a week from all live journeys together."""
    programs = await catalog.Catalog().live(tx)
    return check_together(programs, await account.load(tx))


async def _links(tx: Transaction, compiled: Compiled) -> Links:
    """The links of the templates that the journey sends."""
    sends = [step for step in compiled.program.steps.values() if isinstance(step, Send)]
    names = {(channel, step.template) for step in sends for channel in step.channels}
    links = {}
    for channel, name in sorted(names):
        template = await templates.live(tx, channel, name)
        if template is not None:
            links[channel, name] = link_names(template.compiled.html or "")
    return links
