"""Everything that is worth a second look in one journey."""

from collections.abc import Mapping

from domain.account import Account
from domain.check.branches import check_branches
from domain.check.conditions import check_conditions
from domain.check.contexts import Contexts
from domain.check.leaving import check_leaving
from domain.check.links import Links, check_links
from domain.check.messages import check_messages
from domain.compiler import Compiled
from domain.errors import Problem

NO_LINKS: Links = {}


def check_journey(
    compiled: Compiled, account: Account | None = None, links: Mapping[tuple[str, str], frozenset[str]] = NO_LINKS
) -> tuple[Problem, ...]:
    """The warnings of a journey that compiles, those of the compiler included, in the order in which they were found.

    `account` has the caps and the limit for a week (default: a new account's); `links` the names of the links of those
    templates that are known.
    """
    contexts = Contexts(compiled)
    found = [
        *compiled.warnings,
        *check_conditions(compiled, contexts),
        *check_branches(compiled, contexts),
        *check_leaving(compiled, contexts),
        *check_messages(compiled, contexts, account or Account()),
        *check_links(compiled, contexts, links),
    ]
    return tuple(dict.fromkeys(found))
