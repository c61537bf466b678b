"""Rotations over the API: read, define, remove, look ahead, and make exceptions.

What a rotation means is for the core to say.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from incident import oncall_shapes as shapes
from incident.core.oncall.coverage import FORECAST
from incident.core.oncall.resolve import expand
from incident.core.oncall.schedule import Schedule
from incident.policy_loading import definition
from incident.store.rotations import NoSuchRotation, Rotation, RotationMoved
from incident.web.api_oncall import near
from incident.web.api_query import ShiftsQuery
from incident.web.conditions import expected_revision, moved
from incident.web.exchange import as_json, asking, etag, parsed, runtime_of, unchanged
from incident.web.heavy import worked_out
from incident.web.problems import Problem, invalid, unfit
from incident.web.rotation_bodies import RotationBody

AHEAD = timedelta(days=28)
"""How far shifts are listed when nobody says."""
LONGEST = timedelta(days=FORECAST)


async def rotations(request: Request) -> Response:
    every = await runtime_of(request).rotations.every()
    return as_json([shapes.rotation(one) for one in every])


async def rotation(request: Request) -> Response:
    found = await named(request)
    tag = {"ETag": etag(found.revision)}
    if unchanged(request, tag["ETag"]):
        return Response(status_code=304, headers=tag)
    return as_json(shapes.rotation(found), headers=tag)


async def define(request: Request) -> Response:
    """Make a rotation, or change its definition; its overrides stay."""
    runtime = runtime_of(request)
    name = request.path_params["name"]
    body = await parsed(request, RotationBody)
    schedule = meant(body.definition(name))
    await refuse_strangers(request, body)
    before = await runtime.rotations.find(name)
    expect = expected_revision(request, before.revision if before else 0)
    try:
        made = await runtime.rotations.put(
            schedule, asking(request).handle, runtime.clock(), expect
        )
    except RotationMoved as error:
        made = await sent_again(request, schedule, error)
    await runtime.orders.refresh()
    status = 200 if before else 201
    headers = {"ETag": etag(made.revision), "Location": f"/api/rotations/{name}"}
    return as_json(shapes.rotation(made), status, headers)


async def sent_again(request: Request, schedule: Schedule, refused: RotationMoved) -> Rotation:
    """What is there, when it is what was sent: then it was taken before. Else raises a 412."""
    found = await runtime_of(request).rotations.find(schedule.name)
    if found is None or definition(found.schedule) != definition(schedule):
        raise moved(schedule.name, refused.newest) from refused
    return found


async def remove(request: Request) -> Response:
    runtime = runtime_of(request)
    found = await named(request)
    name, by = found.schedule.name, asking(request).handle
    expect = expected_revision(request, found.revision)
    try:
        await runtime.rotations.remove(name, by, runtime.clock(), expect)
    except RotationMoved as error:
        raise moved(name, error.newest) from error
    except NoSuchRotation as error:
        raise nowhere(name) from error
    await runtime.orders.refresh()
    return Response(status_code=204)


async def shifts(request: Request) -> Response:
    """Who is on duty when, in order of time."""
    runtime = runtime_of(request)
    query = ShiftsQuery.of(request.query_params)
    found = await named(request)
    now = runtime.clock()
    start = near(query.from_, now, "from")
    end = near(query.to, now, "to") if query.to else start + AHEAD
    if not timedelta(0) < end - start <= LONGEST:
        raise Problem(422, "bad-window", f"Ask for a time of at most {FORECAST} days.")
    known = runtime.orders.current().roster.people
    duties = await worked_out(request, partial(expand, found.schedule, start, end, known))
    return as_json([shapes.duty(one) for one in duties])


async def named(request: Request) -> Rotation:
    """The rotation in the address; raises a 404."""
    name: str = request.path_params["name"]
    found = await runtime_of(request).rotations.find(name[:100])
    if found is None:
        raise nowhere(name)
    return found


def nowhere(name: str) -> Problem:
    return Problem(404, "no-such-rotation", f"There is no rotation {name[:100]}.")


def meant(told: dict[str, Any]) -> Schedule:
    """The schedule that well-formed fields make; raises a 422 that says what makes no sense."""
    try:
        return Schedule.model_validate(told)
    except ValidationError as error:
        found = unfit(error)
        raise Problem(422, "bad-rotation", found.detail, **found.members) from error


async def refuse_strangers(request: Request, body: RotationBody) -> None:
    """Raises a 422 for the first member who is nobody."""
    everyone = {one.handle for one in await runtime_of(request).directory.everyone()}
    for where, who in body.handles().items():
        if who not in everyone:
            raise invalid(*where, msg=f"there is no person {who}", code="no-such-person")
