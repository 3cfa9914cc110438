"""The shop tells its stories in time, and its calls arrive together."""

import asyncio
from random import Random
from typing import cast

import pytest

from runtime.demo.actions import Beat, Does, LogsIn, Views, beat
from runtime.demo.calls import Call, Calls
from runtime.demo.people import Person, person
from runtime.demo.population import Customer
from runtime.demo.post import Post
from runtime.demo.shop import Shop
from runtime.demo.shopping import Shopping
from runtime.demo.stories import Story
from tests.api.conftest import Inbox, inbox, server, settings, write_key

__all__ = ["inbox", "server", "settings", "write_key"]

ADA = person(Random(1), 1, "test")


class Notes:
    """Stands for both the calls and the post: keeps what was called, and has what it is told has come."""

    def __init__(self) -> None:
        self.called: list[Call] = []
        self.come: list[str] = []

    def make(self, _: Person, calls: list[Call]) -> None:
        self.called += calls

    def has(self, _: Person, message: str, times: int) -> bool:
        return self.come.count(message) >= times


@pytest.fixture
def notes() -> Notes:
    return Notes()


def shop_of(notes: Notes, *beats: Beat) -> Shop:
    customer = Customer(ADA, Story("a story", lambda _: []), arrives=1, beats=beats)
    return Shop(cast(Calls, notes), cast(Post, notes), [customer], day=2)


def test_a_beat_comes_so_many_days_after_the_one_before(notes: Notes) -> None:
    shop = shop_of(notes, beat(0, LogsIn()), beat(3, Views("/pricing")))
    shop.open(100)
    shop.act(100.9)
    assert notes.called == []
    shop.act(101.5)
    assert notes.called == [LogsIn()]
    shop.act(107.4)
    assert not shop.is_over
    shop.act(107.5)
    assert notes.called == [LogsIn(), Views("/pricing")]
    assert shop.is_over


def test_who_answers_a_message_waits_until_it_has_come(notes: Notes) -> None:
    shop = shop_of(notes, beat(0, LogsIn()), beat(0.5, Views("/pricing"), answers="email/welcome", times=2))
    shop.open(0)
    for now in (1, 5, 50):
        shop.act(now)
    assert notes.called == [LogsIn()]
    assert shop.unfinished() == [f"{ADA.name} still waits for email/welcome"]
    notes.come.append("email/welcome")
    shop.act(50.1)
    assert not shop.is_over
    notes.come.append("email/welcome")
    shop.act(50.2)
    assert shop.is_over


async def test_what_is_done_in_one_beat_is_accepted_in_one_moment(server: str, write_key: str, inbox: Inbox) -> None:
    goods = Shopping(Random(1), "ada")
    cart = goods.cart()

    def call() -> list[str]:
        calls = Calls(server, write_key)
        calls.make(ADA, [LogsIn(), cart, goods.order(cart)])
        calls.make(ADA, [Does("Signed Up", again=True)])
        calls.flush()
        calls.close()
        return calls.failures

    assert await asyncio.to_thread(call) == []
    events = await inbox.events()
    assert [event.name for event in events] == ["Identified", "Cart Updated", "Order Completed", "Signed Up"]
    assert len({event.received_at for event in events[:3]}) == 1
    assert events[2].properties["cart_id"] == events[1].properties["cart_id"]
