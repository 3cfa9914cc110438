"""Customers as operators look them up. They are written by routing, through `store/customer/customers.py`."""

from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from domain.frozen import Frozen
from domain.records import ConsentRecord, CustomerRecord, IdentityRecord, SuppressionRecord
from store.database import Transaction
from store.tables.customers import Customer, Identity

_HAS_EMAIL = text("lower(attributes ->> 'email') = lower(:email)")
_HAS_PHONE = text("(attributes ->> 'phone') = :phone")
"""Spelled as the indexes are: with the key as a parameter they would not be used."""

_SUPPRESSED = text("""
    SELECT channel, address, reason, source, at FROM suppression
    WHERE customer_id = :customer OR (channel, address) IN (('email', lower(:email)), ('sms', :phone))
    ORDER BY channel, address
""")

_CONSENTS = text("""
    SELECT DISTINCT ON (channel, topic) channel, topic, granted, source, at FROM consent
    WHERE customer_id = :customer ORDER BY channel, topic, at DESC, id DESC
""")


class CustomerFilter(Frozen):
    """By what a customer is looked up. An id names one person; an address may belong to several."""

    user_id: str | None = None
    anonymous_id: str | None = None
    email: str | None = None
    phone: str | None = None


async def search(tx: Transaction, which: CustomerFilter, *, limit: int = 50) -> list[UUID]:
    """The customers whom everything in `which` describes, oldest first, at most `limit`. Merged ones are left out."""
    query = select(col(Customer.id)).where(col(Customer.merged_into).is_(None))
    for kind in ("user_id", "anonymous_id"):
        if value := getattr(which, kind):
            owners = select(col(Identity.customer_id)).where(col(Identity.kind) == kind, col(Identity.value) == value)
            query = query.where(col(Customer.id).in_(owners))
    if which.email:
        query = query.where(_HAS_EMAIL.bindparams(email=which.email))
    if which.phone:
        query = query.where(_HAS_PHONE.bindparams(phone=which.phone))
    found = await tx.execute(query.order_by(col(Customer.created_at), col(Customer.id)).limit(limit))
    return list(found.scalars())


async def current_id(tx: Transaction, customer: UUID) -> UUID | None:
    """The id under which this person is kept now: their own, or that of the one they were merged into. None: unknown."""
    row = (
        await tx.execute(select(col(Customer.id), col(Customer.merged_into)).where(col(Customer.id) == customer))
    ).one_or_none()
    if row is None:
        return None
    return await current_id(tx, row[1]) if row[1] else row[0]


async def find(tx: Transaction, customer: UUID) -> CustomerRecord | None:
    """One person with ids, consents and suppressed addresses, or None."""
    row = (await tx.execute(select(Customer).where(col(Customer.id) == customer))).mappings().one_or_none()
    if row is None:
        return None
    attributes = row["attributes"]
    addresses = {"email": _word(attributes.get("email")), "phone": _word(attributes.get("phone"))}
    suppressed = await tx.execute(_SUPPRESSED, {"customer": customer, **addresses})
    return CustomerRecord(
        id=row["id"],
        attributes=attributes,
        score=row["score"],
        identities=await _identities(tx, customer),
        consents=await _consents(tx, customer),
        suppressions=tuple(SuppressionRecord.model_validate(dict(found)) for found in suppressed.mappings()),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


async def _identities(tx: Transaction, customer: UUID) -> tuple[IdentityRecord, ...]:
    query = select(col(Identity.kind), col(Identity.value)).where(col(Identity.customer_id) == customer)
    found = await tx.execute(query.order_by(col(Identity.kind).desc(), col(Identity.value)))
    return tuple(IdentityRecord(kind=kind, value=value) for kind, value in found)


async def _consents(tx: Transaction, customer: UUID) -> tuple[ConsentRecord, ...]:
    """The newest statement of each channel and topic."""
    rows = (await tx.execute(_CONSENTS, {"customer": customer})).mappings()
    return tuple(ConsentRecord.model_validate(dict(row)) for row in rows)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None
