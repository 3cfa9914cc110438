"""Which of a template's texts is nearest to a locale (BCP 47). The default text has the empty locale."""

from collections.abc import Iterator, Mapping


def fallbacks(locale: str) -> Iterator[str]:
    """A tag, shortened from the end, then the default (RFC 4647, section 3.4, lookup)."""
    parts = [part for part in canonical(locale).split("-") if part]
    for count in range(len(parts), 0, -1):
        yield "-".join(parts[:count])
    yield ""


def canonical(locale: str) -> str:
    """The tag in its usual case (RFC 5646, section 2.1.1): `ZH_hant-hk` is `zh-Hant-HK`."""
    parts = locale.strip().replace("_", "-").split("-")
    cased = [part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower() for part in parts[1:]]
    return "-".join([parts[0].lower(), *cased])


def nearest(locale: str, texts: Mapping[str, object]) -> str | None:
    """The nearest of the (canonical) locales in which there are texts, else the first that there is; None: there is none."""
    return next((tag for tag in fallbacks(locale) if tag in texts), min(texts, default=None))
