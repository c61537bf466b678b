"""Every refusal as an RFC 9457 problem document, with a stable code and never a stack trace.

Which refusal is which problem stands here once, for HTTP and for sockets.
"""

import json
import logging
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from incident.access import Forbidden
from incident.answers import KeyReused, Moved
from incident.command_shapes import time
from incident.core.action_events import Hold
from incident.core.rejected import Rejected
from incident.store.errors import OutcomeUnknown, StoreAway

MEDIA_TYPE = "application/problem+json"

REJECTED_STATUS: dict[str, int] = {
    "no-such-incident": 404,
    "no-such-action": 404,
    "no-such-entry": 404,
    "no-such-hypothesis": 404,
    "no-such-role": 404,
    "not-admin": 403,
    "not-approver": 403,
    "own-approval": 403,
    "not-your-role": 403,
    "override-not-commander": 403,
    "no-such-person": 422,
    "bad-time": 422,
    "bad-times": 422,
    "bad-evidence": 422,
    "reason-required": 422,
    "bad-history": 422,
}
"""The HTTP status of each code of the core; those that are not here are 409."""

ERRORS_LIMIT = 20
"""Wrong fields that one problem names."""
NAME_LIMIT = 100
"""Characters of a field's name that are told back."""

logger = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal as clients see it; `members` are added to the document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,  # noqa: ANN401 (any JSON)
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = dict(headers or {})
        self.members = members

    def document(self) -> dict[str, Any]:
        """The problem as JSON (RFC 9457 section 3)."""
        return {
            "type": f"urn:incident:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }

    def response(self) -> Response:
        body = json.dumps(self.document(), ensure_ascii=False).encode()
        return Response(body, self.status, self.headers, MEDIA_TYPE)


def problem_of(error: Exception, incident: str = "") -> Problem:  # noqa: PLR0911 (one case a kind of refusal)
    """The problem that `error` is; `incident` is where a conflict in the same incident lies."""
    match error:
        case Problem():
            return error
        case Rejected():
            status = REJECTED_STATUS.get(error.code, 409)
            return Problem(status, error.code, error.message, **details(error, incident))
        case KeyReused():
            told = "This Idempotency-Key was used for something else. Take a new one."
            return Problem(422, "idempotency-key-reused", told)
        case Moved():
            told = f"The incident is at {error.seq} by now. Read it again."
            return Problem(412, "if-match-failed", told, seq=error.seq)
        case OutcomeUnknown():
            told = "The database went away in the middle of this. Send it again with the same "
            told += "Idempotency-Key to find out whether it was done."
            return Problem(503, "outcome-unknown", told, headers={"Retry-After": "1"})
        case StoreAway():
            told = "The database is out of reach. Nothing was changed; try again."
            return Problem(503, "store-away", told, headers={"Retry-After": "2"})
        case Forbidden():
            return Problem(403, "forbidden", str(error))
        case ValidationError():
            return unfit(error)
        case HTTPException():
            code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
            return Problem(error.status_code, code, error.detail, headers=error.headers)
        case _:
            return unforeseen(error)


def details(error: Rejected, incident: str) -> dict[str, Any]:
    """The facts of a refusal as JSON; holds are told with the incident they belong to.

    `runAfter` is the answer that is offered to them: to start when the first of them ends.
    """
    facts = dict(error.facts)
    if "conflicts" in facts:
        facts["runAfter"] = ending(facts["conflicts"][0], incident)
        facts["conflicts"] = [
            {
                "incident": hold.incident or incident,
                "action": hold.action,
                "holder": hold.holder,
                "since": time(hold.since),
                "target": hold.target,
                "region": hold.region,
            }
            for hold in facts["conflicts"]
        ]
    return facts


def ending(hold: Hold, incident: str) -> str:
    """How the action of a hold is named in `incident`: its own without their incident."""
    return hold.action if hold.incident in {"", incident} else f"{hold.incident}/{hold.action}"


def unfit(error: ValidationError) -> Problem:
    """What is wrong with a body: unreadable as a whole, or wrong in some fields."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    if any(one["type"] in {"json_invalid", "string_unicode"} for one in found):
        return Problem(400, "unreadable", "The body is not JSON in UTF-8 that we can read.")
    errors = [
        {"loc": short(one["loc"]), "msg": one["msg"].removeprefix("Value error, ")}
        for one in found[:ERRORS_LIMIT]
    ]
    where = ".".join(str(part) for part in errors[0]["loc"]) or "The request"
    return Problem(422, "invalid", f"{where}: {errors[0]['msg']}.", errors=errors)


def short(loc: tuple[str | int, ...]) -> list[str | int]:
    """Where a field is; names that a client made up are not told back at any length."""
    return [part[:NAME_LIMIT] if isinstance(part, str) else part for part in loc]


def invalid(*loc: str | int, msg: str, code: str = "invalid") -> Problem:
    """A field that is well formed and still wrong."""
    where = ".".join(str(part) for part in loc)
    return Problem(422, code, f"{where}: {msg}.", errors=[{"loc": list(loc), "msg": msg}])


def unforeseen(error: Exception) -> Problem:
    """A fault of ours: the log has the details, under an id that the client is told."""
    fault = uuid.uuid4().hex[:12]
    logger.error("unforeseen fault", extra={"fault": fault}, exc_info=error)
    told = f"Something went wrong here. Give the number {fault} to whoever runs this server."
    return Problem(500, "unforeseen", told, fault=fault)


async def answer_with_problem(request: Request, error: Exception) -> Response:
    """Starlette's exception handler for everything under /api."""
    return problem_of(error, request.path_params.get("incident", "")).response()
