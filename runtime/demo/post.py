"""What arrives at the customers: the inbox for their mail, the telephone for their texts."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from itertools import takewhile
from typing import Any

import httpx

from runtime.demo.people import LANDLINE, Person
from runtime.demo.verdict import Got
from runtime.demo.wording import message_of, planner_button

_PAGE = 10
_LINK = re.compile(r'<a href="([^"]+)"[^>]*>([^<]*)</a>')
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Post:
    """Collects what comes to these people. What was there before is not looked at."""

    def __init__(self, inbox_url: str, phone_url: str, people: Sequence[Person]) -> None:
        self.got: dict[str, list[Got]] = {person.user_id: [] for person in people}
        self._inbox_url = inbox_url
        self._phone_url = phone_url
        self._http = httpx.Client(timeout=10, trust_env=False)
        self._by_email = {person.email: person for person in people if person.email}
        self._by_phone = {person.phone: person for person in people if person.phone != LANDLINE}
        self._letters: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._seen = {text["sid"] for text in self._texts()} | {letter["id"] for letter in self._letters_from(1)}

    def collect(self) -> list[tuple[Person, Got]]:
        """What is new since the last time, mail first."""
        new = [*self._new_letters(), *self._new_texts()]
        for person, got in new:
            self.got[person.user_id].append(got)
        return new

    def has(self, person: Person, message: str, times: int) -> bool:
        """Whether a message such as `email/welcome` has come so many times."""
        channel = message.partition("/")[0]
        got = (one.text for one in self.got[person.user_id] if one.channel == channel)
        return sum(message_of(text, person) == message for text in got) >= times

    def click(self, person: Person, message: str) -> None:
        """Follows the button of that mail, as far as Sojourn's redirect."""
        html = self._letters[person.user_id, message]["html"]
        targets = {words.strip(): unescape(target) for target, words in _LINK.findall(html)}
        self._http.get(targets[planner_button(person)], headers={"User-Agent": _BROWSER})

    def unsubscribe(self, person: Person, message: str) -> None:
        """One click in the mail program (RFC 8058)."""
        url = self._letters[person.user_id, message]["headers"]["List-Unsubscribe"].strip("<>")
        self._http.post(url, data={"List-Unsubscribe": "One-Click"}).raise_for_status()

    def text(self, person: Person, words: str) -> None:
        """The customer texts the shop; returns once Sojourn has answered."""
        answer = self._http.post(f"{self._phone_url}/api/inbound", json={"from": person.phone, "body": words})
        answer.raise_for_status()
        if answer.json()["answered"] != httpx.codes.OK:
            raise RuntimeError(f"Sojourn answered a text with {answer.json()['answered']}")

    def close(self) -> None:
        self._http.close()

    def _new_letters(self) -> list[tuple[Person, Got]]:
        found = []
        for letter in reversed(self._unseen_letters()):
            self._seen.add(letter["id"])
            person = next((self._by_email[to] for to in letter["to"] if to in self._by_email), None)
            if person is not None:
                message = message_of(letter["subject"], person) or ""
                self._letters[person.user_id, message] = letter
                found.append((person, Got("email", letter["subject"])))
        return found

    def _unseen_letters(self) -> list[dict[str, Any]]:
        """The newest letters, back to the first that is known."""
        limit = _PAGE
        while True:
            letters = self._letters_from(limit)
            unseen = list(takewhile(lambda letter: letter["id"] not in self._seen, letters))
            if len(unseen) < limit:
                return unseen
            limit *= 2

    def _letters_from(self, limit: int) -> list[dict[str, Any]]:
        letters: list[dict[str, Any]] = self._http.get(
            f"{self._inbox_url}/api/messages", params={"limit": limit}
        ).json()
        return letters

    def _new_texts(self) -> list[tuple[Person, Got]]:
        found = []
        for text in reversed(self._texts()):
            is_ours = text["sid"] not in self._seen and text["direction"] != "inbound" and text["to"] in self._by_phone
            self._seen.add(text["sid"])
            if is_ours:
                found.append((self._by_phone[text["to"]], Got("sms", text["body"])))
        return found

    def _texts(self) -> list[dict[str, Any]]:
        texts: list[dict[str, Any]] = self._http.get(f"{self._phone_url}/api/messages").json()
        return texts
