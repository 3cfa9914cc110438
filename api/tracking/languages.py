"""In which language a public page speaks."""

from enum import StrEnum


class Language(StrEnum):
    ENGLISH = "en"
    SIMPLIFIED = "zh-Hans"
    TRADITIONAL = "zh-Hant"


_TRADITIONAL_REGIONS = frozenset(("tw", "hk", "mo"))


def language_of(locale: str | None, accepted: str = "") -> Language:
    """The customer's language, if we speak it, else the browser's (`Accept-Language`, RFC 9110 12.5.4), else English."""
    wishes = [locale or "", *_by_preference(accepted)]
    return next((language for wish in wishes if (language := _spoken(wish))), Language.ENGLISH)


def _spoken(tag: str) -> Language | None:
    parts = tag.lower().replace("_", "-").split("-")
    if parts[0] == "en":
        return Language.ENGLISH
    if parts[0] != "zh":
        return None
    if "hans" in parts:
        return Language.SIMPLIFIED
    is_traditional = "hant" in parts or _TRADITIONAL_REGIONS & set(parts)
    return Language.TRADITIONAL if is_traditional else Language.SIMPLIFIED


def _by_preference(accepted: str) -> list[str]:
    weighted = []
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, parameters = part.partition(";")
        try:
            weight = float(parameters.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighted.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(weighted)]
