"""The tape over the API: phases, severities and a tick for every entry, in one small answer.

Read, shape, answer: what a tick weighs is for the core.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident.command_shapes import time
from incident.core.tape import Step, Stretch, Tape
from incident.core.tape import tape as made
from incident.store.commit import Commit
from incident.store.ticks import Ticks
from incident.web.exchange import as_json, etag, runtime_of, unchanged
from incident.web.past_query import TapeQuery
from incident.web.reading import found


async def tape(request: Request) -> Response:
    query = TapeQuery.of(request.query_params)
    runtime = runtime_of(request)
    newest = await found(runtime, request.path_params["incident"])
    tag = etag(newest.seq)
    if unchanged(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    ticks = await Ticks(runtime.database).told(newest.incident, query.after, newest.seq)
    began = newest.state.start_time
    assert began is not None
    new = [one.number for one in ticks if one.seq > query.after]
    first = new[0] if new else newest.state.entries + 1
    answer = shown(newest, made(ticks, began, query.after), first)
    return as_json(answer, headers={"ETag": tag})


def shown(newest: Commit, tape: Tape, first: int) -> dict[str, Any]:
    """`first`: the number of the first entry that has a tick."""
    return {
        "incident": newest.incident,
        "seq": newest.seq,
        "from": time(tape.start),
        "to": time(tape.end),
        "phases": [stretch(one) for one in tape.phases],
        "severities": [step(one) for one in tape.severities],
        "entries": {"from": first, "at": list(tape.ats), "weight": tape.weights},
    }


def stretch(one: Stretch) -> dict[str, Any]:
    return {"state": one.state, "from": time(one.start), "to": time(one.end)}


def step(one: Step) -> dict[str, Any]:
    return {"at": time(one.at), "severity": one.severity, "number": one.number}
