"""What clients are answered about people: who may come in, and by what.

The shapes themselves are made elsewhere; the tests hold every answer to what stands here.
"""

from typing import Annotated, Literal

from pydantic import Field

from incident.web.schema_parts import Address, Shape, Time


class Notify(Shape):
    """The ways in which a person wants to hear of things."""

    email: bool
    webhook: bool
    browser: bool


class Quiet(Shape):
    """Every day between these, by the person's own clock, only what is urgent is sent."""

    from_: Annotated[str, Field(alias="from")]
    to: str


class Person(Shape):
    """Somebody who may come in."""

    handle: str
    name: str
    email: str | None
    """Told to admins, and to the person; null for everybody else, as is the phone number."""
    phone: str | None
    role: Literal["responder", "admin"]
    region: str | None
    timezone: str
    notify: Notify
    quiet: Quiet | None
    disabled: bool
    created_at: Time
    last_seen: Time | None


class SignInLink(Shape):
    """A way in that works once."""

    url: Address
    expires: Time


class Token(Shape):
    """An API token, without its text."""

    id: str
    handle: str
    """Who it acts as."""
    label: str
    created_at: Time
    expires_at: Time | None
    last_used: Time | None


class IssuedToken(Token):
    """A token with its text, which is told only here."""

    token: str
