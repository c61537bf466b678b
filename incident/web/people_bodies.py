"""What clients send about people and tokens, field by field. Only form is checked here."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool

from incident.core.values import Handle, Name
from incident.store.directory import Email, Person, Zone
from incident.web.bodies import Body, IsoDuration

RESERVED = ("me", "system")
"""`me` is whoever asks, and `system` writes what nobody did."""
LONGEST_LIFE = timedelta(days=366)


def not_reserved(handle: str) -> str:
    if handle in RESERVED:
        raise ValueError("is reserved")
    return handle


NewHandle = Annotated[
    Handle,
    AfterValidator(not_reserved),
    Field(json_schema_extra={"not": {"enum": list(RESERVED)}}),
]
Access = Literal["responder", "admin"]
Life = Annotated[IsoDuration, Field(ge=timedelta(minutes=1), le=LONGEST_LIFE)]


class PersonBody(Body):
    handle: NewHandle
    """How others name this person; it never changes."""
    name: Name
    """The name that is shown."""
    email: Email | None = None
    role: Access = "responder"
    """What they may do: an admin also manages people and redacts."""
    region: Name | None = None
    timezone: Zone = "UTC"
    """An IANA time zone, such as Europe/Lisbon."""

    def person(self, now: datetime) -> Person:
        return Person(created_at=now, **self.model_dump())

    def digest(self) -> str:
        return fingerprint(self)


class ChangePersonBody(Body):
    name: Name = None  # type: ignore[assignment]  # absent, but never null
    email: Email | None = None
    role: Access = None  # type: ignore[assignment]  # absent, but never null
    region: Name | None = None
    timezone: Zone = None  # type: ignore[assignment]  # absent, but never null
    disabled: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    """Somebody who is disabled is signed out everywhere at once and cannot come back in."""


class TokenBody(Body):
    label: Name
    """What it is for."""
    handle: Handle = None  # type: ignore[assignment]  # absent, but never null
    """Who it acts as; yourself when absent. Only admins may name others."""
    expires_in: Life = None  # type: ignore[assignment]  # absent, but never null
    """How long it is valid, at most 366 days; without an end when absent."""


def fingerprint(body: Body) -> str:
    """Tells bodies apart."""
    told = f"{type(body).__name__} {body.model_dump_json()}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]
