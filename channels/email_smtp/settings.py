"""Where mail goes, and how patient we are with it."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr

from channels.email_smtp.dkim import DkimKey
from domain.frozen import Frozen


class SmtpSettings(Frozen):
    """`timeout` is for connecting, and again up to DATA. `answer_timeout` is for the answer to the mail's last dot, which may
    take long because that is when the server takes responsibility (RFC 5321, 4.5.3.2.6). `local_hostname` is the name we
    give in EHLO. `ca_file` replaces the system's certificate authorities.
    """

    host: str
    port: int = 25
    username: str = ""
    password: SecretStr = SecretStr("")
    tls: Literal["none", "starttls", "tls"] = "none"
    ca_file: str | None = None
    local_hostname: str = "localhost"
    timeout: timedelta = timedelta(seconds=30)
    answer_timeout: timedelta = timedelta(seconds=120)
    connections: int = Field(default=10, ge=1)
    idle: timedelta = timedelta(seconds=30)
    mails_per_connection: int = Field(default=100, ge=1)
    return_path: str | None = None
    dkim: DkimKey | None = None
