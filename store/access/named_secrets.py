"""What journeys call by name and never see: `sojourn secrets`. No row, log or answer but these has a value."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete as delete_from
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from domain.errors import Conflict, Defect, InvalidInput, NotFound
from domain.frozen import Frozen
from domain.named_secrets import LONGEST, NAME, is_value
from store.access import audit
from store.access.sealing import Seal, is_sealed
from store.database import Transaction
from store.tables.access import Secret


class SecretRecord(Frozen):
    """A secret without its value. `sealed`: at rest it can only be read with the installation's encryption key."""

    name: str
    sealed: bool
    updated_at: datetime
    updated_by: str


async def put(tx: Transaction, seal: Seal, name: str, value: str, *, actor: str) -> None:
    """Keeps the value; calls from now on use it. Raises InvalidInput, which does not repeat it."""
    if not NAME.fullmatch(name):
        raise InvalidInput("A secret's name has small letters, digits and underscores, as in crm_token.")
    if not is_value(value):
        raise InvalidInput(f"A secret is one line of 1 to {LONGEST} characters, without spaces around it.")
    kept = {"value": seal.close(name, value), "updated_by": actor, "updated_at": func.now()}
    await tx.execute(insert(Secret).values(name=name, **kept).on_conflict_do_update(index_elements=["name"], set_=kept))
    await audit.record(tx, actor, "secret.set", name)


async def delete(tx: Transaction, name: str, *, used_by: Collection[str], actor: str) -> None:
    """Forgets it. Raises NotFound, and Conflict while a live journey uses it."""
    if used_by:
        raise Conflict(f"The secret {name} is used by {', '.join(sorted(used_by))}. Publish them without it first.")
    if not (await tx.execute(delete_from(Secret).where(col(Secret.name) == name))).rowcount:
        raise NotFound(f"There is no secret {name}. `sojourn secrets list` shows them.", code="unknown_secret")
    await audit.record(tx, actor, "secret.delete", name)


async def records(tx: Transaction) -> list[SecretRecord]:
    """All of them, by name."""
    found = (await tx.execute(select(Secret).order_by(col(Secret.name)))).mappings()
    return [
        SecretRecord(
            name=row["name"],
            sealed=is_sealed(row["value"]),
            updated_at=row["updated_at"],
            updated_by=row["updated_by"],
        )
        for row in found
    ]


async def names(tx: Transaction) -> frozenset[str]:
    """Which there are."""
    return frozenset((await tx.execute(select(col(Secret.name)))).scalars())


async def values(tx: Transaction, seal: Seal, wanted: Collection[str]) -> dict[str, str]:
    """The values for one call. Raises Defect for one that is missing, or cannot be opened."""
    if not wanted:
        return {}
    rows = await tx.execute(select(col(Secret.name), col(Secret.value)).where(col(Secret.name).in_(wanted)))
    found = {name: seal.open(name, value) for name, value in rows}
    for name in wanted:
        if name not in found:
            raise Defect(
                f"There is no secret {name}. Set it (`sojourn secrets set {name}`), and retry.", code="secret_missing"
            )
    return found
