"""What the server is told from outside: environment, then `incident.toml`, then defaults.

Read once, at start; a wrong value stops the start with a sentence that names it.
"""

import os
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
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
