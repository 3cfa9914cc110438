"""Runs the double in the foreground: `python -m runtime.twilio_double --port 8026`."""

import argparse
import os
from datetime import timedelta

import uvicorn

from runtime.twilio_double.app import create_twilio_app
from runtime.twilio_double.exchange import Account, Exchange
from runtime.twilio_double.messages import VALID_SENDER


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m runtime.twilio_double",
        description="A double of Twilio's Messages API. The account's token is read from SOJOURN_TWILIO_AUTH_TOKEN.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8026)
    parser.add_argument("--account", required=True, help="account id that requests must bear (AC…)")
    parser.add_argument("--inbound-url", default="", help="where texts from phones are reported to")
    parser.add_argument("--sender", action="append", default=[], help="another number of the account")
    parser.add_argument("--pace", type=float, default=0.5, help="seconds between two statuses of a message")
    given = parser.parse_args()
    account = Account(
        sid=given.account,
        token=os.environ["SOJOURN_TWILIO_AUTH_TOKEN"],
        inbound_url=given.inbound_url,
        senders=frozenset({VALID_SENDER, *given.sender}),
    )
    exchange = Exchange(account, pace=timedelta(seconds=given.pace))
    uvicorn.run(create_twilio_app(exchange), host=given.host, port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
