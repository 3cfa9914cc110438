"""The two pages of the inbox. Everything from a mail is escaped; its HTML is shown in a sandboxed frame."""

from html import escape

from runtime.mailbox.letters import Letter

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:64rem;padding:1.5rem;color:#1c1e21;background:#fafafa}
h1{font-size:1.25rem} a{color:#0b57d0;text-decoration:none} a:hover{text-decoration:underline}
table{border-collapse:collapse;width:100%;background:#fff;border:1px solid #ddd}
td,th{padding:.45rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid #eee;overflow-wrap:anywhere}
th{font-weight:600;white-space:nowrap}
iframe{width:100%;height:36rem;border:1px solid #ddd;background:#fff}
pre{white-space:pre-wrap;background:#fff;border:1px solid #ddd;padding:1rem} .faint{color:#6b7075}
"""


def inbox_page(letters: list[Letter]) -> str:
    """The list of letters; it reloads itself every five seconds."""
    rows = "".join(
        f'<tr><td class="faint">{letter.received_at:%Y-%m-%d %H:%M:%S}</td><td>{escape(", ".join(letter.to))}</td>'
        f'<td><a href="/messages/{letter.id}">{escape(letter.subject or "(no subject)")}</a></td></tr>'
        for letter in letters
    )
    table = f"<table><tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr>{rows}</table>"
    return _page(
        "Inbox", table if letters else "<p>No mail so far.</p>", head='<meta http-equiv="refresh" content="5">'
    )


def letter_page(letter: Letter) -> str:
    """One letter: what it looks like, its text, its headers."""
    frame = (
        '<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        f'src="/messages/{letter.id}/html"></iframe>'
        if letter.html is not None
        else ""
    )
    text = f"<h2>Text</h2><pre>{escape(letter.text)}</pre>" if letter.text is not None else ""
    headers = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in letter.headers.items()
    )
    links = f'<p><a href="/">Inbox</a> · <a href="/messages/{letter.id}/source">Source</a></p>'
    return _page(letter.subject or "(no subject)", f"{links}{frame}{text}<h2>Headers</h2><table>{headers}</table>")


def _page(title: str, body: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )
