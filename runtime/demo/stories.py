"""The lives that customers of the shop lead. Whatever happens in the middle of a wait happens well inside it."""

from collections.abc import Callable
from dataclasses import dataclass

from runtime.demo.actions import Beat, Clicks, Does, LogsIn, Texts, Unsubscribes, Views, beat
from runtime.demo.people import LANDLINE
from runtime.demo.shopping import Shopping, about, download

PRICES = "/pricing"
THANKS = "email/whitepaper-thanks"
REMINDER = "email/cart-reminder"
Beats = list[Beat]


@dataclass(frozen=True)
class Story:
    """What they do, and what sort of customer does it. `share`: how many of them there are beside others.

    `texts`: whether they let the shop text them; None is for as they please.
    """

    title: str
    beats: Callable[[Shopping], Beats]
    share: int = 1
    has_email: bool = True
    texts: bool | None = None
    phone: str = ""


def _looks_too_late(_: Shopping) -> Beats:
    return [beat(0, LogsIn(), download()), beat(4, Views(PRICES), answers="email/three-tips")]


def _attends(shop: Shopping) -> Beats:
    begins = shop.days(2.5, 3.5)
    registration = shop.registration(begins)
    return [beat(0, LogsIn(), registration), beat(begins + 0.4, about("Attended", registration, "webinar_id"))]


def _attends_another(shop: Shopping) -> Beats:
    begins = shop.days(2.5, 3.5)
    return [beat(0, LogsIn(), shop.registration(begins)), beat(begins + 0.4, Does("Attended", {"webinar_id": "other"}))]


def _is_moved(shop: Shopping) -> Beats:
    first = shop.registration(3)
    moved = shop.registration(4, webinar=str(first.properties["webinar_id"]))
    attended = about("Attended", first, "webinar_id")
    return [beat(0, LogsIn(), first), beat(0.8, moved), beat(4.5, attended)]


def _cancels(shop: Shopping) -> Beats:
    registration = shop.registration(3)
    cancelled = about("Registration Cancelled", registration, "webinar_id")
    return [beat(0, LogsIn(), registration), beat(1, cancelled, answers="email/webinar-confirmation")]


def _buys_cart(shop: Shopping) -> Beats:
    cart = shop.cart()
    return [beat(0, LogsIn(), cart), beat(0.2, shop.order(cart), answers=REMINDER)]


def _buys_at_once(shop: Shopping) -> Beats:
    cart = shop.cart()
    return [beat(0, LogsIn(), cart, shop.order(cart))]


def _buys_one_of_two(shop: Shopping) -> Beats:
    bought, left = shop.cart(), shop.cart()
    return [beat(0, LogsIn(), bought, left), beat(0.2, shop.order(bought), answers=REMINDER, times=2)]


def _empties(shop: Shopping) -> Beats:
    cart = shop.cart()
    return [beat(0, LogsIn(), cart), beat(0.2, about("Cart Emptied", cart, "cart_id"), answers=REMINDER)]


def _fills(shop: Shopping) -> Beats:
    cart = shop.cart()
    fuller = Does("Cart Updated", {**cart.properties, "value": 199.0})
    return [beat(0, LogsIn(), cart, fuller)]


def _says_stop(shop: Shopping) -> Beats:
    return [
        beat(0, LogsIn(), shop.cart()),
        beat(1.6, Texts("STOP"), answers="sms/cart-reminder"),
        beat(0.5, shop.cart()),
    ]


def _reviews(shop: Shopping) -> Beats:
    order = shop.order()
    return [beat(0, LogsIn(), order), beat(3.5, about("Product Reviewed", order, "order_id"))]


def _returns(shop: Shopping) -> Beats:
    order = shop.order()
    return [beat(0, LogsIn(), order), beat(3.5, about("Order Refunded", order, "order_id"))]


def _leaves(shop: Shopping) -> Beats:
    return [
        beat(0, LogsIn(), Does("Signed Up")),
        beat(0.5, Unsubscribes("email/welcome"), answers="email/welcome"),
        beat(0.5, download(), shop.registration(2.5)),
    ]


