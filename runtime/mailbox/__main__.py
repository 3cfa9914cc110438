"""Runs the inbox in the foreground: `python -m runtime.mailbox --folder .sojourn/mailbox`."""

import argparse
import asyncio
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.mailbox.app import create_mailbox_app
from runtime.mailbox.letters import Letters, read_letter

SIZE_LIMIT = 32 * 1024 * 1024


class Postman:
    """Accepts every mail to everybody."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.content
        source = content.encode() if isinstance(content, str) else content or b""
        self._letters.add(read_letter(source, [str(address) for address in envelope.rcpt_tos]))
        return "250 OK: kept in the development inbox"


async def serve(letters: Letters, *, host: str, smtp_port: int, http_port: int) -> None:
    """Serves SMTP and HTTP until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(
        lambda: SMTP(
            Postman(letters), data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="localhost", loop=loop
        ),
        host,
        smtp_port,
    )
    config = uvicorn.Config(create_mailbox_app(letters), host=host, port=http_port, log_level="warning")
    await uvicorn.Server(config).serve()
    smtp.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m runtime.mailbox", description="An SMTP inbox for development.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--folder", type=Path, default=Path(".sojourn/mailbox"), help="where the mail is kept")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    letters = Letters(given.folder / "letters.jsonl")
    try:
        asyncio.run(serve(letters, host=given.host, smtp_port=given.smtp_port, http_port=given.http_port))
    finally:
        letters.close()


if __name__ == "__main__":
    main()
