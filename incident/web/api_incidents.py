"""Incidents over the API: declare, list, read and correct.

Parse, submit, answer: no rule stands here.
"""

import base64
import binascii
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident.answers import Answer
from incident.core.commands import Declare
from incident.store.lists import Filters, number
from incident.web.api_metrics import metrics_of
from incident.web.api_query import ListQuery
from incident.web.bodies import ChangeIncidentBody, DeclareBody, StatusBody
from incident.web.exchange import (
    answered,
    as_json,
    asking,
    authorised,
    etag,
    key_of,
    next_link,
    parsed,
    runtime_of,
    submitted,
    unchanged,
)
from incident.web.people import refuse_unknown_people
from incident.web.problems import invalid
from incident.web.reading import found, whole_incident


async def declare(request: Request) -> Response:
    runtime = runtime_of(request)
    body = await parsed(request, DeclareBody)
    await refuse_unknown_people(runtime, body)
    command = authorised(request, body.command(asking(request).handle))
    assert isinstance(command, Declare)
    with metrics_of(request.app).commands.time():
        answer = await runtime.desk.declare(command, key=key_of(request))
    location = {"Location": f"/api/incidents/{answer.commit.incident}"}
    return await with_incident(request, answer, 201, location)


async def incidents(request: Request) -> Response:
    query = ListQuery.of(request.query_params)
    rows = await runtime_of(request).lists.find(filters(query), query.limit + 1)
    page = rows[: query.limit]
    more = len(rows) > query.limit
    return as_json(page, headers=next_link(request, cursor=cursor(page[-1])) if more else None)


def filters(query: ListQuery) -> Filters:
    return Filters(
        status=query.status,
        severity=query.severity,
        service=query.service,
        region=query.region,
        role=query.role,
        q=query.q,
        declared_from=query.from_,
        declared_to=query.to,
        drill=query.drill,
        before=place(query.cursor) if query.cursor else None,
    )


def cursor(row: dict[str, Any]) -> str:
    """Where the page after `row` begins, in a form that nobody computes with."""
    return base64.urlsafe_b64encode(f"before {number(row['id'])}".encode()).decode().rstrip("=")


def place(text: str) -> int:
    """The number that `cursor` holds."""
    try:
        told = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return int(told.decode("ascii").removeprefix("before "))
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise invalid("cursor", msg="must come from a Link header", code="bad-cursor") from error


async def incident(request: Request) -> Response:
    newest = await found(runtime_of(request), request.path_params["incident"])
    tag = etag(newest.seq)
    if unchanged(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    whole = await whole_incident(runtime_of(request), newest)
    return as_json(whole, headers={"ETag": tag})


async def correct(request: Request) -> Response:
    body = await parsed(request, ChangeIncidentBody)
    return await with_incident(request, await submitted(request, body.command(by(request))))


async def set_status(request: Request) -> Response:
    body = await parsed(request, StatusBody)
    await refuse_unknown_people(runtime_of(request), body)
    return await with_incident(request, await submitted(request, body.command(by(request))))


async def with_incident(
    request: Request, answer: Answer, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The incident as the command left it."""
    whole = await whole_incident(runtime_of(request), answer.commit)
    tag = {"ETag": etag(answer.commit.seq)}
    return answered(answer, whole, status, {**(headers or {}), **tag})


def by(request: Request) -> str:
    return asking(request).handle
