"""The public pages: plain HTML that works without scripts, on any screen, and with a screen reader."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from fastapi.responses import HTMLResponse

from api.tracking.languages import Language
from api.tracking.texts import TEXTS

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.3; }
fieldset { border: 0; margin: 0 0 1.5rem; padding: 0; }
legend { margin-bottom: .75rem; padding: 0; }
label { display: block; padding: .5rem 0; }
button { font: inherit; padding: .6rem 1.4rem; cursor: pointer; }
"""

_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

EVERYTHING = "everything"
TOPIC = "topic"


def ask(language: Language, account: str, channel: str, topic: str | None) -> HTMLResponse:
    """The question what to leave: one topic or the whole channel. Opening it changes nothing, for scanners open links."""
    words = TEXTS[language]
    everything = words.everything.format(channel=words.channel(channel))
    choices = [(EVERYTHING, everything)]
    if topic is not None:
        choices.insert(0, (TOPIC, words.only_topic.format(topic=topic)))
    inputs = "".join(
        f'<label><input type="radio" name="choice" value="{value}"{" checked" if not place else ""}> {escape(text)}</label>'
        for place, (value, text) in enumerate(choices)
    )
    form = (
        f'<form method="post"><fieldset><legend>{escape(words.question.format(account=account))}</legend>{inputs}</fieldset>'
        f"<button>{escape(words.button)}</button></form>"
    )
    return _page(language, words.title, form)


def done(language: Language, channel: str, topic: str | None) -> HTMLResponse:
    """The confirmation; with `topic` only that was left."""
    words = TEXTS[language]
    told = (
        words.done_topic.format(topic=topic) if topic else words.done_everything.format(channel=words.channel(channel))
    )
    return _page(language, words.done_title, f'<p role="status">{escape(told)}</p>')


def invalid(language: Language) -> HTMLResponse:
    """A link that we did not sign, or whose message is gone."""
    words = TEXTS[language]
    return _page(language, words.invalid_title, f"<p>{escape(words.invalid)}</p>", status=404)


def _page(language: Language, title: str, content: str, *, status: int = 200) -> HTMLResponse:
    html = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )
    return HTMLResponse(html, status, HEADERS | {"Content-Language": str(language)})
