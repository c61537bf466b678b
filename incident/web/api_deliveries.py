"""What was sent to people, over the API, for admins: what became of it, and what went wrong."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident.command_shapes import time
from incident.store.deliveries import Fate
from incident.web.api_query import DeliveriesQuery
from incident.web.exchange import as_json, runtime_of


async def deliveries(request: Request) -> Response:
    query = DeliveriesQuery.of(request.query_params)
    found = await runtime_of(request).deliveries.latest(query.limit, query.incident)
    return as_json([shown(one) for one in found])


def shown(one: Fate) -> dict[str, Any]:
    return {
        "incident": one.incident,
        "seq": one.seq,
        "person": one.person,
        "channel": one.channel,
        "kind": one.kind,
        "urgent": one.urgent,
        "state": one.state,
        "at": time(one.at),
        "dueAt": time(one.due_at),
        "doneAt": time(one.done_at),
        "attempts": one.attempts,
        "failures": one.failures,
        "possiblyRepeated": one.possibly_repeated,
        "lastError": one.why,
    }
