"""The home page: what is open, the worst first, then what ended lately; narrowed as asked.

Filters that mean nothing are left out; nobody is refused a list for a typing error.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from incident.command_shapes import time
from incident.runtime import Runtime
from incident.store.lists import Filters
from incident.web.duty_today import duties_of, today
from incident.web.pages import OPEN, known, page, severities
from incident.web.unseen import visibly

ENDED = ("resolved", "closed", "cancelled")
WORDS = {"open": OPEN, "ended": ENDED} | {one: (one,) for one in (*OPEN, *ENDED)}
"""What a list can be narrowed to by its state."""
LEVELS = {str(number): number for number in range(1, 6)}
SPOKEN = ("", "noted", "update_posted")
"""Kinds of entries that are a person's own words; rows of an older version do not tell."""
NAMES_AFTER_COLON = ("paged", "commander_missing")
SYSTEM = "system"
"""Nobody: its sentences say what happened."""
AROUND_NAMES = "(),;:."
SHOWN = 200
LATELY = timedelta(days=7)
"""How long what has ended stays on the page where nothing was asked for."""
LONGEST = 100
"""Characters of a filter."""


async def incidents(request: Request) -> Response:
    """The home page: what is open, then what ended lately."""
    runtime: Runtime = request.app.state.runtime
    filters, me = asked(request.query_params), (await known(request)).person
    narrow = any(filters.values())
    now, around = runtime.clock(), runtime.orders.current()
    names = {one.handle: visibly(one.name) for one in await runtime.directory.everyone()}
    rows = await runtime.lists.find(narrowed(filters, OPEN), SHOWN)
    ended = sorted(await runtime.lists.find(narrowed(filters, ENDED), SHOWN), key=end, reverse=True)
    last = ended[:1] or await runtime.lists.find(Filters(status=ENDED), 1)
    return await page(
        request,
        "incidents/list.html",
        nav="incidents",
        open=[complete(row, names) for row in sorted(rows, key=urgency)],
        ended=[complete(row, names) for row in (ended if narrow else lately(ended, now))],
        filters=filters,
        narrow=narrow,
        only_ended=only_ended(filters),
        last_ended=complete(last[0], names) if last else None,
        severities=severities(),
        duty=await asyncio.to_thread(today, around, now, me.timezone, names),
        duties=await asyncio.to_thread(duties_of, me.handle, around, now, me.timezone),
    )


def asked(query: QueryParams) -> dict[str, Any]:
    """The filters of the address, as far as they mean anything: `sev=1,2&state=open&service=`.

    The longer names, `severity` and `status`, mean the same.
    """
    levels = [LEVELS[one] for one in several(query, "sev", "severity") if one in LEVELS]
    states = [one for one in several(query, "state", "status") if one in WORDS]
    words = {name: query.get(name, "").strip()[:LONGEST] for name in ("service", "region", "q")}
    role = query.get("role", "")[:LONGEST]
    return {"severity": levels, "state": states, **words, "role": role}


def several(query: QueryParams, *names: str) -> list[str]:
    """Values may stand beside each other, or be given one by one."""
    given = [value for name in names for value in query.getlist(name)]
    return list(dict.fromkeys(one.strip() for value in given for one in value.split(",")))


def only_ended(filters: Mapping[str, Any]) -> bool:
    """Whether the states that are asked for leave out all that is open."""
    chosen = {status for word in filters["state"] for status in WORDS[word]}
    return bool(chosen) and chosen.isdisjoint(OPEN)


def narrowed(filters: Mapping[str, Any], statuses: Sequence[str]) -> Filters:
    """The filters within one part of the page; a state of the other part finds nothing."""
    chosen = {status for word in filters["state"] for status in WORDS[word]}
    within = [one for one in statuses if not chosen or one in chosen] or ["none"]
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


def end(row: Mapping[str, Any]) -> str:
    return str(row["resolutionTime"] or row["closedTime"] or row["updatedTime"])


def lately(ended: Sequence[Mapping[str, Any]], now: datetime) -> list[Mapping[str, Any]]:
    since = time(now - LATELY)
    return [row for row in ended if end(row) >= str(since)]


def complete(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Rows that were never noted in have no last entry; `told` is that entry as the row says it."""
    last = row.get("lastEntry")
    return {"lastEntry": None, **row, "told": told(last, names) if last else ("", "")}


def told(last: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    """Who, and what, with names for handles; nobody where the sentence itself says who.

    A person's own words stay as they are: in the server's sentences they follow a colon.
    """
    author, message, kind = last["author"], last["message"], last.get("kind", "")
    who = names.get(author, author)
    if kind in SPOKEN:
        return who, message if kind else message.removeprefix(f"{author} ")
    head, colon, words = message.partition(": ")
    if kind in NAMES_AFTER_COLON:
        head, colon, words = message, "", ""
    said = [word.strip(AROUND_NAMES) for word in head.split(" ")]
    named = " ".join(
        word.replace(bare, names.get(bare, bare)) if bare else word
        for word, bare in zip(head.split(" "), said, strict=True)
    )
    return "" if author == SYSTEM or author in said else who, named + colon + words
