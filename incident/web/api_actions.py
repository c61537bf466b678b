"""Fixes over the API: propose, look, and change. No rule stands here."""

from starlette.requests import Request
from starlette.responses import Response

from incident import shapes
from incident.answers import Answer
from incident.core import events as ev
from incident.core.rejected import Rejected
from incident.store.commit import Commit
from incident.web.action_bodies import ActionBody, ChangeActionBody, is_action_id
from incident.web.exchange import answered, as_json, asking, parsed, runtime_of, submitted
from incident.web.people import refuse_unknown_people
from incident.web.reading import found


async def propose(request: Request) -> Response:
    body = await parsed(request, ActionBody)
    await refuse_unknown_people(runtime_of(request), body)
    answer = await submitted(request, body.command(asking(request).handle))
    proposed = answer.events[0]
    assert isinstance(proposed, ev.ActionProposed)
    incident = answer.commit.incident
    location = {"Location": f"/api/incidents/{incident}/actions/{proposed.action}"}
    return with_action(answer, proposed.action, 201, location)


async def action(request: Request) -> Response:
    newest = await found(runtime_of(request), request.path_params["incident"])
    return as_json(shown(newest, named(request)))


async def change(request: Request) -> Response:
    name = named(request)
    body = await parsed(request, ChangeActionBody)
    await refuse_unknown_people(runtime_of(request), body)
    answer = await submitted(request, body.change(asking(request).handle, name))
    return with_action(answer, name)


def named(request: Request) -> str:
    """The action in the address; raises `Rejected`."""
    name: str = request.path_params["action"]
    if not is_action_id(name):
        raise Rejected("no-such-action", f"There is no action {name[:20]}.")
    return name


def shown(commit: Commit, name: str) -> dict[str, object]:
    found_action = commit.state.action(name)
    if found_action is None:
        raise Rejected("no-such-action", f"This incident has no action {name}.")
    return shapes.action(found_action)


def with_action(
    answer: Answer, name: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The action as the command left it."""
    return answered(answer, shown(answer.commit, name), status, headers)
