"""The account's settings: what applies where a journey is silent."""

from fastapi import APIRouter, Depends

from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from domain.account import Account
from domain.calendar import zone_names
from domain.errors import InvalidInput
from store.access import audit
from store.journey import account as accounts
from store.journey import catalog

router = APIRouter(prefix="/v1/account", tags=["account"], dependencies=[Depends(sound_json)])


@router.get("")
async def show(opened: Open, _: AdminKey) -> Account:
    """The settings as they are, defaults filled in."""
    async with opened.db.transaction() as tx:
        return await accounts.load(tx)


@router.put("")
async def put(account: Account, opened: Open, key: AdminKey) -> Account:
    """Replaces the settings; what is left out takes its default. Sends that are claimed from now on follow them."""
    if account.timezone not in zone_names():
        raise InvalidInput(f"timezone: {account.timezone!r} is not an IANA time zone. Write one such as Europe/Berlin.")
    async with opened.db.transaction() as tx:
        await accounts.save(tx, account)
        await audit.record(tx, key.prefix, "account.put", "account", account.model_dump(mode="json"))
        await catalog.bump(tx)
    return account
