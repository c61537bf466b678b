"""Whether this server is alive, whether it is ready, and what it counts.

Nothing here changes anything, and nothing here waits for longer than two seconds.
"""

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from incident.runtime import Runtime
from incident.store.errors import StoreAway
from incident.web.api_metrics import metrics_of
from incident.web.exchange import as_json, runtime_of

PATIENCE = 2.0
"""Seconds in which the database has to answer."""


async def healthz(request: Request) -> Response:
    return as_json({"status": "ok"})


async def readyz(request: Request) -> Response:
    components = await components_of(runtime_of(request))
    states = set(components.values())
    status = next(one for one in ("down", "degraded", "ok") if one in states)
    ready = {"status": status, "components": components}
    return as_json(ready, 503 if status == "down" else 200)


async def components_of(runtime: Runtime) -> dict[str, str]:
    """The database by asking it; writes by whether this server's last signs of life arrived;
    the ways to people by how the last attempts went.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            await runtime.database.ping()
            alive = await runtime.servers.alive(runtime.clock())
    except (StoreAway, TimeoutError):
        return {"database": "down", "writes": "down"}
    written = "ok" if runtime.origin in alive else "degraded"
    return {"database": "ok", "writes": written, **channels_of(runtime)}


def channels_of(runtime: Runtime) -> dict[str, str]:
    """Each way to people that is configured: one that is out of order makes nothing else worse."""
    return {
        name: "ok" if state["state"] == "closed" else "degraded"
        for name, state in runtime.courier.states().items()
    }


async def metrics(request: Request) -> Response:
    return Response(metrics_of(request.app).text(), media_type=CONTENT_TYPE_LATEST)
