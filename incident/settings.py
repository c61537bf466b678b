"""What the server is told from outside: environment, then `incident.toml`, then defaults.

Read once, at start; a wrong value stops the start with a sentence that names it.
"""

import base64
import binascii
import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

FILE = "incident.toml"
PREFIX = "INCIDENT_"
READ_ELSEWHERE = {"INCIDENT_MONGOD"}
"""Variables that are no settings: where a mongod is looked for, the environment is asked."""
BOOTSTRAP_LENGTH = 32
"""Characters that a bootstrap token has at least."""
WEBHOOK_SECRET = "whsec_"  # noqa: S105 (how each begins)
"""How a secret of Standard Webhooks begins; base64 follows."""
WEBHOOK_PORTS = (443, 8443)
"""Where the receivers of other people listen."""
SECRET_BYTES = 24
"""Bytes that such a secret has at least."""


class WrongSettings(Exception):
    """A setting cannot be used; the text names it and says what would be right."""


class Settings(BaseSettings):
    """Each field is the variable `INCIDENT_` + its name in upper case."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    mongodb_uri: SecretStr | None = None
    """A MongoDB replica set; unset: a MongoDB of its own under `data`."""
    data: Path = Path.home() / ".local" / "share" / "incident"
    """Folder for the embedded database."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    base_url: str | None = None
    """How people reach the server, such as https://incidents.example.com."""
    token_bootstrap: SecretStr | None = None
    """An admin API token of this value, made at any start: for tests and automation."""
    policy: Path | None = None
    """A policy file, loaded at the start when its text is another than last time."""
    smtp_url: SecretStr | None = None
    """The mail server that pages and reminders go through."""
    mail_from: str | None = Field(default=None, validate_default=True)
    """Who they come from."""
    webhook_allow_private: bool = False
    """Whether the webhook may be http, and a machine of a private network."""
    webhook_url: SecretStr | None = None
    """Where pages and reminders are posted, signed; a secret, as such addresses often are one."""
    webhook_secret: SecretStr | None = Field(default=None, validate_default=True)
    """What they are signed with: one `whsec_...`, or several while it is being replaced."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"

    @field_validator("base_url")
    @classmethod
    def an_origin(cls, url: str | None) -> str | None:
        """Scheme, host and port only: pages live at the root."""
        if url is None:
            return None
        parts = urlsplit(url.rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
            raise ValueError("must look like https://incidents.example.com")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("token_bootstrap")
    @classmethod
    def long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < BOOTSTRAP_LENGTH:
            raise ValueError(f"must have at least {BOOTSTRAP_LENGTH} characters")
        return token

    @field_validator("smtp_url")
    @classmethod
    def a_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        parts = split(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must look like smtp://user:password@mail.example.com:587")
        if options not in ({}, {"starttls": "never"}):
            raise ValueError("knows one option, ?starttls=never")
        if options and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("may have ?starttls=never on this very machine only")
        return url

    @field_validator("mail_from")
    @classmethod
    def a_sender(cls, sender: str | None, told: ValidationInfo) -> str | None:
        if sender is None and told.data.get("smtp_url"):
            raise ValueError("must be set with INCIDENT_SMTP_URL, such as incident@example.com")
        if sender is not None and ("@" not in parseaddr(sender)[1] or not sender.isprintable()):
            raise ValueError("must look like incident@example.com or Incidents <i@example.com>")
        if sender is not None and not parseaddr(sender)[1].isascii():
            raise ValueError(
                "must have an address in ASCII; only the name before it may have other letters"
            )
        return sender

    @field_validator("webhook_url")
    @classmethod
    def a_receiver(cls, url: SecretStr | None, told: ValidationInfo) -> SecretStr | None:
        """Whether its name leads inside is looked at when it is used, as that changes."""
        if url is None:
            return None
        parts = split(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise ValueError("must look like https://hooks.example.com/incidents")
        public = parts.scheme == "https" and parts.port in {None, *WEBHOOK_PORTS}
        if not public and not told.data.get("webhook_allow_private"):
            raise ValueError(
                "must be https on port 443 or 8443; for a receiver of your own network, "
                "set INCIDENT_WEBHOOK_ALLOW_PRIVATE=true as well"
            )
        return url

    @field_validator("webhook_secret")
    @classmethod
    def whsec(cls, secret: SecretStr | None, told: ValidationInfo) -> SecretStr | None:
        keys = secret.get_secret_value().split() if secret else []
        if not keys and told.data.get("webhook_url"):
            raise ValueError("must be set with INCIDENT_WEBHOOK_URL")
        if not all(is_webhook_secret(key) for key in keys):
            raise ValueError(f"must be whsec_ and base64 of at least {SECRET_BYTES} bytes")
        return secret

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the file."""
        del dotenv_settings, file_secret_settings
        told = cls.by_field(TomlConfigSettingsSource(settings_cls, FILE).toml_data)
        return init_settings, env_settings, InitSettingsSource(settings_cls, told)

    @classmethod
    def by_field(cls, told: dict[str, Any]) -> dict[str, Any]:
        """What the file says, whether it says `port` or `incident_port`."""
        found: dict[str, Any] = {}
        for key, value in told.items():
            name = key.removeprefix(PREFIX.lower())
            if name not in cls.model_fields:
                known = ", ".join(sorted(cls.model_fields))
                raise WrongSettings(f"{FILE}: {key} is not a setting. There are: {known}")
            if name in found:
                raise WrongSettings(f"{FILE}: {name} is set twice, also as {PREFIX.lower()}{name}")
            found[name] = value
        return found

    @classmethod
    def unknown_variables(cls) -> list[str]:
        """Variables of the environment that look like settings and are none."""
        known = {f"{PREFIX}{name.upper()}" for name in cls.model_fields} | READ_ELSEWHERE
        return sorted(
            name
            for name in os.environ
            if name.upper().startswith(PREFIX) and name.upper() not in known
        )

    @classmethod
    def read(cls, **arguments: object) -> Self:
        """The settings; `arguments` win over everything. Raises `WrongSettings`."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return cls(**given)  # type: ignore[arg-type]  # pydantic checks them
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            told = first["msg"].removeprefix("Value error, ")
            raise WrongSettings(f"INCIDENT_{name.upper()} is wrong: {told}") from error
        except ValueError as error:  # a broken incident.toml
            raise WrongSettings(f"{FILE} cannot be read: {error}") from error

    @property
    def origin(self) -> str:
        """Scheme, host and port that people use."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"


def split(url: SecretStr) -> SplitResult:
    """The parts of an address. A port or a host that is none is a fault: it quotes no secret."""
    try:
        parts = urlsplit(url.get_secret_value())
        _ = parts.port  # raises where it is no number
        (parts.hostname or "").encode("idna")  # as it is before it is looked up
    except UnicodeError:
        raise ValueError("has a host with an empty part, or one of more than 63 letters") from None
    except ValueError:
        raise ValueError("is no address") from None
    return parts


def is_webhook_secret(key: str) -> bool:
    try:
        decoded = base64.b64decode(key.removeprefix(WEBHOOK_SECRET), validate=True)
    except (binascii.Error, ValueError):
        return False
    return key.startswith(WEBHOOK_SECRET) and len(decoded) >= SECRET_BYTES
