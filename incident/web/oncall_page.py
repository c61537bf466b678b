"""The page of rotations: who is on call now, who will be, where nobody is, and the exceptions.

It reads; whatever people change there goes over the API.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident.core.oncall.schedule import Override, Schedule
from incident.core.surroundings import Surroundings
from incident.core.values import rfc3339
from incident.runtime import Runtime
from incident.web.forecasts import Forecasts
from incident.web.oncall_bands import Group, groups, zones_of
from incident.web.oncall_watches import standings, unserved
from incident.web.oncall_window import Window, asked, city, moment, steps, stretch_in_words, ticks
from incident.web.pages import known, page
from incident.web.unseen import visibly

LISTED = 60
"""Shifts of a list for narrow windows."""
KINDS = {"replace": "covers", "add": "is added", "remove": "is taken off"}


async def oncall(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    forecasts: Forecasts = request.app.state.forecasts
    around, now, me = runtime.orders.current(), runtime.clock(), (await known(request)).person
    people = await runtime.directory.everyone()
    names = {one.handle: visibly(one.name) for one in people}
    window = asked(request.query_params, now, me.timezone)
    shown = await asyncio.to_thread(drawn, around, window, names)
    return await page(
        request,
        "oncall/page.html",
        nav="oncall",
        window=window,
        steps=steps(window),
        ticks=ticks(window),
        now_x=window.x(now) if window.holds(now) else "",
        local=city(me.timezone) if me.timezone != "UTC" else "",
        forecast=await forecasts.of(around, now),
        overrides=exceptions(around.roster.schedules, now, me.timezone),
        choices={one.handle: names[one.handle] for one in people if not one.disabled},
        boot=boot(around, now) | {"me": me.handle, "admin": me.role == "admin"},
        **shown,
    )


def drawn(around: Surroundings, window: Window, names: Mapping[str, str]) -> dict[str, Any]:
    """What takes a while: everything that asks who is on duty when."""
    found = groups(around, window, names)
    return {
        "standings": standings(around, window.now, window.zone, names),
        "unserved": unserved(around),
        "groups": found,
        "leaps": leaps(found),
        "agendas": [agenda(one, window) for one in found],
    }


def leaps(found: list[Group]) -> list[str]:
    """What a change of the clocks does to the shifts on the page, in words."""
    bands = (band for group in found for row in group.rows for band in row.bands)
    return [band.words for band in bands if band.shift.note]


def agenda(group: Group, window: Window) -> list[dict[str, Any]]:
    """The same as a list, for narrow windows: what is not over, in order of time."""
    shifts: list[dict[str, Any]] = [
        {"band": band, "row": row, "at": rfc3339(band.shift.since)}
        for row in group.rows
        for band in row.bands
        if band.state != "over" or not window.holds(window.now)
    ]
    holes: list[dict[str, Any]] = [
        {"hole": hole, "at": hole.since} for hole in group.holes if not hole.over
    ]
    return sorted(shifts + holes, key=lambda one: str(one["at"]))[:LISTED]


def exceptions(
    schedules: tuple[Schedule, ...], now: datetime, zone: str
) -> list[dict[str, Any]]:  # fmt: skip
    """The overrides that are not over, the first to begin first."""
    standing = [(one, o) for one in schedules for o in one.overrides if o.end > now]
    return [exception(one, o, now, zone) for one, o in sorted(standing, key=lambda f: f[1].start)]


def exception(schedule: Schedule, override: Override, now: datetime, zone: str) -> dict[str, Any]:
    """`who` and `whom` in the order in which it is said."""
    replaces = override.kind == "replace"
    return {
        "id": override.id,
        "rotation": schedule.name,
        "who": override.with_person if replaces else override.person,
        "does": KINDS[override.kind],
        "whom": override.person if replaces else None,
        "when": stretch_in_words(override.start, override.end, now),
        "local": f"until {moment(override.end, now, zone)}",
        "reason": override.reason,
        "by": override.created_by,
        "concerns": [override.created_by, override.person, override.with_person],
        "running": override.start <= now,
    }


def boot(around: Surroundings, now: datetime) -> dict[str, Any]:
    """What the scripts of the page need to know."""
    return {
        "now": rfc3339(now),
        "rotations": {
            one.name: {
                "zone": next(iter(zones_of(one).values())),
                "people": sorted(one.people()),
                "overrides": {o.id: [o.created_by, o.person, o.with_person] for o in one.overrides},
            }
            for one in around.roster.schedules
        },
    }
