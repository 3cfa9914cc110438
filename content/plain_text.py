"""The text part of an HTML mail, made once per template: readable, in reading order, with its links written out."""

import re

from inscriptis import get_text  # type: ignore[import-untyped]
from inscriptis.css_profiles import CSS_PROFILES  # type: ignore[import-untyped]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]

_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_COMMENT = re.compile(r"<!--.*?-->|<head\b.*?</head>", re.DOTALL | re.IGNORECASE)
_ROW = re.compile(rf"<(/?)(?:table|thead|tbody|tfoot|tr)\b{_ATTRIBUTES}>", re.IGNORECASE)
_CELL = re.compile(rf"<(/?)(?:td|th)\b{_ATTRIBUTES}>", re.IGNORECASE)
_IMAGE = re.compile(rf"<img\b{_ATTRIBUTES}>", re.IGNORECASE)
_ALT = re.compile(r"(?<![\w-])alt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ANCHOR = re.compile(rf"<a\b({_ATTRIBUTES})>(.*?)</a\s*>", re.DOTALL | re.IGNORECASE)
_HREF = re.compile(r"(?<![\w-])href\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_TAG = re.compile(rf"</?[a-z]{_ATTRIBUTES}>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def text_of(html: str, targets: dict[str, str]) -> str:
    """The text of a page. `targets` maps what stands in an `href` to the target that a reader would see there.

    Tables become lines, because mails use them for layout, and because loops around rows must keep their order.
    """
    html = _COMMENT.sub("", html)
    html = _IMAGE.sub(_alternative, html)
    html = _ANCHOR.sub(lambda anchor: _written_out(anchor[1], anchor[2], targets), html)
    html = _ROW.sub(r"<\1div>", html)
    html = _CELL.sub(lambda cell: "</span> " if cell[1] else "<span>", html)
    return tidy(get_text(html, _CONFIG))


def tidy(text: str) -> str:
    """Lines without spaces around them, and never more than one blank line."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def _alternative(image: re.Match[str]) -> str:
    alternative = _ALT.search(image[0])
    return (alternative[1] or alternative[2] or "") if alternative else ""


def _written_out(attributes: str, label: str, targets: dict[str, str]) -> str:
    """`label (URL)`; only the URL where that is the label, only the label where it leads to a place in the mail."""
    found = _HREF.search(attributes)
    href = found[1].strip() if found else ""
    if not href or href.startswith("#"):
        return label
    words = " ".join(_TAG.sub(" ", label).split())
    bare = href.removeprefix("mailto:").removeprefix("tel:")
    if words in ("", href, bare, targets.get(href, href)):
        return bare
    return f"{label} ({bare})"
