"""Web addresses in rendered plain text become signed redirects, like the links of a page."""

import re

from content.links import Tracking

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TAIL = ".,;:!?)]}'"


def rewrite(text: str, tracking: Tracking) -> str:
    """The text with its addresses rewritten; punctuation behind an address is not part of it. Ours stay as they are."""

    def replace(match: re.Match[str]) -> str:
        address = match[0].rstrip(_TAIL)
        if address.count("(") > address.count(")") and match[0][len(address) :].startswith(")"):
            address += ")"
        return tracking.link(address) + match[0][len(address) :]

    return _ADDRESS.sub(replace, text)
