"""What the server is told from outside: environment, then `incident.toml`, then defaults.

Read once, at start; a wrong value stops the start with a sentence that names it.
"""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

BOOTSTRAP_LENGTH = 32
"""Characters that a bootstrap token has at least."""


class WrongSettings(Exception):
    """A setting cannot be used; the text names it and says what would be right."""


class Settings(BaseSettings):
    """Each field is the variable `INCIDENT_` + its name in upper case."""

    model_config = SettingsConfigDict(
        env_prefix="INCIDENT_", toml_file="incident.toml", extra="ignore", frozen=True
    )

    mongodb_uri: SecretStr | None = None
    """A MongoDB replica set; unset: a MongoDB of its own under `data`."""
    data: Path = Path.home() / ".local" / "share" / "incident"
    """Folder for the embedded database and the secret key."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    base_url: str | None = None
    """How people reach the server, such as https://incidents.example.com."""
    secret_key: SecretStr | None = None
    """Signs what browsers keep; unset: made once, kept in `data` with mode 0600."""
    token_bootstrap: SecretStr | None = None
    """An admin API token of this value, made at first start: for tests and automation."""
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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

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
            raise WrongSettings(f"incident.toml cannot be read: {error}") from error

    @property
    def origin(self) -> str:
        """Scheme, host and port that people use."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"
