"""The home page: what is open, the worst first, then what ended lately; narrowed as asked.

Filters that mean nothing are left out; nobody is refused a list for a typing error.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident.runtime import Runtime
from incident.store.lists import Filters
from incident.web.pages import OPEN, page, severities

ENDED = ("resolved", "closed", "cancelled")
SHOWN_OPEN = 200
SHOWN_ENDED = 20


async def incidents(request: Request) -> Response:
    """The home page: what is open, then what ended lately."""
    filters = asked(request)
    runtime: Runtime = request.app.state.runtime
    rows = await runtime.lists.find(narrowed(filters, OPEN), SHOWN_OPEN)
    ended = await runtime.lists.find(narrowed(filters, ENDED), SHOWN_ENDED)
    last = ended[:1] or await runtime.lists.find(Filters(status=ENDED), 1)
    return await page(
        request,
        "incidents/list.html",
        nav="incidents",
        open=[complete(row) for row in sorted(rows, key=urgency)],
        ended=[complete(row) for row in ended],
        filters=filters,
        last_ended=complete(last[0]) if last else None,
        severities=severities(),
    )


def asked(request: Request) -> dict[str, Any]:
    """The filters of the address, as far as they mean anything."""
    query = request.query_params
    levels = [int(one) for one in query.getlist("severity") if one in {"1", "2", "3", "4", "5"}]
    words = {name: query.get(name, "")[:100] for name in ("service", "region", "role", "q")}
    status = query.get("status", "")
    return {"status": status if status in OPEN + ENDED else "", "severity": levels, **words}


def narrowed(filters: Mapping[str, Any], statuses: tuple[str, ...]) -> Filters:
    """The filters within one part of the page; a status of the other part finds nothing."""
    status = filters["status"]
    within = [one for one in statuses if not status or one == status] or ["none"]
    one = {name: [filters[name]] if filters[name] else [] for name in ("service", "region", "role")}
    return Filters(
        status=within,
        severity=filters["severity"],
        service=one["service"],
        region=one["region"],
        role=one["role"],
        q=filters["q"],
    )


def urgency(row: Mapping[str, Any]) -> tuple[int, str, str]:
    """The worst first, then whose next promise is due first."""
    return row["severity"], row["nextDueAt"] or "9", row["declaredTime"]


def complete(row: Mapping[str, Any]) -> dict[str, Any]:
    """Rows that were never noted in have no last entry."""
    return {"lastEntry": None, **row}
