"""Every setting, from the environment: `SOJOURN_…`, and three names that other tools share."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.errors import InvalidInput
from runtime.secrets import stored_secret

PREFIX = "SOJOURN_"
Port = Annotated[int, Field(ge=1, le=65535)]
Words = Annotated[tuple[str, ...], NoDecode]
"""A list, in the environment with commas between."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SmtpTls(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def _shared(name: str, field: str) -> AliasChoices:
    """A variable without our prefix; in Python the field has its own name."""
    return AliasChoices(name, field)


class Settings(BaseSettings):
    """What the processes need to know before they start. `load_settings` reads it and explains what is wrong."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="development or production; production insists on secrets and real time"
    )
    home: Path = Field(Path(".sojourn"), description="folder of the one-command stack: data, logs, generated keys")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error")
    log_format: str = Field(
        "", pattern="^(|json|console)$", description="json or console; by default json in production"
    )

    # What we listen on
    host: str = Field("127.0.0.1", description="address the API listens on")
    port: Port = Field(8000, description="port of the API; the stack takes the next free one")
    public_url: str = Field("", description="how customers reach the API: stands in links; default: this host and port")
    cors_origins: Words = Field(("*",), description="origins whose pages may send events, with commas between")
    temporal_port: Port = Field(7233, description="port of the stack's Temporal server")
    ui_port: Port = Field(8233, description="port of Temporal's Web UI in the stack")
    inbox_port: Port = Field(8025, description="port of the stack's inbox page and its JSON API")
    inbox_smtp_port: Port = Field(1025, description="port of the stack's inbox for SMTP")
    phone_port: Port = Field(8026, description="port of the stack's telephone: a double of Twilio that shows SMS")
    postgres_port: Port = Field(54320, description="port of the stack's PostgreSQL")

    # What we stand on
    database_url: str = Field(
        "", validation_alias=_shared("DATABASE_URL", "database_url"), description="PostgreSQL; empty: the stack's own"
    )
    database_pool: int = Field(10, ge=1, le=200, description="connections a process keeps; it may use twice as many")
    postgres_bin: Path | None = Field(None, description="folder with the programs postgres and initdb, for the stack")
    temporal_address: str = Field(
        "",
        validation_alias=_shared("TEMPORAL_ADDRESS", "temporal_address"),
        description="host:port of Temporal; empty: the stack's own",
    )
    temporal_namespace: str = Field("default", description="Temporal namespace of this installation")
    temporal_api_key: SecretStr | None = Field(None, description="API key of Temporal Cloud; switches TLS on")
    temporal_tls: bool = Field(False, description="whether to speak TLS to Temporal")
    temporal_ui_url: str = Field(
        "",
        validation_alias=_shared("TEMPORAL_UI_URL", "temporal_ui_url"),
        description="Temporal's Web UI: the only origin that may call the codec endpoint; default: the stack's",
    )
    temporal_retention_days: int = Field(30, ge=1, description="days that the stack's Temporal keeps closed runs")

    # Secrets
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="signs links; at least 32 characters; generated in development, required in production",
    )
    encryption_key: SecretStr | None = Field(
        None, description="32 bytes in base64: AES-GCM of what Temporal stores; without it payloads are only compressed"
    )
    write_key: SecretStr | None = Field(None, description="key with scope ingest that the stack creates and demos use")
    admin_key: SecretStr | None = Field(
        None, description="key with scope admin that the stack creates and the CLI uses"
    )
    url: str = Field("", description="where the CLI finds the API; default: this host and port")
    inbox_url: str = Field(
        "", validation_alias=_shared("INBOX_URL", "inbox_url"), description="where scripts find the stack's inbox"
    )
    phone_url: str = Field(
        "", validation_alias=_shared("PHONE_URL", "phone_url"), description="where scripts find the stack's telephone"
    )

    # Email
    smtp_host: str = Field("127.0.0.1", description="server that takes our mail")
    smtp_port: Port = Field(1025, description="its port: 25, 465 (tls) or 587 (starttls)")
    smtp_tls: SmtpTls = Field(SmtpTls.NONE, description="none, starttls or tls")
    smtp_username: str = Field("", description="account at that server, if it asks for one")
    smtp_password: SecretStr = Field(SecretStr(""), description="password of that account")
    smtp_timeout: float = Field(30, gt=0, description="seconds to wait for the server's answer")
    smtp_connections: int = Field(10, ge=1, description="connections a worker keeps open to the server")
    dkim_selector: str = Field("", description="DKIM selector; with domain and key file, mail is signed")
    dkim_domain: str = Field("", description="domain that signs")
    dkim_key_path: Path | None = Field(None, description="PEM file with the private key (RSA or Ed25519)")

    approvers: Words = Field(
        (),
        description="who gets mail about approvals: `legal=ada@example.com`, with commas between; a name may stand twice",
    )

    # SMS
    twilio_account_sid: str = Field("", description="Twilio account; without it SMS is not available")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="its token; also validates Twilio's call-backs")
    twilio_sender: str = Field("", description="messaging service (MG…) or number (+…) that SMS come from")
    twilio_base_url: str = Field("", description="another server that speaks Twilio's API, for tests and the demo")

    # Limits
    email_rate: float = Field(0, ge=0, description="emails a second over all workers; 0: no limit")
    sms_rate: float = Field(0, ge=0, description="SMS a second over all workers; 0: no limit")
    webhook_rate: float = Field(0, ge=0, description="webhook calls a second over all workers; 0: no limit")
    trusted_webhook_hosts: Words = Field(
        (), description="hosts that webhooks may call although their address is private, with commas between"
    )
    dedup_retention_days: int = Field(30, ge=1, description="days that a message id is remembered")
    event_retention_days: int = Field(0, ge=0, description="days that events and decisions are kept; 0: for ever")

    # Workers: what cost least per workflow in `make bench-trials`
    worker_pollers: int = Field(20, ge=1, description="requests for work that a worker keeps open per task queue")
    worker_cache: int = Field(2000, ge=0, description="workflows a worker keeps in memory; keep it above the busy ones")
    worker_activities: int = Field(100, ge=1, description="activities that a worker carries out at once per task queue")
    send_lease: float = Field(
        60,
        ge=1,
        le=60,
        description="seconds that a claimed message belongs to one attempt; providers get three quarters",
    )
    metrics_port: int = Field(0, ge=0, le=65535, description="port of the worker's own /metrics; 0: none")
    worker_grace: float = Field(20, ge=0, description="seconds that a stopping worker gives to running activities")
    mixed_releases: bool = Field(
        False, description="true while workers of the release before run beside: changed workflows go the old way"
    )
    heartbeat_file: Path | None = Field(None, description="file that a worker touches as long as it works")
    time_scale: float = Field(
        1, gt=0, description="development only: durations are divided by it; 86400: a day a second"
    )

    @field_validator("cors_origins", "trusted_webhook_hosts", "approvers", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @field_validator("approvers")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            name, _, address = entry.partition("=")
            if not name or "@" not in address:
                raise ValueError(f"{entry!r} is not a name and an address: legal=ada@example.com")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.is_production and self.time_scale != 1:
            raise ValueError("SOJOURN_TIME_SCALE works in development only: unset it")
        if self.is_production and len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("SOJOURN_SECRET_KEY must be set in production, with at least 32 characters")
        if self.is_production and not (self.database_url and self.temporal_address):
            raise ValueError("DATABASE_URL and TEMPORAL_ADDRESS must be set in production")
        dkim = (self.dkim_selector, self.dkim_domain, self.dkim_key_path)
        if any(dkim) and not all(dkim):
            raise ValueError("SOJOURN_DKIM_SELECTOR, _DOMAIN and _KEY_PATH go together: set all three or none")
        return self

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def approver_addresses(self) -> dict[str, tuple[str, ...]]:
        """The addresses behind each name that an `approve` step may ask."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.approvers:
            name, _, address = entry.partition("=")
            found[name.strip()] = (*found.get(name.strip(), ()), address.strip())
        return found

    @property
    def api_url(self) -> str:
        """Where programs on this machine reach the API."""
        return (self.url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def link_url(self) -> str:
        """Where customers reach it, without a slash at the end."""
        return (self.public_url or self.api_url).rstrip("/")

    @property
    def ui_origin(self) -> str:
        """The origin of Temporal's Web UI, as browsers write it."""
        url = urlsplit(self.temporal_ui_url or f"http://127.0.0.1:{self.ui_port}")
        return f"{url.scheme}://{url.netloc}"


def variables() -> dict[str, str]:
    """The environment variable of each field."""
    return {
        name: str(field.validation_alias.choices[0])
        if isinstance(field.validation_alias, AliasChoices)
        else f"{PREFIX}{name}".upper()
        for name, field in Settings.model_fields.items()
    }


def load_settings() -> Settings:
    """The settings of this process, with the generated secret in development. Raises InvalidInput as `read_settings`."""
    settings = read_settings()
    if settings.secret_key.get_secret_value():
        return settings
    return settings.model_copy(update={"secret_key": SecretStr(stored_secret(settings.home / "secret_key"))})


def read_settings() -> Settings:
    """The settings as the environment has them; nothing is generated.

    Raises InvalidInput that names every variable that is wrong, and unknown variables with our prefix.
    """
    names = variables()
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name not in names.values())
    wrong = [f"{name}: there is no such setting" for name in unknown]
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        wrong += [_explain(names, problem["loc"], problem["msg"]) for problem in error.errors()]
    if settings is None or wrong:
        raise InvalidInput("the environment is not right:\n" + "\n".join(wrong), code="invalid_settings")
    return settings


def _explain(names: Mapping[str, str], place: tuple[int | str, ...], message: str) -> str:
    name = names.get(str(place[0]), str(place[0])) if place else ""
    return f"{name}: {message}" if name else message.removeprefix("Value error, ")
