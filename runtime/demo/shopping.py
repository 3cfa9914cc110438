"""The events of the shop, with ids of their own for each customer."""

from random import Random

from runtime.demo.actions import Does, InDays

_GOODS = (
    ("Balcony kit", 49),
    ("Four-bed kit", 129),
    ("Soil sensor", 24),
    ("Rain gauge", 18),
    ("Three-way valve", 14),
    ("Tank, 20 litres", 32),
)
PAPER = "Garden automation, a field guide"
WEBINAR = "Watering in August"
HOUR = 1 / 24


class Shopping:
    """Makes what one customer does. `random` decides about goods and hours, and is the same for the same seed."""

    def __init__(self, random: Random, customer: str) -> None:
        self._random = random
        self._customer = customer
        self._count = 0

    def days(self, least: float, most: float) -> float:
        return round(self._random.uniform(least, most), 2)

    def cart(self) -> Does:
        """A new cart."""
        goods = self._random.sample(_GOODS, self._random.randint(1, 3))
        items: list[dict[str, str | float]] = [{"name": name, "price": price} for name, price in goods]
        value = sum(price for _, price in goods)
        return Does("Cart Updated", {"cart_id": self._id("cart"), "items": items, "value": value})

    def order(self, cart: Does | None = None) -> Does:
        """The order of this cart, or of something bought without one."""
        of_cart = {"cart_id": cart.properties["cart_id"]} if cart else {}
        total = cart.properties["value"] if cart else 49
        return Does("Order Completed", {"order_id": self._id("order"), "total": total, **of_cart})

    def registration(self, days: float, webinar: str = "") -> Does:
        """A registration for a webinar that begins in so many days and takes an hour."""
        times = {"starts_at": InDays(days), "ends_at": InDays(days + HOUR)}
        return Does("Registered", {"webinar_id": webinar or self._id("webinar"), "title": WEBINAR, **times})

    def _id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._customer}-{self._count}"


def download(title: str = PAPER, *, again: bool = False, days_ago: int = 0, as_visitor: bool = False) -> Does:
    """Somebody fetches a white paper."""
    return Does("Whitepaper Downloaded", {"title": title}, as_visitor=as_visitor, again=again, days_ago=days_ago)


def about(event: str, what: Does, key: str) -> Does:
    """An event with the same `key` as another: this cart's, this order's, this webinar's."""
    return Does(event, {key: what.properties[key]})
