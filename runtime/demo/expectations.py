"""What each customer must get, worked out from what they did and from the plain words of the example journeys.

Nothing here asks Sojourn: it is a second, much simpler reading of the same five journeys, in days since the customer came.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from runtime.demo.actions import Action, Beat, Clicks, Does, InDays, LogsIn, Texts, Unsubscribes, Views
from runtime.demo.people import LANDLINE, Person
from runtime.demo.population import Customer
from runtime.demo.shopping import HOUR

NEVER = float("inf")


@dataclass(frozen=True)
class Done:
    """Something the customer did, so many days after their first step."""

    day: float
    action: Action


@dataclass(frozen=True)
class Promise:
    """A message that a journey owes the customer. `messages`: the first of them that may be used (`sms/…`, `email/…`)."""

    day: float
    journey: str
    messages: tuple[str, ...]
    is_transactional: bool = False

    @property
    def message(self) -> str:
        return self.messages[0]


def expected(customer: Customer) -> list[Promise]:
    """Every message the customer must get, in order; `messages` holds exactly one."""
    done = _done(customer.beats)
    owed = (promise for journey in JOURNEYS for promise in journey(customer.person, done))
    kept = [_permitted(customer.person, done, promise) for promise in sorted(owed, key=lambda promise: promise.day)]
    return [promise for promise in kept if promise]


def length(customer: Customer) -> float:
    """Days from the customer's first step to the last that they do or get."""
    days = [one.day for one in _done(customer.beats)] + [promise.day for promise in expected(customer)]
    return max(days)


def _done(beats: Iterable[Beat]) -> list[Done]:
    day, done = 0.0, []
    for beat in beats:
        day += beat.after
        done += [Done(day, action) for action in beat.actions]
    return done


def _permitted(person: Person, done: list[Done], promise: Promise) -> Promise | None:
    """The promise by the first channel that the customer has, allows and has not left."""
    named = min((one.day for one in done if isinstance(one.action, LogsIn)), default=NEVER)
    left_mail = min((one.day for one in done if isinstance(one.action, Unsubscribes)), default=NEVER)
    left_texts = min((one.day for one in done if isinstance(one.action, Texts)), default=NEVER)
    has_mail = bool(person.email) and named <= promise.day and (promise.is_transactional or promise.day < left_mail)
    has_texts = person.texts and person.phone != LANDLINE and promise.day < left_texts
    for message in promise.messages:
        if has_texts if message.startswith("sms/") else has_mail:
            return Promise(promise.day, promise.journey, (message,), promise.is_transactional)
    return None


def _events(done: list[Done], name: str, **properties: object) -> list[tuple[float, Does]]:
    """When an event happened with these properties."""
    return [
        (one.day, one.action)
        for one in done
        if isinstance(one.action, Does)
        and one.action.event == name
        and all(one.action.properties.get(key) == value for key, value in properties.items())
    ]


def _first(done: list[Done], *names: str, since: float = 0, **properties: object) -> float:
    """The day of the first of these events; NEVER if there is none."""
    days = (day for name in names for day, _ in _events(done, name, **properties))
    return min((day for day in days if day >= since), default=NEVER)


def _until(end: float, promises: Iterable[Promise]) -> list[Promise]:
    """What is owed before the customer left the journey: whoever leaves at that moment gets nothing any more."""
    return [promise for promise in promises if promise.day < end]


def _whitepaper(_: Person, done: list[Done]) -> list[Promise]:
    """Thanks; then three days: looked at the prices, a case study at once; else, in the end, three tips."""
    fetched = [
        day
        for day, event in _events(done, "Whitepaper Downloaded")
        if "automation" in str(event.properties["title"]) and event.days_ago == 0
    ]
    if not fetched:
        return []
    start = fetched[0]
    looked = [one.day for one in done if isinstance(one.action, Views) and one.action.path == "/pricing"]
    in_time = [day for day in looked if start < day <= start + 3]
    second = (in_time[0], "email/case-study") if in_time else (start + 3, "email/three-tips")
    end = _first(done, "Demo Booked", "Account Closed", since=start)
    name = "whitepaper-nurture"
    promises = [Promise(start, name, ("email/whitepaper-thanks",)), Promise(second[0], name, (second[1],))]
    return _until(end, promises)


