"""What the messages of the example journeys say: the subject of a mail, the beginning of a text.

Written out here a second time on purpose: the judge of the demo must not ask the templates what they say.
"""

from collections.abc import Callable, Mapping

from runtime.demo.people import Person
from runtime.demo.shopping import PAPER, WEBINAR

Words = Callable[[Person], str]

_ENGLISH: Mapping[str, Words] = {
    "email/whitepaper-thanks": lambda _: f"Your white paper: {PAPER}",
    "email/case-study": lambda _: "How Alder & Sons halved their water bill",
    "email/three-tips": lambda _: "Three tips for watering less",
    "email/cart-reminder": lambda person: f"{person.first_name}, your cart is still here",
    "sms/cart-reminder": lambda person: f"Larkfield: {person.first_name}, your cart is kept until the weekend",
    "email/webinar-confirmation": lambda _: f"You are registered: {WEBINAR}",
    "email/webinar-tomorrow": lambda _: f"Tomorrow: {WEBINAR}",
    "email/webinar-soon": lambda _: f"In an hour: {WEBINAR}",
    "sms/webinar-soon": lambda _: f'Larkfield: "{WEBINAR}" begins in an hour',
    "email/webinar-thanks": lambda _: f"Thank you for coming: {WEBINAR}",
    "email/webinar-missed-you": lambda _: f"We missed you: {WEBINAR}",
    "email/welcome": lambda person: f"Welcome to Larkfield, {person.first_name}",
    "email/balcony-guide": lambda _: "A balcony that waters itself",
    "email/garden-guide": lambda _: "Where your garden is thirsty",
    "email/first-order": lambda _: "Your first kit, delivered for free",
    "email/getting-started": lambda _: "Getting started with your order",
    "email/review-invitation": lambda _: "How does your garden like it?",
}
_TRADITIONAL: Mapping[str, Words] = {
    "email/welcome": lambda person: f"歡迎來到 Larkfield，{person.first_name}",
    "email/cart-reminder": lambda person: f"{person.first_name}，您的購物車還在",
    "sms/cart-reminder": lambda person: f"Larkfield：{person.first_name}，您的購物車保留到週末",
}
_SIMPLIFIED: Mapping[str, Words] = {"email/welcome": lambda person: f"欢迎来到 Larkfield，{person.first_name}"}

_BUTTONS = {"zh-Hant": "打開花園規劃工具", "zh-Hans": "打开花园规划工具"}


def words_of(message: str, person: Person) -> str:
    """How a message (`email/welcome`) begins for this person, in their language if it has one."""
    return ({**_ENGLISH, **_in_language(person)})[message](person)


def planner_button(person: Person) -> str:
    """What stands on the button of the first welcome mail."""
    return _BUTTONS.get(person.locale.rpartition("-")[0], "Open the garden planner")


def message_of(text: str, person: Person) -> str | None:
    """Which message a subject or a text to this person belongs to; None if to none that we know."""
    return next((message for message in _ENGLISH if text.startswith(words_of(message, person))), None)


def _in_language(person: Person) -> Mapping[str, Words]:
    return {"zh-Hant": _TRADITIONAL, "zh-Hans": _SIMPLIFIED}.get(person.locale.rpartition("-")[0], {})
