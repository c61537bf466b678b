"""Who is asking, and what they may do: the one place where that is settled.

An identity comes from a session cookie or a bearer token, and is read anew for every
request, so that a disabled person is out at once. What the state of an incident allows is
for the core to say.
"""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import HTTPConnection

from incident.runtime import Runtime
from incident.store.credentials import digest
from incident.store.directory import Person

COOKIE = "incident_session"
SECURE_COOKIE = "__Host-incident_session"
BEARER_LIMIT = 512
"""Characters of a bearer token that are looked at."""


class Forbidden(Exception):
    """Whoever asks is known, and may not do this. The text says what would be needed."""


class ForeignOrigin(Forbidden):
    """A browser sends this on behalf of another site."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has proved who they are. `way`: by cookie or by token; `proof`: its digest."""

    person: Person
    way: Literal["session", "token"]
    proof: str

    @property
    def handle(self) -> str:
        return self.person.handle

    @property
    def authority(self) -> Literal["responder", "admin"]:
        return self.person.role


async def visitor(connection: HTTPConnection, runtime: Runtime) -> Visitor | None:
    """Who is asking; None when nobody known is. Raises `StoreAway`."""
    bearer = bearer_of(connection)
    now = runtime.clock()
    if bearer is not None:
        handle = await runtime.credentials.token(bearer, now)
        return await known(runtime, handle, "token", bearer)
    secret = session_secret(connection, runtime)
    if secret is None:
        return None
    handle = await runtime.credentials.session(secret, now)
    return await known(runtime, handle, "session", secret)


async def known(
    runtime: Runtime, handle: str | None, way: Literal["session", "token"], secret: str
) -> Visitor | None:
    """The person behind a credential, unless they are disabled."""
    person = await runtime.directory.find(handle) if handle else None
    if person is None or person.disabled:
        return None
    return Visitor(person, way, digest(secret))


def bearer_of(connection: HTTPConnection) -> str | None:
    """The bearer token that was sent; a malformed header counts as a wrong token."""
    header = connection.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip()[:BEARER_LIMIT] if scheme.lower() == "bearer" else ""


def session_secret(connection: HTTPConnection, runtime: Runtime) -> str | None:
    return connection.cookies.get(cookie_name(connection, runtime))


def cookie_name(connection: HTTPConnection, runtime: Runtime) -> str:
    """Over TLS the name itself forbids anything but this host and a secure channel."""
    return SECURE_COOKIE if is_secure(connection, runtime) else COOKIE


def is_secure(connection: HTTPConnection, runtime: Runtime) -> bool:
    """Whether people reach us over TLS: as configured, else as this request came."""
    if runtime.settings.base_url:
        return runtime.settings.base_url.startswith("https:")
    return connection.url.scheme in {"https", "wss"}


def refuse_foreign(connection: HTTPConnection, runtime: Runtime) -> None:
    """Refuse what a browser sends for another site; raises `ForeignOrigin`.

    For everything unsafe that a cookie vouches for, and for every socket that one opens.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        if connection.headers.get("sec-fetch-site") == "same-origin":
            return
        raise ForeignOrigin("This needs the Origin header of the server's own pages.")
    if origin != own_origin(connection, runtime):
        raise ForeignOrigin("This came from another site.")


def own_origin(connection: HTTPConnection, runtime: Runtime) -> str:
    """Where our own pages are, as browsers tell it: small letters, no port that is understood."""
    scheme, usual = ("https", ":443") if is_secure(connection, runtime) else ("http", ":80")
    asked = f"{scheme}://{connection.headers.get('host', '')}"
    return (runtime.settings.base_url or asked).lower().removesuffix(usual)


def require_admin(visitor: Visitor) -> None:
    """Raises `Forbidden`."""
    if visitor.authority != "admin":
        raise Forbidden("Only an admin can do this.")
