"""The account's settings: what applies where a journey is silent."""

from collections.abc import Iterator
from email.utils import getaddresses

from fastapi import APIRouter, Depends

from api.admin.texts import sound_json
from api.auth import AdminKey
from api.dependencies import Open
from channels.email_smtp.mime import mailbox
from channels.sms_twilio import is_sms_sender
from domain.account import Account
from domain.calendar import zone_names
from domain.document.words import CHANNELS, is_countable
from domain.durations import format_rate
from domain.errors import InvalidDocument, InvalidInput, Problem
from store.access import audit
from store.customer.addresses import is_country
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
    if problems := tuple(_problems(account)):
        raise InvalidDocument(problems)
    async with opened.db.transaction() as tx:
        await accounts.save(tx, account)
        await audit.record(tx, key.prefix, "account.put", "account", account.model_dump(mode="json"))
        await catalog.bump(tx)
    return account


def _problems(account: Account) -> Iterator[Problem]:
    """What the channels would stumble over at the first send."""
    if account.timezone not in zone_names():
        yield _wrong("timezone", account.timezone, "an IANA time zone", "Europe/Berlin")
    for field, address in (("sender_email", account.sender_email), ("reply_to", account.reply_to)):
        if address is not None and not _is_mailbox(address):
            yield _wrong(field, address, "an address that mail can come from", "Acme <hello@acme.example>")
    if not is_sms_sender(account.sender_phone):
        yield _wrong("sender_phone", account.sender_phone, "a number or name that SMS can come from", "+14155552671")
    if not is_country(account.default_country):
        yield _wrong("default_country", account.default_country, "a country by ISO 3166", "DE")
    for name, rate in account.caps.items():
        if not is_countable(rate):
            yield _wrong(f"caps.{name}", format_rate(rate), "a rate that can be counted", "3/7d")
    quiet = account.quiet_hours
    if quiet is not None and quiet.start == quiet.end:
        yield _wrong("quiet_hours.end", quiet.end, "another time of day than that at which they begin", "08:00")
    for channel in account.implicit_consent:
        if channel not in CHANNELS:
            yield _wrong("implicit_consent", channel, "a channel", "email")


def _wrong(field: str, value: str, what: str, example: str) -> Problem:
    return Problem(path=field, message=f"{value[:200]!r} is not {what}.", remedy=f"Write one such as {example}.")


def _is_mailbox(text: str) -> bool:
    """One address, as the channel reads it."""
    try:
        mailbox(text)
    except InvalidInput:
        return False
    return text.isprintable() and len(getaddresses([text])) == 1
