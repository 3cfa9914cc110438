"""Customers: looking them up, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field, model_validator

from api.admin.paging import MOST, PagingQuery
from api.auth import AdminKey
from api.dependencies import Open
from domain.errors import NotFound
from domain.frozen import Frozen
from domain.records import CustomerRecord, Page, TimelineEntry
from store.customer import customer_rows, timeline
from store.database import Transaction

router = APIRouter(prefix="/v1/customers", tags=["customers"])


class CustomerQuery(Frozen):
    """At least one of them; several must all fit."""

    user_id: str | None = Field(None, min_length=1, max_length=500, description="Your own id for the person.")
    anonymous_id: str | None = Field(None, min_length=1, max_length=500, description="A browser's or device's id.")
    email: str | None = Field(None, min_length=1, max_length=500, description="The email address, in any case.")
    phone: str | None = Field(None, min_length=1, max_length=50, description="The phone number as +491701234567.")
    limit: int = Field(50, ge=1, le=MOST, description="How many at most.")

    @model_validator(mode="after")
    def _names_somebody(self) -> "CustomerQuery":
        if not (self.user_id or self.anonymous_id or self.email or self.phone):
            raise ValueError("name a user_id, anonymous_id, email or phone")
        return self


@router.get("")
async def look_up(which: Annotated[CustomerQuery, Query()], opened: Open, _: AdminKey) -> Page[CustomerRecord]:
    """The customers with this id or address, oldest first. Nobody is an empty list; an address may be several people's."""
    wanted = customer_rows.CustomerFilter.model_validate(which.model_dump(exclude={"limit"}))
    async with opened.db.transaction() as tx:
        ids = await customer_rows.search(tx, wanted, limit=which.limit)
        found = [await customer_rows.find(tx, customer) for customer in ids]
    return Page(items=tuple(customer for customer in found if customer))


@router.get("/{customer}")
async def show(customer: UUID, opened: Open, _: AdminKey) -> CustomerRecord:
    """Attributes, ids, score, consents and suppressed addresses. A merged customer is answered as who they are now."""
    async with opened.db.transaction() as tx:
        found = await customer_rows.find(tx, await known_customer(tx, customer))
    if found is None:
        raise _unknown(customer)
    return found


@router.get("/{customer}/timeline")
async def show_timeline(customer: UUID, paging: PagingQuery, opened: Open, _: AdminKey) -> Page[TimelineEntry]:
    """Events, messages and decisions, newest first."""
    async with opened.db.transaction() as tx:
        return await timeline.page(tx, await known_customer(tx, customer), after=paging.after, limit=paging.limit)


async def known_customer(tx: Transaction, customer: UUID) -> UUID:
    """The id that this person has now. Raises NotFound."""
    current = await customer_rows.current_id(tx, customer)
    if current is None:
        raise _unknown(customer)
    return current


def _unknown(customer: UUID) -> NotFound:
    return NotFound(
        f"There is no customer {customer}. `GET /v1/customers?email=…` finds one by address.", code="unknown_customer"
    )
