"""Whom a declaration would page, before anybody declares.

The core is asked as if it were declared now; nothing is stored, and nobody is paged.
"""

import asyncio
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident import oncall_shapes as shapes
from incident.command_shapes import time
from incident.core import commands as do
from incident.core import events as ev
from incident.core.declaration import declare
from incident.core.escalation import why_not
from incident.core.incident import fold
from incident.core.oncall.watches import Duty
from incident.core.policy import Level
from incident.core.surroundings import Surroundings
from incident.web.api_query import PagingQuery
from incident.web.exchange import as_json, asking, runtime_of


async def paging(request: Request) -> Response:
    query = PagingQuery.of(request.query_params)
    runtime, who = runtime_of(request), asking(request)
    intent = do.Declare(
        by=who.handle,
        authority=who.authority,
        title="Whom would this page?",
        severity=query.severity,
        affected_regions=query.region,
        roles={"incident_commander": who.handle} if query.command else {},
    )
    now = runtime.clock()
    return as_json(await asyncio.to_thread(paged, intent, runtime.orders.current(), now))


def paged(intent: do.Declare, around: Surroundings, now: datetime) -> dict[str, Any]:
    """The first page of it; `reason` where it reaches nobody."""
    events = declare(intent, around, now)
    first = next((one for one in events if isinstance(one, ev.Paged)), None)
    told: dict[str, Any] = {"at": time(now), "severity": intent.severity}
    if first is None:
        return told | {"level": None, "people": [], "reason": why_not(fold(events)), "next": None}
    level = around.policy.escalation[first.level - 1]
    return told | {
        "level": first.level if first.people else None,
        "people": [person(one, level, intent, around, now) for one in first.people],
        "reason": "" if first.people else "; ".join(dict.fromkeys(s.why for s in first.skipped)),
        "next": None if first.people else time(first.climb_at),
    }


def person(
    called: ev.Called, level: Level, intent: do.Declare, around: Surroundings, now: datetime
) -> dict[str, Any]:
    duty = duty_of(called.person, level, intent, around, now)
    told = {"person": called.person, "why": called.why}
    return told | {"duty": shapes.duty(duty) if duty else None}


def duty_of(
    handle: str, level: Level, intent: do.Declare, around: Surroundings, now: datetime
) -> Duty | None:
    """The shift for which a level reaches somebody; None where it names them, or their role."""
    if handle in intent.roles.values():
        return None
    watches = [
        *(around.roster.on_call(role, intent.affected_regions, now) for role in level.page.roles),
        *(around.roster.of_rotation(name, now) for name in level.page.rotations),
    ]
    found = (duty for watch in watches for duty in watch.people)
    return next((duty for duty in found if duty.person == handle), None)