def _carts(_: Person, done: list[Done]) -> Iterator[Promise]:
    """For each cart: an hour after it was last touched a mail, a day later a text, until it is bought or emptied."""
    for cart in dict.fromkeys(str(event.properties["cart_id"]) for _, event in _events(done, "Cart Updated")):
        touched = max(day for day, _ in _events(done, "Cart Updated", cart_id=cart))
        end = _first(done, "Order Completed", "Cart Emptied", cart_id=cart)
        reminded = touched + HOUR
        promises = [
            Promise(reminded, "abandoned-cart", ("email/cart-reminder",)),
            Promise(reminded + 1, "abandoned-cart", ("sms/cart-reminder",)),
        ]
        yield from _until(end, promises)


def _webinars(_: Person, done: list[Done]) -> Iterator[Promise]:
    """For each webinar: a confirmation, reminders a day and an hour before, and in the end thanks or a recording."""
    for webinar in dict.fromkeys(str(event.properties["webinar_id"]) for _, event in _events(done, "Registered")):
        registrations = _events(done, "Registered", webinar_id=webinar)
        start, (told, last) = registrations[0][0], registrations[-1]
        begins, ends = (told + _days(last, key) for key in ("starts_at", "ends_at"))
        came = _first(done, "Attended", webinar_id=webinar)
        after = (
            (max(came, ends), "email/webinar-thanks") if came <= ends + 1 else (ends + 1, "email/webinar-missed-you")
        )
        promises = [
            Promise(start, "webinar", ("email/webinar-confirmation",), is_transactional=True),
            Promise(begins - 1, "webinar", ("email/webinar-tomorrow",)),
            Promise(begins - HOUR, "webinar", ("sms/webinar-soon", "email/webinar-soon")),
            Promise(after[0], "webinar", (after[1],)),
        ]
        promises = [promise for promise in promises if promise.day >= start]  # a reminder that is too late is left out
        yield from _until(_first(done, "Registration Cancelled", webinar_id=webinar), promises)


def _days(registration: Does, key: str) -> float:
    instant = registration.properties[key]
    return instant.days if isinstance(instant, InDays) else NEVER


def _welcome(person: Person, done: list[Done]) -> list[Promise]:
    """Hello; the guide two days later, or a day after the planner was opened; four days later an invitation to order."""
    start = _first(done, "Signed Up")
    if start == NEVER:
        return []
    opened = min((one.day for one in done if isinstance(one.action, Clicks)), default=NEVER)
    guided = opened + 1 if opened <= start + 2 else start + 2
    guide = "email/balcony-guide" if person.garden == "balcony" else "email/garden-guide"
    promises = [
        Promise(start, "welcome", ("email/welcome",)),
        Promise(guided, "welcome", (guide,)),
        Promise(guided + 4, "welcome", ("email/first-order",)),
    ]
    return _until(_first(done, "Order Completed", "Account Closed", since=start), promises)


def _orders(_: Person, done: list[Done]) -> Iterator[Promise]:
    """For each order: how to begin; a week later an invitation to review it, unless it was reviewed or sent back."""
    for day, order in _events(done, "Order Completed"):
        number = order.properties["order_id"]
        promises = [
            Promise(day, "after-purchase", ("email/getting-started",)),
            Promise(day + 7, "after-purchase", ("email/review-invitation",)),
        ]
        yield from _until(_first(done, "Product Reviewed", "Order Refunded", order_id=number), promises)


JOURNEYS: tuple[Callable[[Person, list[Done]], Iterable[Promise]], ...] = (
    _whitepaper,
    _carts,
    _webinars,
    _welcome,
    _orders,
)
