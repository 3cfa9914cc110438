"""What runs and routing read of journeys and the account, kept in memory until something is published.

`catalog.revision` rises with every publish, archive or account change (`bump`); one small read per transaction tells
whether the copy in memory still holds, so that new entrants take the newest version at once (semantics 10).
"""

from sqlalchemy import text

from domain.account import Account
from domain.errors import NotFound
from domain.program import Program
from store.database import Transaction
from store.journey import account as accounts

PROGRAMS_KEPT = 1000
"""Compiled versions kept in memory; beyond that all are dropped and read again as they are needed."""


_REVISION = text("SELECT revision FROM catalog")


class Catalog:
    """One per process. Versions are immutable and kept; what is live and the account are read again when they changed."""

    def __init__(self) -> None:
        self._programs: dict[tuple[str, int], Program] = {}
        self._revision: int | None = None
        self._live: list[Program] = []
        self._shadows: list[Program] = []
        self._account = Account()

    async def program(self, tx: Transaction, journey: str, version: int) -> Program:
        """That version's program. Raises NotFound when it was never published."""
        known = self._programs.get((journey, version))
        if known is not None:
            return known
        query = text("SELECT program FROM journey_version WHERE journey_id = :journey AND version = :version")
        row = (await tx.execute(query, {"journey": journey, "version": version})).first()
        if row is None:
            raise NotFound(f"Journey {journey} has no version {version}.")
        return self._keep(Program.model_validate(row.program))

    @property
    def revision(self) -> int | None:
        """The revision that was read last; None before the first time."""
        return self._revision

    async def live(self, tx: Transaction, *, revision: int | None = None) -> list[Program]:
        """The newest published version of every journey that people can enter."""
        await self._refresh(tx, revision)
        return self._live

    @property
    def shadows(self) -> list[Program]:
        """The versions that run beside live ones, as of the revision that was read last."""
        return self._shadows

    async def account(self, tx: Transaction, *, revision: int | None = None) -> Account:
        """The account's settings. `revision`: that of the catalog, where this transaction has read it already."""
        await self._refresh(tx, revision)
        return self._account

    async def _refresh(self, tx: Transaction, revision: int | None) -> None:
        if revision is None:
            revision = (await tx.execute(_REVISION)).scalar_one()
        if revision == self._revision:
            return
        query = text(
            "SELECT v.journey_id, v.version, v.program, v.version = j.shadow_version AS shadow"
            " FROM journey j JOIN journey_version v ON v.journey_id = j.id AND v.version IN (j.live_version, j.shadow_version)"
            " WHERE j.status = 'live' ORDER BY j.id"
        )
        live: list[Program] = []
        shadows: list[Program] = []
        for row in await tx.execute(query):
            known = self._programs.get((row.journey_id, row.version)) or self._keep(Program.model_validate(row.program))
            (shadows if row.shadow else live).append(known)
        self._live, self._shadows = live, shadows
        self._account = await accounts.load(tx)
        self._revision = revision

    def _keep(self, program: Program) -> Program:
        if len(self._programs) >= PROGRAMS_KEPT:
            self._programs.clear()
        self._programs[program.journey, program.version] = program
        return program


async def bump(tx: Transaction) -> None:
    """Says that something was published, archived or changed in the account."""
    await tx.execute(text("UPDATE catalog SET revision = revision + 1"))
