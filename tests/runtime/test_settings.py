"""Settings come from the environment, and what is wrong with them is said by name."""

import os
import stat
from pathlib import Path

import pytest

from domain.errors import InvalidInput
from runtime.settings import Settings, load_settings, variables

PRODUCTION = {
    "SOJOURN_ENVIRONMENT": "production",
    "SOJOURN_SECRET_KEY": "a" * 32,
    "DATABASE_URL": "postgresql://db/sojourn",
    "TEMPORAL_ADDRESS": "temporal:7233",
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in set(variables().values()) & set(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOJOURN_HOME", str(tmp_path))


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_shared_names_and_our_own_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, {"DATABASE_URL": "postgresql://x/y", "TEMPORAL_ADDRESS": "t:1", "SOJOURN_PORT": "9000"})
    settings = load_settings()
    assert (settings.database_url, settings.temporal_address, settings.port) == ("postgresql://x/y", "t:1", 9000)
    assert settings.link_url == settings.api_url == "http://127.0.0.1:9000"


def test_lists_have_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_TRUSTED_WEBHOOK_HOSTS", "crm.internal, 10.0.0.7")
    assert load_settings().trusted_webhook_hosts == ("crm.internal", "10.0.0.7")


def test_an_unknown_variable_with_our_prefix_is_named_and_so_is_every_wrong_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, {"SOJOURN_PROT": "9000", "SOJOURN_SMTP_PORT": "70000", "SOJOURN_SMTP_TLS": "yes"})
    with pytest.raises(InvalidInput) as error:
        load_settings()
    for name in ("SOJOURN_PROT", "SOJOURN_SMTP_PORT", "SOJOURN_SMTP_TLS"):
        assert name in error.value.message


def test_a_wrong_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, PRODUCTION | {"SOJOURN_SECRET_KEY": "tooshortbutsecret"})
    with pytest.raises(InvalidInput) as error:
        load_settings()
    assert "SOJOURN_SECRET_KEY" in error.value.message
    assert "tooshortbutsecret" not in error.value.message


def test_development_makes_its_signing_secret_once_for_its_owner_only(tmp_path: Path) -> None:
    first, second = load_settings().secret_key, load_settings().secret_key
    assert first == second
    assert len(first.get_secret_value()) >= 32
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("missing", ["SOJOURN_SECRET_KEY", "DATABASE_URL", "TEMPORAL_ADDRESS"])
def test_production_insists_on_what_development_invents(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    set_all(monkeypatch, {name: value for name, value in PRODUCTION.items() if name != missing})
    with pytest.raises(InvalidInput, match=missing):
        load_settings()


def test_time_runs_at_its_own_pace_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, PRODUCTION)
    assert load_settings().is_production
    monkeypatch.setenv("SOJOURN_TIME_SCALE", "86400")
    with pytest.raises(InvalidInput, match="SOJOURN_TIME_SCALE"):
        load_settings()


def test_half_a_dkim_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_DKIM_DOMAIN", "example.com")
    with pytest.raises(InvalidInput, match="SOJOURN_DKIM_SELECTOR"):
        load_settings()


def test_every_setting_is_documented() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
