"""The API's side of HTTP: who asks, what they sent, under which conditions, and the answer's form.

What a request means for an incident is for the endpoints; no rule stands here.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from incident import shapes
from incident.access import Visitor, refuse_foreign, visitor
from incident.answers import Answer
from incident.core.commands import Command
from incident.runtime import Runtime
from incident.web.api_metrics import metrics_of
from incident.web.problems import Problem, invalid

BODY_LIMIT = 256 * 1024
"""Bytes of a request's body."""
SAFE = frozenset({"GET", "HEAD"})
KEY = re.compile(r"[\x21-\x7e]{1,128}")
TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
TAGS = re.compile(rf"{TAG}(?:\s*,\s*{TAG})*")
OUR_TAG = re.compile(r'(?<!W/)"([1-9][0-9]{0,14})"')
NEVER = 0
"""A `seq` that no incident is at."""

Model = TypeVar("Model", bound=BaseModel)


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def recognise(request: Request) -> None:
    """Settle who is asking, for `asking`; raises a 401, or `Forbidden` for another site's page."""
    runtime = runtime_of(request)
    who = await visitor(request, runtime)
    if who is None:
        told = "Send a valid token as Authorization: Bearer, or sign in."
        raise Problem(401, "unauthenticated", told, headers={"WWW-Authenticate": "Bearer"})
    if who.way == "session" and request.method not in SAFE:
        refuse_foreign(request, runtime)
    request.state.visitor = who


def asking(request: Request) -> Visitor:
    """Who is asking; `recognise` has settled it."""
    who: Visitor = request.state.visitor
    return who


async def parsed(request: Request, model: type[Model]) -> Model:
    """The body; raises a 413, a 415 or `ValidationError`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        told = "Send the body as JSON, with Content-Type: application/json."
        raise Problem(415, "unsupported-media-type", told)
    return model.model_validate_json(await content(request))


async def parsed_if_any(request: Request, model: type[Model]) -> Model | None:
    """The body where there is one; None when it is empty."""
    if await content(request):
        return await parsed(request, model)
    return None


async def content(request: Request) -> bytes:
    """The bytes of the body, no more than are allowed."""
    if hasattr(request.state, "content"):
        return bytes(request.state.content)
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > BODY_LIMIT:
        raise too_large()
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_LIMIT:
            raise too_large()
        pieces.append(piece)
    request.state.content = b"".join(pieces)
    return bytes(request.state.content)


def too_large() -> Problem:
    return Problem(413, "too-large", f"A body has at most {BODY_LIMIT // 1024} KiB.")


def key_of(request: Request) -> str | None:
    """The Idempotency-Key."""
    key = request.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise invalid("Idempotency-Key", msg="must be 1 to 128 visible ASCII characters")
    return key


async def expected_seq(request: Request) -> int | None:
    """The `seq` that If-Match asks for (RFC 9110, 13.1.1); None when any will do."""
    condition = request.headers.get("if-match", "*").strip()
    if condition == "*":
        return None
    if not TAGS.fullmatch(condition):
        raise Problem(400, "bad-if-match", 'If-Match is the ETag of the incident, such as "42".')
    seqs = {int(found) for found in OUR_TAG.findall(condition)}
    if len(seqs) == 1:
        return seqs.pop()
    newest = await runtime_of(request).desk.latest(request.path_params["incident"])
    return newest.seq if newest and newest.seq in seqs else NEVER


async def submitted(request: Request, command: Command) -> Answer:
    """Hand `command` to the desk under the conditions of the request."""
    with metrics_of(request.app).commands.time():
        return await runtime_of(request).desk.submit(
            request.path_params["incident"],
            authorised(request, command),
            key=key_of(request),
            expect=await expected_seq(request),
        )


def authorised(request: Request, command: Command) -> Command:
    """`command` with what whoever asks may do."""
    return command.model_copy(update={"authority": asking(request).authority})


def as_json(
    value: Any,  # noqa: ANN401 (any JSON value)
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(shapes.encoded(value), status, headers, "application/json")


def answered(
    answer: Answer,
    value: Any,  # noqa: ANN401 (any JSON value)
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a write; one that is given again says so."""
    replayed = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    return as_json(value, status, {**(headers or {}), **replayed})


def etag(seq: int) -> str:
    return f'"{seq}"'


def unchanged(request: Request, tag: str) -> bool:
    """Whether If-None-Match already names this version."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag in {
        one.strip().removeprefix("W/") for one in known.split(",")
    }


def next_link(request: Request, **changes: str) -> dict[str, str]:
    """A Link header to the next page: the same query with `changes`."""
    url = request.url.include_query_params(**changes)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
