"""The filters that are ours: dates in the customer's zone, and HTML from data."""

from datetime import UTC, datetime
from html import unescape

import nh3
from liquid import Markup, RenderContext, escape
from liquid.exceptions import FilterArgumentError
from liquid.filter import with_context

from content.source_limits import is_nested_too_deeply

DEEPEST_IN_DATA = 20
"""Elements inside one another."""


@with_context
def date(value: object, form: object = "%Y-%m-%d", *, context: RenderContext) -> object:
    """The instant as `strftime` writes it, in the zone it was given in; `now` is the time of sending.

    Takes ISO 8601 and seconds since 1970; other text stays as it is, as in Liquid. Replaces python-liquid's filter, which
    reads the machine's clock and zone.
    """
    moment = _moment(value, context)
    if moment is None:
        return value
    try:
        return moment.strftime(str(form))
    except ValueError as error:
        raise FilterArgumentError("date: this is not a date format", token=None) from error


@with_context
def local(value: object, *, context: RenderContext) -> object:
    """The instant in the customer's zone: `{{ event.starts_at | local | date: "%H:%M" }}`."""
    moment = _moment(value, context)
    if moment is None:
        return value
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(_now(context).tzinfo)


@with_context
def clean_html(value: object, *, context: RenderContext) -> str:
    """HTML from data, with everything that could run removed; its links are counted like those of the template.

    In plain text only its words are left. What is nested deeper than people write is shown as text: an event can bring a
    value whose tree has a hundred million characters.
    """
    if is_nested_too_deeply(str(value), deepest=DEEPEST_IN_DATA):
        return escape(str(value)) if context.autoescape else str(value)
    if not context.autoescape:
        return unescape(nh3.clean(str(value), tags=set()))
    tracking = getattr(context, "tracking", None)

    def attribute(tag: str, name: str, text: str) -> str:
        return tracking.link(text) if tracking and tag == "a" and name == "href" else text

    return Markup(nh3.clean(str(value), attribute_filter=attribute))


def _now(context: RenderContext) -> datetime:
    now = context.scope["now"]
    if not isinstance(now, datetime):
        raise FilterArgumentError("`now` is not an instant", token=None)
    return now


def _moment(value: object, context: RenderContext) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if value in ("now", "today"):
        return _now(context)
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, tz=UTC)
        return datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
