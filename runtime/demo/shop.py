"""The shop: lets its customers do what their stories say, when they say it."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from runtime.demo.actions import Beat, Clicks, Does, LogsIn, Texts, Unsubscribes, Views
from runtime.demo.calls import Call, Calls
from runtime.demo.people import Person
from runtime.demo.population import Customer
from runtime.demo.post import Post


@dataclass(order=True)
class _Turn:
    """A customer's next beat. `due` is in seconds of the clock that `Shop.open` was told."""

    due: float
    number: int
    person: Person = field(compare=False)
    beats: Sequence[Beat] = field(compare=False)


class Shop:
    """Give it the time often, and it does what is due. `day` is the length of a day in seconds."""

    def __init__(self, calls: Calls, post: Post, customers: Sequence[Customer], *, day: float) -> None:
        self._calls = calls
        self._post = post
        self._customers = customers
        self._day = day
        self._turns: list[_Turn] = []

    @property
    def is_over(self) -> bool:
        """Whether every story has been told to its end."""
        return not self._turns

    def open(self, now: float) -> None:
        """From now on customers come."""
        self._turns = [
            _Turn(now + one.arrives + one.beats[0].after * self._day, number, one.person, one.beats)
            for number, one in enumerate(self._customers)
        ]
        heapq.heapify(self._turns)

    def act(self, now: float) -> None:
        """Everything that is due. Whoever answers a message that has not come yet waits for it."""
        waiting = []
        while self._turns and self._turns[0].due <= now:
            turn = heapq.heappop(self._turns)
            beat, *rest = turn.beats
            if beat.answers and not self._post.has(turn.person, beat.answers, beat.times):
                waiting.append(turn)
                continue
            self._do(turn.person, beat)
            if rest:
                turn.due, turn.beats = now + rest[0].after * self._day, rest
                waiting.append(turn)
        for turn in waiting:
            heapq.heappush(self._turns, turn)

    def unfinished(self) -> list[str]:
        """Whose story has not been told to its end, and which message they wait for; for people."""
        return [
            f"{turn.person.name} still waits for {turn.beats[0].answers or 'the next day'}"
            for turn in sorted(self._turns)
        ]

    def _do(self, person: Person, beat: Beat) -> None:
        calls: list[Call] = []
        for action in beat.actions:
            match action:
                case LogsIn() | Does() | Views():
                    calls.append(action)
                case Clicks():
                    self._post.click(person, action.message)
                case Unsubscribes():
                    self._post.unsubscribe(person, action.message)
                case Texts():
                    self._post.text(person, action.words)
        if calls:
            self._calls.make(person, calls)
