"""API tokens over the API: one's own, and everybody's for admins. A token's text is told once."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident.access import require_admin
from incident.command_shapes import time
from incident.store.credentials import Token
from incident.web.api_people import claimed
from incident.web.exchange import as_json, asking, parsed, runtime_of
from incident.web.people import refuse_unknown_people
from incident.web.people_bodies import TokenBody, fingerprint
from incident.web.problems import Problem


async def tokens(request: Request) -> Response:
    return as_json([shown(token) for token in await visible(request)])


async def issue(request: Request) -> Response:
    """A new token; its text is in this answer and nowhere else."""
    body = await parsed(request, TokenBody)
    runtime, who = runtime_of(request), asking(request)
    handle = body.handle if body.handle not in {None, "me"} else who.handle
    if handle != who.handle:
        require_admin(who)
        await refuse_unknown_people(runtime, body)
    if (await claimed(request, fingerprint(body))).seen:
        told = "A token was issued for this key, and its text is told once. Take a new key."
        raise Problem(409, "already-issued", told)
    token, text = await runtime.credentials.issue_token(
        handle, body.label, runtime.clock(), body.expires_in
    )
    location = {"Location": f"/api/tokens/{token.id}"}
    return as_json(shown(token) | {"token": text}, 201, location)


async def revoke(request: Request) -> Response:
    """What is not there and what is not yours look the same."""
    wanted = request.path_params["token"]
    if not any(token.id == wanted for token in await visible(request)):
        raise Problem(404, "no-such-token", "You have no token with that id.")
    await runtime_of(request).credentials.revoke_token(wanted)
    return Response(status_code=204)


async def visible(request: Request) -> list[Token]:
    """The tokens that whoever asks may see, the newest first."""
    who = asking(request)
    found = await runtime_of(request).credentials.tokens()
    return [token for token in found if who.authority == "admin" or token.handle == who.handle]


def shown(token: Token) -> dict[str, Any]:
    """A token as it is listed."""
    return {
        "id": token.id,
        "handle": token.handle,
        "label": token.label,
        "createdAt": time(token.created_at),
        "expiresAt": time(token.expires_at),
        "lastUsed": time(token.last_used),
    }
