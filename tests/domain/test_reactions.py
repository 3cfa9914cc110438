"""Which requests for pixels and links are people."""

from datetime import timedelta

import pytest

from domain.reactions import Hit, is_machine

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
OUTLOOK = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
LATER = timedelta(minutes=3)


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        (CHROME, False),
        (GMAIL, False),
        ("YahooMailProxy; https://help.yahoo.com", False),
        (OUTLOOK, False),
        ("Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36", False),
        ("curl/8.5.0", False),
        ("Mozilla/5.0", True),
        (" Mozilla/5.0 ", True),
        ("", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", True),
        ("WhatsApp/2.23.20.0", True),
        ("BarracudaCentral/1.0", True),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0", True),
    ],
)
def test_programs_are_known_by_what_they_call_themselves(agent: str, machine: bool) -> None:
    assert is_machine(Hit(how="opened", method="GET", user_agent=agent)) is machine
    assert is_machine(Hit(how="clicked", method="GET", user_agent=agent, after=LATER)) is machine


@pytest.mark.parametrize("how", ["opened", "clicked"])
def test_whoever_only_wants_the_headers_is_no_reader(how: str) -> None:
    assert is_machine(Hit(how=how, method="HEAD", user_agent=CHROME, after=LATER))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "links_before", "last_link", "machine"),
    [
        (timedelta(seconds=1.9), 0, None, True),
        (timedelta(seconds=2), 0, None, False),
        (None, 0, None, True),
        (LATER, 1, timedelta(seconds=0.5), True),
        (LATER, 1, timedelta(seconds=4), False),
        (LATER, 2, timedelta(seconds=4), True),
    ],
)
def test_nobody_clicks_that_fast(
    after: timedelta | None, links_before: int, last_link: timedelta | None, machine: bool
) -> None:
    hit = Hit("clicked", "GET", CHROME, after=after, links_before=links_before, last_link=last_link)
    assert is_machine(hit) is machine


def test_a_mail_may_be_opened_the_moment_it_arrives() -> None:
    assert not is_machine(Hit("opened", "GET", CHROME, after=timedelta(0)))
