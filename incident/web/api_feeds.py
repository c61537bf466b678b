"""Calendar feeds over the API: for whoever asks, and by an address with a secret of its own.

Calendar programs cannot say who they are; such an address opens one feed and nothing else.
"""

import hashlib
from datetime import datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from incident import calendars
from incident.bootstrap import origin
from incident.core.oncall.moments import EARLIEST
from incident.core.oncall.resolve import everybody
from incident.store.feeds import Feed
from incident.store.rotations import Rotation
from incident.web import api_people, api_rotations
from incident.web.api_people import claimed
from incident.web.bodies import NothingBody
from incident.web.exchange import as_json, asking, parsed_if_any, runtime_of, unchanged
from incident.web.heavy import worked_out
from incident.web.problems import Problem


async def of_rotation(request: Request) -> Response:
    found = await api_rotations.named(request)
    return await answered(request, await rotation_calendar(request, found))


async def of_person(request: Request) -> Response:
    person = await api_people.named(request)
    return await answered(request, await person_calendar(request, person.handle))


async def by_secret(request: Request) -> Response:
    """What the address opens; one that opens nothing any more looks like any other."""
    runtime = runtime_of(request)
    feed = await runtime.feeds.find(request.path_params["secret"][:100])
    whose = await runtime.directory.find(feed.by) if feed else None
    if feed is None or whose is None or whose.disabled:
        raise nothing_there()
    if feed.kind == "person":
        return await answered(request, await person_calendar(request, feed.name))
    found = await runtime.rotations.find(feed.name)
    if found is None:
        raise nothing_there()
    return await answered(request, await rotation_calendar(request, found))


def nothing_there() -> Problem:
    return Problem(404, "no-such-feed", "There is no calendar at this address.")


async def rotation_calendar(request: Request, found: Rotation) -> bytes:
    runtime = runtime_of(request)
    people = runtime.orders.current().roster.people
    made = partial(calendars.of_rotation, found.schedule, people, runtime.clock(), found.at)
    return await worked_out(request, made)


async def person_calendar(request: Request, handle: str) -> bytes:
    runtime = runtime_of(request)
    every = await runtime.rotations.every()
    mine = [one for one in every if handle in everybody(one.schedule)]
    people = runtime.orders.current().roster.people
    changed: datetime = max((one.at for one in mine), default=EARLIEST)
    schedules = [one.schedule for one in mine]
    made = partial(calendars.of_person, handle, schedules, people, runtime.clock(), changed)
    return await worked_out(request, made)


async def answered(request: Request, calendar: bytes) -> Response:
    """The calendar, unless it is known already."""
    tag = {"ETag": f'"{hashlib.sha256(calendar).hexdigest()[:32]}"'}
    if unchanged(request, tag["ETag"]):
        return Response(status_code=304, headers=tag)
    return Response(calendar, 200, tag, calendars.MEDIA_TYPE)


async def open_rotation(request: Request) -> Response:
    found = await api_rotations.named(request)
    return await issued(request, Feed("rotation", found.schedule.name, asking(request).handle))


async def close_rotation(request: Request) -> Response:
    name: str = request.path_params["name"]
    return await revoked(request, Feed("rotation", name[:100], asking(request).handle))


async def open_own(request: Request) -> Response:
    me = asking(request).handle
    return await issued(request, Feed("person", me, me))


async def close_own(request: Request) -> Response:
    me = asking(request).handle
    return await revoked(request, Feed("person", me, me))


async def issued(request: Request, feed: Feed) -> Response:
    """A new address, told once; the one before opens nothing any more."""
    await parsed_if_any(request, NothingBody)
    runtime = runtime_of(request)
    if (await claimed(request, f"feed {feed.kind} {feed.name}")).seen:
        told = "An address was issued for this key, and is told once. Take a new key."
        raise Problem(409, "already-issued", told)
    secret = await runtime.feeds.issue(feed, runtime.clock())
    return as_json({"url": f"{origin(runtime.settings)}/ical/{secret}.ics"}, 201)


async def revoked(request: Request, feed: Feed) -> Response:
    if not await runtime_of(request).feeds.revoke(feed):
        raise Problem(404, "no-such-feed", "You have no address of this calendar.")
    return Response(status_code=204)
