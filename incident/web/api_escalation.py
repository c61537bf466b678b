"""The ladder, promises and the policy of an incident over the API. No rule stands here."""

from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from incident.core.commands import ApplyPolicy, ResumeEscalation
from incident.core.values import Audience
from incident.web.api_incidents import by, with_incident
from incident.web.bodies import NothingBody
from incident.web.command_bodies import AcknowledgeBody, EscalateBody, PauseBody, SnoozeBody
from incident.web.exchange import parsed, parsed_if_any, runtime_of, submitted
from incident.web.people import refuse_unknown_people
from incident.web.problems import Problem

AUDIENCES: tuple[Audience, ...] = get_args(Audience)


async def acknowledge(request: Request) -> Response:
    body = await parsed_if_any(request, AcknowledgeBody) or AcknowledgeBody()
    return await with_incident(request, await submitted(request, body.command(by(request))))


async def escalate(request: Request) -> Response:
    body = await parsed_if_any(request, EscalateBody) or EscalateBody()
    await refuse_unknown_people(runtime_of(request), body)
    return await with_incident(request, await submitted(request, body.command(by(request))))


async def pause(request: Request) -> Response:
    body = await parsed(request, PauseBody)
    return await with_incident(request, await submitted(request, body.command(by(request))))


async def resume(request: Request) -> Response:
    command = ResumeEscalation(by=by(request))
    return await with_incident(request, await submitted(request, command))


async def snooze(request: Request) -> Response:
    audience = audience_of(request)
    body = await parsed(request, SnoozeBody)
    command = body.snooze(by(request), audience)
    return await with_incident(request, await submitted(request, command))


def audience_of(request: Request) -> Audience:
    """The audience in the address; raises a 404."""
    for audience in AUDIENCES:
        if audience == request.path_params["audience"]:
            return audience
    raise Problem(404, "no-such-audience", f"There are: {', '.join(AUDIENCES)}.")


async def apply_policy(request: Request) -> Response:
    await parsed_if_any(request, NothingBody)
    command = ApplyPolicy(by=by(request))
    return await with_incident(request, await submitted(request, command))
