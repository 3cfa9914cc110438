"""The account's settings: one row."""

from sqlalchemy import select, update
from sqlmodel import col

from domain.account import Account
from store.database import Transaction
from store.tables import journeys


async def load(tx: Transaction) -> Account:
    """The account as it was last saved; where it is silent, the defaults."""
    settings = (await tx.execute(select(col(journeys.Account.settings)))).scalar_one()
    return Account.model_validate(settings)


async def save(tx: Transaction, account: Account) -> None:
    """Replaces the account's settings. Defaults are not written: a worker of the release before refuses a setting that it does not
    know, and so meets a new one only when somebody uses it."""
    settings = account.model_dump(mode="json", exclude_defaults=True)
    await tx.execute(update(journeys.Account).values(settings=settings))
