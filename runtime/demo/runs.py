"""The runs of the demo's customers, as the API tells of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from runtime.demo.people import Person

_PAGE = 200
_MARGIN = timedelta(seconds=5)


@dataclass(frozen=True)
class Run:
    """How far a run has come. `place` is the step it waits or works at."""

    id: str
    person: Person
    customer_id: str
    journey: str
    status: str
    place: str
    is_waiting: bool
    ended_reason: str


class Runs:
    """All runs that these people have entered since this was made."""

    def __init__(self, url: str, admin_key: str, people: Sequence[Person]) -> None:
        self.known: dict[str, Run] = {}
        self._since = datetime.now(UTC) - _MARGIN
        self._by_id = {id_: person for person in people for id_ in (person.user_id, person.visitor_id)}
        self._people: dict[str, Person | None] = {}
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {admin_key}"}, timeout=10, trust_env=False
        )

    def collect(self) -> list[Run]:
        """The runs that have changed since the last time, those that entered first before the others."""
        changed = []
        for row in reversed(list(self._rows())):
            person = self._person(row["customer_id"])
            run = _run(row, person) if person else None
            if run is not None and self.known.get(run.id) != run:
                self.known[run.id] = run
                changed.append(run)
        return changed

    @property
    def living(self) -> list[Run]:
        return [run for run in self.known.values() if run.status != "ended"]

    def has_phone(self, person: Person) -> bool:
        """Whether Sojourn knows the customer with their number, so that a text from it can be theirs."""
        items = self._get("/v1/customers", user_id=person.user_id)["items"]
        return any(item["attributes"].get("phone") == person.phone for item in items)

    def why(self, run: Run) -> str:
        """The story of a run, as Markdown."""
        answer = self._http.get(f"/v1/runs/{run.id}/explain", headers={"Accept": "text/markdown"})
        return answer.raise_for_status().text

    def messages(self, run: Run) -> list[dict[str, Any]]:
        """What the ledger says that the run has sent, oldest first."""
        items: list[dict[str, Any]] = self._get("/v1/messages", run=run.id)["items"]
        return items[::-1]

    def close(self) -> None:
        self._http.close()

    def _rows(self) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = self._get("/v1/runs", limit=_PAGE, **({"cursor": cursor} if cursor else {}))
            for row in page["items"]:
                if datetime.fromisoformat(row["entered_at"]) < self._since:
                    return
                yield row
            cursor = page["next_cursor"] or ""
            if not cursor:
                return

    def _person(self, customer_id: str) -> Person | None:
        """Who that is; None for customers that are not the demo's. A visitor is one of them under either id."""
        if customer_id not in self._people:
            ids = [identity["value"] for identity in self._get(f"/v1/customers/{customer_id}")["identities"]]
            self._people[customer_id] = next((self._by_id[id_] for id_ in ids if id_ in self._by_id), None)
        return self._people[customer_id]

    def _get(self, path: str, **query: str | int) -> dict[str, Any]:
        answer: dict[str, Any] = self._http.get(path, params=query).raise_for_status().json()
        return answer


def _run(row: dict[str, Any], person: Person) -> Run:
    return Run(
        id=row["id"],
        person=person,
        customer_id=row["customer_id"],
        journey=row["journey"],
        status=row["status"],
        place=row["step"] or "",
        is_waiting=row["waiting_until"] is not None,
        ended_reason=row["ended_reason"] or "",
    )