def _logs_in_later(_: Shopping) -> Beats:
    return [
        beat(0, Views("/", as_visitor=True), download(as_visitor=True)),
        beat(0.8, LogsIn(was_visitor=True)),
        beat(0.8, Views(PRICES)),
    ]


def _buys_after_all(shop: Shopping) -> Beats:
    return [beat(0, LogsIn(), Does("Signed Up")), beat(4, shop.order(), answers="email/welcome")]


STORIES = (
    Story(
        "reads the white paper, then looks at the prices",
        lambda shop: [beat(0, LogsIn(), download()), beat(shop.days(0.8, 2), Views(PRICES), answers=THANKS)],
        share=4,
    ),
    Story(
        "reads the white paper and only looks around",
        lambda shop: [beat(0, LogsIn(), download()), beat(shop.days(0.5, 2.5), Views("/kits"))],
        share=4,
    ),
    Story("looks at the prices too late", _looks_too_late),
    Story(
        "books a demo",
        lambda _: [beat(0, LogsIn(), download()), beat(1.5, Does("Demo Booked"), answers=THANKS)],
        share=2,
    ),
    Story(
        "closes the account",
        lambda _: [beat(0, LogsIn(), download()), beat(1.5, Does("Account Closed"), answers=THANKS)],
    ),
    Story("reads about something else", lambda _: [beat(0, LogsIn(), download("Composting for beginners"))]),
    Story("downloads it twice", lambda _: [beat(0, LogsIn(), download()), beat(1, download())]),
    Story("is told of twice, with one message id", lambda _: [beat(0, LogsIn(), download(again=True))]),
    Story("is told of three days late", lambda _: [beat(0, LogsIn(), download(days_ago=3))]),
    Story("is a visitor who logs in later", _logs_in_later, share=2),
    Story("leaves a cart behind", lambda shop: [beat(0, LogsIn(), shop.cart())], share=3),
    Story("leaves a cart behind, and may be texted", lambda shop: [beat(0, LogsIn(), shop.cart())], 3, texts=True),
    Story("has a phone that takes no texts", lambda shop: [beat(0, LogsIn(), shop.cart())], texts=True, phone=LANDLINE),
    Story("fills the cart within the hour", _fills),
    Story("buys the cart after the reminder", _buys_cart, share=3, texts=True),
    Story("buys the cart at once", _buys_at_once, share=2),
    Story("buys one of two carts", _buys_one_of_two, share=2, texts=True),
    Story("empties the cart after the reminder", _empties, texts=True),
    Story("answers a text with STOP", _says_stop, texts=True),
    Story("comes to the webinar", _attends, share=3),
    Story("misses the webinar", _attends_another, share=3),
    Story("registers on the very day", lambda shop: [beat(0, LogsIn(), shop.registration(0.95))]),
    Story("has a webinar that is moved", _is_moved),
    Story("cancels the registration", _cancels),
    Story("signs up", lambda _: [beat(0, LogsIn(), Does("Signed Up"))], share=4),
    Story(
        "signs up and opens the planner",
        lambda _: [beat(0, LogsIn(), Does("Signed Up")), beat(0.6, Clicks("email/welcome"), answers="email/welcome")],
        share=3,
    ),
    Story(
        "signs up a second time",
        lambda _: [beat(0, LogsIn(), Does("Signed Up")), beat(7.5, Does("Signed Up"))],
    ),
    Story("signs up and buys before the series is over", _buys_after_all, share=2),
    Story("unsubscribes from the first mail", _leaves, share=2),
    Story(
        "has no address", lambda shop: [beat(0, LogsIn(), Does("Signed Up"), shop.cart())], has_email=False, texts=False
    ),
    Story("buys", lambda shop: [beat(0, LogsIn(), shop.order())], share=3),
    Story("buys and writes a review", _reviews, share=2),
    Story("sends the goods back", _returns),
)
