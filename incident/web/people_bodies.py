"""What clients send about people and tokens, field by field. Only form is checked here."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool

from incident.core.values import Handle, Name
from incident.store.directory import Email, Notify, Person, Phone, Quiet, WallClock, Zone
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
OWN = frozenset({"notify", "quiet", "timezone"})
"""What everybody may change of themselves."""
Life = Annotated[IsoDuration, Field(ge=timedelta(minutes=1), le=LONGEST_LIFE)]


class NotifyBody(Body):
    """What is left out stays as it is."""

    email: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    webhook: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    """The company's own way, such as a pager."""
    browser: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    """Notifications of an open page."""


class QuietBody(Body):
    from_: Annotated[WallClock, Field(alias="from")]
    """Such as 22:00, by the person's own clock."""
    to: WallClock
    """Such as 07:00; another time than `from`."""


class PersonBody(Body):
    handle: NewHandle
    """How others name this person; it never changes."""
    name: Name
    """The name that is shown."""
    email: Email | None = None
    phone: Phone | None = None
    """Such as +49 30 5550100."""
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
    phone: Phone | None = None
    """Such as +49 30 5550100."""
    role: Access = None  # type: ignore[assignment]  # absent, but never null
    region: Name | None = None
    timezone: Zone = None  # type: ignore[assignment]  # absent, but never null
    notify: NotifyBody = None  # type: ignore[assignment]  # absent, but never null
    """By which ways they want to hear of things."""
    quiet: QuietBody | None = None
    """When only what is urgent is sent; never when null."""
    disabled: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    """Somebody who is disabled is signed out everywhere at once and cannot come back in."""

    def changes(self, before: Person) -> dict[str, Any]:
        """The fields to set; raises `ValidationError` for quiet hours of no time."""
        given: dict[str, Any] = self.model_dump(exclude_unset=True)
        if "notify" in given:
            given["notify"] = Notify.model_validate(before.notify.model_dump() | given["notify"])
        if given.get("quiet"):
            given["quiet"] = Quiet.model_validate(given["quiet"])
        return {
            name: value.model_dump() if isinstance(value, Notify | Quiet) else value
            for name, value in given.items()
        }


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
