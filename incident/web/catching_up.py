"""Bring one member from its cursor to where its room is: by the commits it lacks, or a snapshot.

What comes after that is the room's work.
"""

import asyncio

from incident import shapes
from incident.runtime import Runtime
from incident.store.commit import Commit
from incident.store.turns import Turns
from incident.web.forgotten import as_it_may_be_told
from incident.web.reading import whole_incident
from incident.web.rooms import Member, text_frame
from incident.web.warrooms import WarRoom

FURTHEST = 2_000
"""Commits that a client may be behind before it is given a snapshot instead."""
PAGE = 100
"""Commits that are read at a time."""
LOOK = 0.02
"""Seconds between two looks at whether a full connection takes more."""
PATIENCE = 30.0
"""Seconds that a connection may stay full while it catches up."""


async def caught_up(
    runtime: Runtime, member: Member, warroom: WarRoom, newest: Commit, after: int | None
) -> None:
    """Tell the member what it lacks, and let it join where that ends.

    Raises `StoreAway`, or `TimeoutError` when the member does not take it.
    """
    base = await at_cursor(runtime, newest, after)
    if base is None:
        whole = await whole_incident(runtime, newest)
        snapshot = {"type": "snapshot", "seq": newest.seq, "incident": whole}
        member.write(text_frame(shapes.encoded(snapshot)))
        base = newest
    while not (member.closed.is_set() or warroom.welcome(member, base.seq)):
        base = await told_more(runtime, member, base, newest)


async def at_cursor(runtime: Runtime, newest: Commit, after: int | None) -> Commit | None:
    """The commit at the cursor; None when a snapshot is better."""
    if after is None or after < 1 or not newest.seq - FURTHEST <= after <= newest.seq:
        return None
    return await runtime.journal.at_seq(newest.incident, after)


async def told_more(runtime: Runtime, member: Member, base: Commit, newest: Commit) -> Commit:
    """Tell the member a page of what comes after `base`; returns the last that it was told.

    What was redacted up to `newest` is not told, also while the log still has it.
    """
    turns = Turns()
    for stored in await runtime.journal.since(base, PAGE):
        await drained(member)
        commit = await as_it_may_be_told(runtime, stored, newest)
        member.write(text_frame(shapes.frame(base, commit)))
        base = commit
        await turns.taken()
    return base


async def drained(member: Member) -> None:
    """Return when the connection takes more; raises `TimeoutError` if it does not in time."""
    if member.paused:
        async with asyncio.timeout(PATIENCE):
            while member.paused and not member.closed.is_set():  # noqa: ASYNC110 (its hook is the room's)
                await asyncio.sleep(LOOK)
