"""One page, like the screens of all phones at once: a conversation for each number, with a field to write back."""

from collections.abc import Sequence
from html import escape

from runtime.twilio_double.messages import Sms

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1.5rem;color:#1c1e21;background:#fafafa}
h1{font-size:1.25rem} main{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1rem}
section{background:#fff;border:1px solid #ddd;border-radius:1rem;padding:1rem} h2{font-size:1rem;margin:0 0 .5rem}
p{margin:.3rem 0;padding:.4rem .7rem;border-radius:.8rem;background:#eef0f2;overflow-wrap:anywhere;white-space:pre-wrap}
p.inbound{background:#d7e6ff;margin-left:2rem} small{color:#6b7075;display:block}
form{display:flex;gap:.4rem;margin-top:.6rem} input{flex:1;font:inherit} button{font:inherit}
"""


def phone_page(messages: Sequence[Sms]) -> str:
    """The conversations, the newest first."""
    phones: dict[str, list[Sms]] = {}
    for sms in reversed(messages):
        phones.setdefault(sms.to if sms.direction == "outbound-api" else sms.sender or "", []).append(sms)
    shown = "".join(_conversation(number, texts[::-1]) for number, texts in phones.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Phones</title>'
        f"<style>{_STYLE}</style></head><body><h1>Phones</h1>"
        f"<main>{shown or 'No text messages so far. Reload to look again.'}</main></body></html>"
    )


def _conversation(number: str, texts: Sequence[Sms]) -> str:
    said = "".join(
        f'<p class="{sms.direction}">{escape(sms.body)}<small>{sms.created:%H:%M:%S} · {escape(sms.status)}</small></p>'
        for sms in texts
    )
    return (
        f"<section><h2>{escape(number)}</h2>{said}"
        f'<form method="post" action="/reply"><input type="hidden" name="from" value="{escape(number)}">'
        '<input name="body" aria-label="Write back" placeholder="STOP, or anything"><button>Send</button></form></section>'
    )
