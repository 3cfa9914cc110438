"""Which channels this installation can send by, and how they are opened."""

import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from channels.email_smtp import DkimKey, EmailSmtp, SmtpSettings
from channels.protocol import Channel
from channels.sms_twilio import SmsTwilio
from domain.errors import InvalidInput
from runtime.settings import Settings

CONVERSATION, LAST_ANSWER = 0.2, 0.4
"""The shares of a claim's lease that a mail server may take to be connected, and again to want the mail; and then to answer."""


def channels_with_provider(settings: Settings) -> frozenset[str]:
    """Email always has one: SMTP. SMS has one when there is a Twilio account."""
    return frozenset({"email", "sms"} if settings.twilio_account_sid else {"email"})


@asynccontextmanager
async def open_channels(settings: Settings) -> AsyncIterator[dict[str, Channel]]:
    """The channels by medium, closed at the end. Raises InvalidInput for settings that cannot work."""
    lease = timedelta(seconds=settings.send_lease)
    channels: dict[str, Channel] = {"email": EmailSmtp(_smtp(settings, lease))}
    if "sms" in channels_with_provider(settings):
        channels["sms"] = SmsTwilio(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            sender=settings.twilio_sender,
            base_url=settings.twilio_base_url,
            timeout=min(lease * LAST_ANSWER, timedelta(seconds=15)),
        )
    try:
        yield channels
    finally:
        for channel in channels.values():
            await channel.close()


def _smtp(settings: Settings, lease: timedelta) -> SmtpSettings:
    return SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password,
        tls=settings.smtp_tls.value,
        timeout=min(lease * CONVERSATION, timedelta(seconds=settings.smtp_timeout)),
        answer_timeout=lease * LAST_ANSWER,
        local_hostname=platform.node() or "localhost",
        connections=settings.smtp_connections,
        dkim=_dkim(settings),
    )


def _dkim(settings: Settings) -> DkimKey | None:
    path = settings.dkim_key_path
    if path is None:
        return None
    try:
        key = path.read_text()
    except OSError as error:
        raise InvalidInput(f"SOJOURN_DKIM_KEY_PATH: {path} cannot be read: {error.strerror}.") from None
    return DkimKey.model_validate(
        {"domain": settings.dkim_domain, "selector": settings.dkim_selector, "private_key": key}
    )
