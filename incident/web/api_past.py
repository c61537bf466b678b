"""Incidents over the API as they were, and what changed from one commit to the next.

Parse, read, answer: what a moment of the past holds is for the core.
"""

from starlette.requests import Request
from starlette.responses import Response

from incident import shapes
from incident.store.commit import Commit
from incident.store.turns import Turns
from incident.web.api_query import ReplayQuery
from incident.web.exchange import as_json, next_link, runtime_of
from incident.web.forgotten import as_it_may_be_told, forgetful
from incident.web.heavy import in_turn
from incident.web.past import Frame, Teller, after_commit, at_moment
from incident.web.past_query import ChangesQuery
from incident.web.problems import Problem
from incident.web.reading import found

PAGE = 100
"""Entries of commits that are read at a time, more or less."""
FULL = 4 * 1024 * 1024
"""Bytes after which an answer ends, however few frames it has: a storm's are large."""


async def replay(request: Request) -> Response:
    query = ReplayQuery.of(request.query_params)
    if (query.at is None) == (query.seq is None):
        raise Problem(422, "at-or-seq", "Give either at or seq.")
    runtime = runtime_of(request)
    newest = await found(runtime, request.path_params["incident"])
    if query.seq is not None:
        past = await after_commit(runtime, newest, query.seq)
    else:
        assert query.at is not None
        past = await at_moment(runtime, newest, query.at)
    if past is None:
        raise Problem(404, "no-such-moment", f"{newest.incident} had no state there.")
    return as_json(past)


async def changes(request: Request) -> Response:
    query = ChangesQuery.of(request.query_params)
    newest = await found(runtime_of(request), request.path_params["incident"])
    async with in_turn(request):
        told, last = await told_after(request, newest, query)
    link = next_link(request, **place_after(last)) if last else None
    return Response(b"[%b]" % b",".join(told), 200, link, "application/json")


async def told_after(
    request: Request, newest: Commit, query: ChangesQuery
) -> tuple[list[bytes], Frame | None]:
    """The frames of one page as JSON, and the last of them where there are more."""
    runtime, incident = runtime_of(request), newest.incident
    base = await runtime.journal.at_seq(incident, query.after) if query.after else None
    teller = Teller(await as_it_may_be_told(runtime, base, newest) if base else None)
    told: list[bytes] = []
    last: Frame | None = None
    after, step, turns, size = query.after, query.step, Turns(), 0
    at_once = -(-PAGE * newest.seq // newest.state.entries)
    while page := await runtime.journal.forwards(incident, after, at_once):
        for commit in page:
            for one in teller.frames(forgetful(commit, newest.state.redacted), step):
                if len(told) == query.limit or size >= FULL:
                    return told, last
                told.append(shapes.encoded(one))
                size += len(told[-1])
                last = one
                await turns.taken()
            after, step = commit.seq, 0
    return told, None


def place_after(frame: Frame) -> dict[str, str]:
    """Where the page after `frame` begins."""
    if "step" in frame:
        return {"after": str(frame["seq"] - 1), "step": str(frame["step"])}
    return {"after": str(frame["seq"]), "step": "0"}
