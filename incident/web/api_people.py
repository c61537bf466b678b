"""People over the API: who there is, and for admins who may come in and as what."""

from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from incident.access import Forbidden, Visitor
from incident.answers import KeyReused
from incident.bootstrap import origin
from incident.command_shapes import time
from incident.runtime import Runtime
from incident.store.directory import Person, Quiet, Taken
from incident.store.keys import Keys
from incident.web.api_query import PeopleQuery
from incident.web.bodies import NothingBody
from incident.web.exchange import (
    as_json,
    asking,
    key_of,
    next_link,
    parsed,
    parsed_if_any,
    runtime_of,
)
from incident.web.people_bodies import OWN, ChangePersonBody, PersonBody, fingerprint
from incident.web.problems import Problem, invalid


async def people(request: Request) -> Response:
    query = PeopleQuery.of(request.query_params)
    everyone = await runtime_of(request).directory.everyone()
    rest = [one for one in everyone if query.cursor is None or one.handle > query.cursor]
    page = rest[: query.limit]
    more = next_link(request, cursor=page[-1].handle) if len(rest) > len(page) else None
    return as_json([seen_by(asking(request), person) for person in page], headers=more)


async def person(request: Request) -> Response:
    return as_json(seen_by(asking(request), await named(request)))


async def add(request: Request) -> Response:
    """Make a person; the same key again finds the person that it made."""
    body = await parsed(request, PersonBody)
    runtime = runtime_of(request)
    made = body.person(runtime.clock())
    location = {"Location": f"/api/people/{made.handle}"}
    key = await claimed(request, fingerprint(body))
    if key.seen and (first := await runtime.directory.find(made.handle)):
        again = shown(made.model_copy(update={"created_at": first.created_at}))
        return as_json(again, 201, location | {"Idempotency-Replayed": "true"})
    try:
        await runtime.directory.add(made)
    except Taken as taken:
        await key.release()
        told = f"{made.handle} is somebody already. Take another handle."
        raise Problem(409, "handle-taken", told) from taken
    await runtime.orders.refresh()
    return as_json(shown(made), 201, location)


async def change(request: Request) -> Response:
    """Change who somebody is; disabling signs them out everywhere."""
    body = await parsed(request, ChangePersonBody)
    runtime = runtime_of(request)
    before = await named(request)
    refuse_what_is_not_theirs(asking(request), before, body)
    given = changes(body, before)
    changed = await runtime.directory.change(before.handle, given) if given else before
    assert changed is not None
    if is_acting_admin(before) and not is_acting_admin(changed):
        await refuse_to_lose_the_last_admin(runtime, before)
    if changed.disabled:
        await runtime.credentials.close_sessions(changed.handle)
    await runtime.orders.refresh()
    return as_json(shown(changed))


def refuse_what_is_not_theirs(who: Visitor, before: Person, body: ChangePersonBody) -> None:
    """Raises `Forbidden`: admins change everything, others how they themselves are told."""
    if who.authority == "admin":
        return
    if who.handle != before.handle or not body.model_fields_set <= OWN:
        told = ", ".join(sorted(OWN))
        raise Forbidden(f"Only an admin can do this. You can change your own {told}.")


def changes(body: ChangePersonBody, before: Person) -> dict[str, Any]:
    """The fields to set; raises a 422 for quiet hours of no time."""
    try:
        return body.changes(before)
    except ValidationError as error:
        told = "quiet hours must end at another time than they begin"
        raise invalid("quiet", msg=told, code="bad-quiet") from error


async def refuse_to_lose_the_last_admin(runtime: Runtime, before: Person) -> None:
    """Looked at afterwards, so that two who demote each other are both refused."""
    if any(is_acting_admin(one) for one in await runtime.directory.everyone()):
        return
    changes = before.model_dump(exclude={"handle", "created_at", "last_seen"})
    await runtime.directory.change(before.handle, changes)
    raise Problem(409, "last-admin", f"{before.handle} is the last admin. Make another one first.")


def is_acting_admin(person: Person) -> bool:
    return person.role == "admin" and not person.disabled


async def link(request: Request) -> Response:
    """A one-time sign-in link, told once."""
    await parsed_if_any(request, NothingBody)
    runtime = runtime_of(request)
    whom = await named(request)
    if whom.disabled:
        raise Problem(409, "person-disabled", f"{whom.handle} is disabled. Enable them first.")
    secret, expires = await runtime.credentials.issue_link(whom.handle, runtime.clock())
    url = f"{origin(runtime.settings)}/welcome?token={secret}"
    return as_json({"url": url, "expires": time(expires)}, 201)


async def named(request: Request) -> Person:
    """The person in the address, who may be `me`; raises a 404."""
    handle: str = request.path_params["handle"]
    if handle == "me":
        return asking(request).person
    found = await runtime_of(request).directory.find(handle[:100])
    if found is None:
        raise Problem(404, "no-such-person", "There is nobody with that handle.")
    return found


class Claim:
    """An Idempotency-Key that was used before (`seen`), or is from now on."""

    def __init__(self, keys: Keys, key: str | None, *, seen: bool) -> None:
        self._keys, self._key, self.seen = keys, key, seen

    async def release(self) -> None:
        if self._key and not self.seen:
            await self._keys.release(self._key)


async def claimed(request: Request, digest: str) -> Claim:
    """The key of a write that is no command; raises `KeyReused`."""
    keys = Keys(runtime_of(request).database)
    key = key_of(request)
    if key is None:
        return Claim(keys, None, seen=False)
    scoped = f"{asking(request).handle}:{key}"
    first = await keys.claim(scoped, digest)
    if first not in {None, digest}:
        raise KeyReused
    return Claim(keys, scoped, seen=first is not None)


async def used_for(request: Request) -> str | None:
    """The digest of what the key of this request was claimed for; None when it was not."""
    key = key_of(request)
    if key is None:
        return None
    return await Keys(runtime_of(request).database).known(f"{asking(request).handle}:{key}")


def seen_by(who: Visitor, person: Person) -> dict[str, Any]:
    """How somebody is reached is told to admins, and to themselves."""
    if who.authority == "admin" or who.handle == person.handle:
        return shown(person)
    return shown(person) | {"email": None, "phone": None}


def shown(person: Person) -> dict[str, Any]:
    """A person as clients see them."""
    return {
        "handle": person.handle,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "role": person.role,
        "region": person.region,
        "timezone": person.timezone,
        "notify": person.notify.model_dump(),
        "quiet": quiet(person.quiet) if person.quiet else None,
        "disabled": person.disabled,
        "createdAt": time(person.created_at),
        "lastSeen": time(person.last_seen),
    }


def quiet(hours: Quiet) -> dict[str, str]:
    return {"from": hours.from_, "to": hours.to}
