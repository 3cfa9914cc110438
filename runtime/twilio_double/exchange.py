"""Takes messages, moves them through Twilio's statuses, and calls back with Twilio's signature."""

import asyncio
import base64
import hmac
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from runtime.twilio_double.messages import VALID_SENDER, Fate, Fault, Script, Sms, refusal

_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
_START = frozenset({"start", "yes", "unstop"})


@dataclass(frozen=True)
class Account:
    """The one account. `inbound_url` is where texts from phones are reported to, as set on a number in Twilio's console."""

    sid: str
    token: str
    inbound_url: str = ""
    senders: frozenset[str] = frozenset({VALID_SENDER})


class Exchange:
    """All state of the double. `pace` is the time between two statuses of a message."""

    def __init__(self, account: Account, *, pace: timedelta = timedelta(milliseconds=50)) -> None:
        self.account = account
        self.messages: list[Sms] = []
        self._pace = pace.total_seconds()
        self._faults: deque[Fault] = deque()
        self._fates: dict[str, Fate] = {}
        self._opted_out: set[str] = set()
        self._client = httpx.AsyncClient(timeout=10, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, script: Script) -> None:
        """Adds faults for the requests to come, and fates of phones."""
        self._faults.extend(script.faults)
        self._fates.update(script.fates)

    def next_fault(self) -> Fault | None:
        return self._faults.popleft() if self._faults else None

    def take(self, form: Mapping[str, str]) -> Sms | int:
        """Takes the message and sends it on its way, or gives the error code that refuses it."""
        code = refusal(form, self.account.senders, frozenset(self._opted_out))
        if code is not None:
            return code
        message = Sms(
            account=self.account.sid,
            sender=form.get("From") or None,
            service=form.get("MessagingServiceSid") or None,
            to=form["To"],
            body=form["Body"],
            callback=form.get("StatusCallback") or None,
        )
        self.messages.append(message)
        self._run(self._deliver(message))
        return message

    async def write_back(self, sender: str, body: str) -> int:
        """A phone writes to us: the status that our inbound webhook answered, or 0 where there is none."""
        word = body.strip().casefold()
        if word in _STOP:
            self._opted_out.add(sender)
        if word in _START:
            self._opted_out.discard(sender)
        to = next((sms.sender for sms in reversed(self.messages) if sms.to == sender and sms.sender), VALID_SENDER)
        message = Sms(self.account.sid, sender, to, body, direction="inbound", status="received")
        self.messages.append(message)
        if not self.account.inbound_url:
            return 0
        form = {
            **self._named(message),
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
        }
        return await self._call(self.account.inbound_url, form)

    async def settled(self) -> None:
        """Returns when every message has reached its last status and every call-back was answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def _run(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, message: Sms) -> None:
        fate = self._fates.get(message.to, Fate())
        statuses = ["sent"] if fate.status == "sent" else ["sent", fate.status]
        if fate.callbacks == "reversed":
            statuses.reverse()
        for status in statuses:
            await asyncio.sleep(self._pace)
            message.status = status
            message.error_code = fate.error_code if status == fate.status else None
            message.price = "-0.00790"
            for _ in range({"none": 0, "twice": 2}.get(fate.callbacks, 1)):
                await self._report(message)
        message.status = fate.status

    async def _report(self, message: Sms) -> None:
        if message.callback is None:
            return
        form = {**self._named(message), "MessageStatus": message.status, "SmsStatus": message.status}
        if message.error_code is not None:
            form["ErrorCode"] = str(message.error_code)
        try:
            await self._call(message.callback, form)
        except httpx.HTTPError:
            return  # Twilio does not repeat a status call-back either

    def _named(self, message: Sms) -> dict[str, str]:
        return {
            "AccountSid": self.account.sid,
            "ApiVersion": "2010-04-01",
            "From": message.sender or "",
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "To": message.to,
        }

    async def _call(self, url: str, form: dict[str, str]) -> int:
        headers = {"X-Twilio-Signature": sign(self.account.token, url, form)}
        return (await self._client.post(url, data=form, headers=headers)).status_code


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """The signature of a form request (https://www.twilio.com/docs/usage/security#validating-requests)."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
