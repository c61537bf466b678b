"""Incidents over the API as they were, and what changed from one commit to the next.

Parse, read, answer: what a moment of the past holds is for the core.
"""

from starlette.requests import Request
from starlette.responses import Response

from incident.store.commit import Commit
from incident.web.api_query import ReplayQuery
from incident.web.exchange import as_json, runtime_of
from incident.web.problems import Problem
from incident.web.reading import found, whole_incident


async def replay(request: Request) -> Response:
    query = ReplayQuery.of(request.query_params)
    if (query.at is None) == (query.seq is None):
        raise Problem(422, "at-or-seq", "Give either at or seq.")
    runtime = runtime_of(request)
    name = (await found(runtime, request.path_params["incident"])).incident
    commit: Commit | None
    if query.seq is not None:
        commit = await runtime.journal.at_seq(name, query.seq)
    else:
        assert query.at is not None
        commit = await runtime.journal.at_time(name, query.at)
    if commit is None:
        raise Problem(404, "no-such-moment", f"{name} had no state there.")
    return as_json(await whole_incident(runtime, commit))
