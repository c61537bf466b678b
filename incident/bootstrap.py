"""How the first people get in: the bootstrap token, and the link for the first administrator.

Everybody after them is let in by an administrator; what a credential allows is not
decided here.
"""

from contextlib import suppress

from incident.runtime import Runtime
from incident.settings import Settings
from incident.store.directory import Person, Taken

ADMIN = "admin"
"""The person that the bootstrap token acts as."""
EVERYWHERE = {"0.0.0.0": "localhost", "::": "localhost"}  # noqa: S104 (compared, not bound)
"""Addresses to listen on that nobody can open, and what to open instead on this machine."""


async def bootstrap(runtime: Runtime) -> None:
    """Accept INCIDENT_TOKEN_BOOTSTRAP as a token of the person `admin`; again changes nothing."""
    token = runtime.settings.token_bootstrap
    if token is None:
        return
    now = runtime.clock()
    person = Person(handle=ADMIN, name="Administrator", role="admin", created_at=now)
    with suppress(Taken):  # made at an earlier start
        await runtime.directory.add(person)
        await runtime.orders.refresh()
    await runtime.credentials.adopt_token(token.get_secret_value(), ADMIN, "bootstrap", now)


async def first_link(runtime: Runtime) -> str | None:
    """A one-time address at which the first administrator signs in; None once there is one."""
    if await runtime.directory.has_admin():
        return None
    return await link(runtime, None)


async def link(runtime: Runtime, handle: str | None) -> str:
    """A one-time address at which `handle` is signed in, valid for half an hour."""
    secret, _ = await runtime.credentials.issue_link(handle, runtime.clock())
    return f"{origin(runtime.settings)}/welcome?token={secret}"


def origin(settings: Settings) -> str:
    """Scheme, host and port of an address that a browser can open."""
    host = EVERYWHERE.get(settings.host)
    if settings.base_url or host is None:
        return settings.origin
    return f"http://{host}:{settings.port}"
