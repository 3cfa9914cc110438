"""Email over SMTP: one file a concern. `channel.py` hands over, `pool.py` keeps connections, `mime.py` writes the mail."""

from channels.email_smtp.channel import EmailSmtp
from channels.email_smtp.dkim import DkimKey
from channels.email_smtp.settings import SmtpSettings

__all__ = ["DkimKey", "EmailSmtp", "SmtpSettings"]
