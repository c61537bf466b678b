"""Who is on call, over the API: now or at any time, and where nobody will be.

Who it is, and why, is for the core to say.
"""

import asyncio
from datetime import datetime
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident import oncall_shapes as shapes
from incident.command_shapes import time
from incident.core.oncall.coverage import gaps, idle
from incident.core.oncall.moments import in_sight
from incident.core.oncall.resolve import resolve
from incident.core.oncall.roster import Roster
from incident.core.oncall.schedule import Schedule
from incident.core.surroundings import Surroundings
from incident.web.api_query import CoverageQuery, OnCallQuery
from incident.web.exchange import as_json, runtime_of
from incident.web.heavy import worked_out
from incident.web.problems import invalid


async def oncall(request: Request) -> Response:
    query = OnCallQuery.of(request.query_params)
    runtime = runtime_of(request)
    at = near(query.at, runtime.clock(), "at")
    return as_json(await asyncio.to_thread(watches, runtime.orders.current(), query, at))


def near(told: datetime | None, now: datetime, field: str) -> datetime:
    """The time that was told, or now; raises a 422 for one that is too far away to be meant."""
    if told is None or in_sight(told, now):
        return told or now
    raise invalid(field, msg="must be within 10 years of now")


def watches(around: Surroundings, query: OnCallQuery, at: datetime) -> dict[str, Any]:
    """By role as it would be paged, and by rotation."""
    roster = around.roster
    roles = tuple(dict.fromkeys(query.role or [*around.policy.roles, *roles_of(roster)]))
    chosen = [one for one in roster.schedules if not query.role or one.role in query.role]
    return {
        "at": time(at),
        "roles": [
            {"role": role} | shapes.watch(roster.on_call(role, query.region, at)) for role in roles
        ],
        "rotations": [
            shapes.rotation_watch(one, resolve(one, at, roster.people)) for one in chosen
        ],
    }


def roles_of(roster: Roster) -> list[str]:
    return [one.role for one in roster.schedules if one.role]


async def coverage(request: Request) -> Response:
    query = CoverageQuery.of(request.query_params)
    runtime = runtime_of(request)
    now = runtime.clock().replace(second=0, microsecond=0)
    asked = partial(forecast, runtime.orders.current(), query, now)
    return as_json(await worked_out(request, asked))


def forecast(around: Surroundings, query: CoverageQuery, now: datetime) -> dict[str, Any]:
    """The holes of each role; those of a rotation that serves none are its own."""
    people = around.roster.people
    groups = grouped(around.roster, query.role)
    return {
        "start": time(now),
        "days": query.days,
        "gaps": [
            shapes.gap(found, group)
            for group in groups
            for found in gaps(group, now, query.days, people)
        ],
        "idle": [
            {"rotation": one.name, "people": list(never)}
            for group in groups
            for one in group
            if (never := idle(one, now, query.days, people))
        ],
    }


def grouped(roster: Roster, roles: tuple[str, ...]) -> list[tuple[Schedule, ...]]:
    """The rotations that must have somebody between them."""
    wanted = tuple(dict.fromkeys(roles or roles_of(roster)))
    alone = [] if roles else [(one,) for one in roster.schedules if one.role is None]
    return [*[found for role in wanted if (found := roster.of_role(role))], *alone]
