"""One address of the API: its operations by method, and every refusal as a problem document.

Made from the table of operations, as the OpenAPI document is. What an operation does is not
known here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from incident.access import require_admin
from incident.web.api_metrics import metrics_of
from incident.web.api_query import NoQuery, Query
from incident.web.exchange import asking, recognise
from incident.web.problems import Problem, problem_of

Endpoint = Callable[[Request], Awaitable[Response]]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
NO_LIMIT = 2**62
"""Bodies are bounded by `exchange.content`, whose refusal is a problem document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a status means here. `schema`: of the body as JSON; `media_type` where it is text.

    `also`: the media type of the same as text, for who asks for it.
    """

    meaning: str
    schema: Mapping[str, Any] | None = None
    media_type: str = "application/json"
    also: str = ""
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One line of the table: what is served, to whom, and what it takes and gives."""

    method: Method
    path: str
    name: str
    endpoint: Endpoint
    tag: str
    summary: str
    description: str = ""
    access: Literal["anybody", "responder", "admin"] = "responder"
    query: type[Query] | None = None
    body: type[BaseModel] | None = None
    body_optional: bool = False
    body_also: str = ""
    """The media type of a body that is text instead."""
    takes_file: bool = False
    """Its body is the bytes of a file of any kind."""
    headers: tuple[str, ...] = ()
    """Headers of the request that it heeds."""
    replies: Mapping[int, Reply] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    """Statuses of its problem documents beyond those that go without saying."""


class Address:
    """A plain ASGI endpoint for all methods of one path."""

    def __init__(self, path: str, operations: Sequence[Operation]) -> None:
        self._path = path
        self._operations: dict[str, Operation] = {one.method: one for one in operations}
        self._allow = ", ".join(sorted({*self._operations, *(["HEAD"] if self._reads else [])}))

    @property
    def _reads(self) -> bool:
        return "GET" in self._operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        response = await self.answer(request)
        status = str(response.status_code)
        method = request.method if request.method in METHODS else "other"
        metrics_of(request.app).requests.labels(method, self._path, status).inc()
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """What the operation says, or the problem it met."""
        try:
            operation = self._chosen(request)
            if operation.access != "anybody":
                await recognise(request)
            if operation.access == "admin":
                require_admin(asking(request))
            if operation.query is None and operation.access != "anybody":
                NoQuery.of(request.query_params)
            return await operation.endpoint(request)
        except Exception as error:  # noqa: BLE001 (every fault is an answer; `problem_of` logs ours)
            return problem_of(error, request.path_params.get("incident", "")).response()

    def _chosen(self, request: Request) -> Operation:
        method = "GET" if request.method == "HEAD" else request.method
        operation = self._operations.get(method)
        if operation is None:
            told = f"This address takes {self._allow}."
            raise Problem(405, "method-not-allowed", told, headers={"Allow": self._allow})
        return operation


class Nowhere:
    """Every address under /api/ that is not in the table."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = Problem(404, "not-found", "There is nothing at this address.")
        await problem.response()(scope, receive, send)


def routes_of(table: Sequence[Operation]) -> list[Route]:
    """One route a path, in the order of the table."""
    paths = dict.fromkeys(one.path for one in table)
    return [
        Route(
            path, Address(path, [one for one in table if one.path == path]), max_body_size=NO_LIMIT
        )
        for path in paths
    ] + [Route("/api/{rest:path}", Nowhere(), max_body_size=NO_LIMIT)]
