"""Roles over the API: take, give up, offer, answer an offer, and read the brief.

Parse, submit, answer: no rule stands here.
"""

import re

from starlette.requests import Request
from starlette.responses import Response

from incident.core.commands import AcceptRole, ReleaseRole, WithdrawOffer
from incident.core.roles import known_role
from incident.core.values import RoleName
from incident.web.api_incidents import by, with_incident
from incident.web.bodies import AssignBody, NothingBody
from incident.web.briefing import briefed
from incident.web.command_bodies import HandoffBody, ReasonBody
from incident.web.exchange import as_json, parsed, parsed_if_any, runtime_of, submitted
from incident.web.people import refuse_unknown_people
from incident.web.problems import Problem
from incident.web.reading import found

ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")


async def assign(request: Request) -> Response:
    role = role_of(request)
    body = await parsed(request, AssignBody)
    await refuse_unknown_people(runtime_of(request), body)
    command = body.assignment(by(request), role)
    return await with_incident(request, await submitted(request, command))


async def release(request: Request) -> Response:
    command = ReleaseRole(by=by(request), role=role_of(request))
    return await with_incident(request, await submitted(request, command))


async def offer(request: Request) -> Response:
    role = role_of(request)
    body = await parsed(request, HandoffBody)
    await refuse_unknown_people(runtime_of(request), body)
    command = body.offer(by(request), role)
    return await with_incident(request, await submitted(request, command))


async def withdraw(request: Request) -> Response:
    command = WithdrawOffer(by=by(request), role=role_of(request))
    return await with_incident(request, await submitted(request, command))


async def accept(request: Request) -> Response:
    await parsed_if_any(request, NothingBody)
    command = AcceptRole(by=by(request), role=role_of(request))
    return await with_incident(request, await submitted(request, command))


async def decline(request: Request) -> Response:
    body = await parsed_if_any(request, ReasonBody) or ReasonBody()
    command = body.refusal(by(request), role_of(request))
    return await with_incident(request, await submitted(request, command))


async def brief(request: Request) -> Response:
    runtime = runtime_of(request)
    newest = await found(runtime, request.path_params["incident"])
    role = role_of(request)
    known_role(newest.state, role)
    return as_json(await briefed(runtime, newest, role))


def role_of(request: Request) -> RoleName:
    """The role in the address, if it can be one; raises a 404."""
    named: str = request.path_params["role"]
    if not ROLE.fullmatch(named):
        raise Problem(404, "no-such-role", "A role has a name such as incident_commander.")
    return named
