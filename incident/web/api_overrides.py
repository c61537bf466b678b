"""Exceptions from rotations over the API: cover somebody, add or remove somebody, take it back.

Times on the wall that do not exist or exist twice are refused, with what they may mean.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from incident import oncall_shapes as shapes
from incident.access import Forbidden, Visitor
from incident.answers import KeyReused
from incident.core.oncall.moments import candidates
from incident.core.oncall.schedule import Layer, Override, Schedule
from incident.core.phrases import date_and_clock
from incident.core.values import rfc3339
from incident.store.rotations import NoSuchOverride, NoSuchRotation, Rotation, TooManyOverrides
from incident.web.api_people import claimed, used_for
from incident.web.api_rotations import named, nowhere
from incident.web.exchange import as_json, asking, key_of, parsed, runtime_of
from incident.web.people import refuse_unknown_people
from incident.web.people_bodies import fingerprint
from incident.web.problems import Problem, unfit
from incident.web.rotation_bodies import OverrideBody


async def add(request: Request) -> Response:
    """Make an exception; the same key again finds the one that it made."""
    runtime = runtime_of(request)
    found = await named(request)
    body = await parsed(request, OverrideBody)
    await refuse_unknown_people(runtime, body)
    made = override(request, found.schedule, body)
    await refuse_a_second_time(request, found, made, fingerprint(body))
    try:
        after = await runtime.rotations.add_override(found.schedule.name, made)
    except NoSuchRotation as error:
        raise nowhere(found.schedule.name) from error
    except TooManyOverrides as error:
        raise Problem(409, "too-many-overrides", str(error)) from error
    await runtime.orders.refresh()
    claim = await claimed(request, fingerprint(body))
    stored = with_id(after, made.id) or made
    headers = {"Location": f"/api/rotations/{found.schedule.name}/overrides/{stored.id}"}
    replayed = {"Idempotency-Replayed": "true"} if claim.seen else {}
    return as_json(shapes.override(stored), 201, headers | replayed)


async def refuse_a_second_time(
    request: Request, found: Rotation, made: Override, digest: str
) -> None:
    """A key that was used makes nothing else, nor the same again once that was cancelled.

    It is claimed afterwards: its override has an id that follows from it.
    """
    first = await used_for(request)
    if first is not None and first != digest:
        raise KeyReused
    if first is not None and with_id(found, made.id) is None:
        raise Problem(409, "already-cancelled", "It was made under this key, and cancelled since.")


def override(request: Request, schedule: Schedule, body: OverrideBody) -> Override:
    """The override that was meant; raises a 422."""
    by, runtime = asking(request).handle, runtime_of(request)
    told: dict[str, Any] = body.told(by)
    zone = body.timezone or zone_of(schedule, told["person"])
    times = {"start": instant(body.start, zone, "start"), "end": instant(body.end, zone, "end")}
    made = {"id": id_of(request), "created_by": by, "created_at": runtime.clock()}
    try:
        return Override.model_validate(told | times | made)
    except ValidationError as error:
        found = unfit(error)
        raise Problem(422, "bad-override", found.detail, **found.members) from error


def id_of(request: Request) -> str:
    """The same for the same key of the same person on the same rotation."""
    key = key_of(request)
    if key is None:
        return secrets.token_hex(8)
    told = f"{asking(request).handle} {request.path_params['name']} {key}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def instant(told: datetime, zone: str, field: str) -> datetime:
    """What a time means that may be local; raises a 422 with the candidates."""
    if told.tzinfo is not None:
        return told
    try:
        found = candidates(told, zone)
    except OverflowError as error:
        raise Problem(422, "bad-override", f"{field} lies beyond all calendars.") from error
    if found.occurs == "once":
        return found.moments[0]
    moments = [rfc3339(moment) for moment in found.moments]
    errors = [{"loc": [field], "msg": found.words}]
    raise Problem(
        422, "ambiguous-time", f"{found.words}.", errors=errors, candidates=moments, field=field
    )


def zone_of(schedule: Schedule, person: str) -> str:
    """The zone by whose clocks this person is on duty, else that of the first layer."""
    for layer in schedule.layers:
        if person in layer.people():
            return zone_within(layer, person)
    first = schedule.layers[0]
    return first.stations[0].timezone if first.stations else first.timezone


def zone_within(layer: Layer, person: str) -> str:
    zones = (one.timezone for one in layer.stations if person in one.members)
    return next(zones, layer.timezone)


async def cancel(request: Request) -> Response:
    """Take an exception back: who made it, whom it concerns, or an admin."""
    runtime, who = runtime_of(request), asking(request)
    found = await named(request)
    name, wanted = found.schedule.name, request.path_params["override"]
    standing = with_id(found, wanted)
    if standing is None:
        raise Problem(404, "no-such-override", gone(found, wanted))
    if not concerns(standing, who):
        raise Forbidden(f"Only {standing.created_by}, whom it concerns, or an admin can do this.")
    try:
        await runtime.rotations.cancel_override(name, wanted, who.handle, runtime.clock())
    except (NoSuchRotation, NoSuchOverride) as error:
        raise Problem(404, "no-such-override", "It is gone already.") from error
    await runtime.orders.refresh()
    return Response(status_code=204)


def gone(found: Rotation, wanted: str) -> str:
    """Why there is no such override: it was cancelled, as far as that is remembered."""
    for one in reversed(found.cancelled):
        if one.override.id == wanted:
            return f"It was cancelled by {one.by} at {date_and_clock(one.at)}."
    return "This rotation has no such override."


def concerns(standing: Override, who: Visitor) -> bool:
    people = {standing.created_by, standing.person, standing.with_person}
    return who.authority == "admin" or who.handle in people


def with_id(found: Rotation, wanted: str) -> Override | None:
    return next((one for one in found.schedule.overrides if one.id == wanted), None)
