"""Settings: read once from the environment, frozen from then on. Every one has a default that works embedded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from outreach.errors import ConfigError


class Settings(BaseSettings):
    """`OUTREACH_…` in the environment. Credentials of providers are also read under their own usual names."""

    model_config = SettingsConfigDict(env_prefix="OUTREACH_", frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: str = Field(default="sqlite:///outreach.db", repr=False)  # its password
    rules: Path = Path("rules")
    templates: Path = Path("templates")
    tenant: str = "main"
    #: Which buckets may share a transaction: all, or those of a group (a sharded database's).
    topology: Literal["one", "groups"] = "one"
    #: Keys the hashes of addresses. Losing it loses every opt-out; a SQLite database has a file beside it.
    secret: SecretStr | None = None
    secret_file: Path | None = None
    #: Where a mark of the database is kept beside it, by which a restored one is known. SQLite: the file's own folder.
    state_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    #: What `POST /v1/…` asks for as `Authorization: Bearer …`; without one, only this machine may connect.
    api_key: SecretStr | None = None
    public_url: str = ""
    #: Keys that sign unsubscribe links, `NAME:KEY,NAME:KEY`: the first signs, all are understood.
    unsubscribe_keys: SecretStr = SecretStr("")
    #: An address that takes "unsubscribe" by e-mail; somebody has to read it.
    unsubscribe_mailto: str = ""
    #: Addresses of the proxies in front, comma-separated: only their `X-Forwarded-For` is believed.
    trusted_proxies: str = ""
    #: How long somebody stays signed in: in all, and without a click.
    session_hours: float = Field(default=12, gt=0, le=24 * 31)
    session_idle_minutes: float = Field(default=120, gt=0, le=24 * 60 * 31)
    #: After so long another worker takes over what a worker was sending; a call to a provider takes up to 12 seconds.
    lease_seconds: int = Field(default=60, ge=1, le=3600)

    #: Everything happens, and nothing leaves the house.
    dry_run: bool = False
    sms: Literal["outbox", "twilio"] = "outbox"
    email: Literal["outbox", "sendgrid", "smtp"] = "outbox"
    twilio_account_sid: str = Field(default="", validation_alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: SecretStr = Field(default=SecretStr(""), validation_alias="TWILIO_AUTH_TOKEN")
    #: While the token is being changed: what callbacks may still be signed with.
    twilio_old_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    twilio_messaging_service: str = ""
    twilio_base_url: str = ""
    #: The house's number that calls are put through from; without one staff dial by themselves.
    twilio_voice_from: str = ""
    #: SMS are handed to a Messaging Service, e-mails to SendGrid, a quarter of an hour before they go, and can be taken
    #: back until then: one of the two, or both (true).
    two_phase: bool | Literal["sms", "email"] = False
    #: SMS segments a second: 1 for a long code, 3 toll-free, 100 for a short code; 0: as fast as it goes.
    sms_per_second: float = Field(default=1.0, ge=0, le=1000)
    #: Where SMS may go: `US,CA`, or `*` for anywhere; by default the country of the house's own number.
    sms_countries: str = ""
    #: Limits against a rule, or a stranger, that makes the house spend.
    sms_segments_per_day: int | None = Field(default=None, ge=0)
    sms_new_per_hour: int | None = Field(default=None, ge=0)
    sendgrid_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="SENDGRID_API_KEY")
    #: The public key by which SendGrid signs its events.
    sendgrid_webhook_key: str = Field(default="", validation_alias="SENDGRID_WEBHOOK_KEY")
    sendgrid_host: str = ""
    smtp_host: str = "localhost"
    smtp_port: int = 587
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = True
    email_from: str = ""
    email_from_name: str = ""

    business_name: str = "Marlow & Finch"
    business_phone: str = "+1 212 555 0100"
    business_address: str = "18 Larkspur Street, New York, NY 10012"

    @property
    def secrets(self) -> list[str]:
        """All that no log may tell."""
        given = [
            v.get_secret_value()
            for v in (getattr(self, n) for n in type(self).model_fields)
            if isinstance(v, SecretStr)
        ]
        password = re.search(r"://[^/@]*:([^@]*)@", self.database_url)
        return [s for s in (*given, password[1] if password else "") if s]

    @property
    def business(self) -> dict[str, str]:
        """What templates know of the house."""
        return {"name": self.business_name, "phone": self.business_phone, "address": self.business_address}


def read_settings(**given: object) -> Settings:
    """Settings from the environment, with what was given on the command line on top. Raises ConfigError."""
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigError("; ".join(f"{_variable(str(e['loc'][0]))}: {e['msg']}" for e in error.errors())) from error


def _variable(field: str) -> str:
    """Where it is written: credentials of providers have names of their own, in capitals."""
    return field if field.isupper() else f"OUTREACH_{field.upper()}"
