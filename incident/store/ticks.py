"""The log of an incident as ticks: of each event only what the tape needs.

The texts stay in the database, so that thousands of events are read at once. What a tick
looks like is not known here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from incident.core.tape import TURNING, Tick
from incident.store.connection import Database
from incident.store.errors import reading

EVENT = ("kind", "by", "at", "type", "status", "phase", "severity", "people.person")
FIELDS = {"_id": 0, "seq": 1, "first": 1, **{f"commands.events.{name}": 1 for name in EVENT}}


class Ticks:
    """Reads them. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._commits = database.db["commits"]

    async def told(self, incident: str, after: int, until: int) -> list[Tick]:
        """The events of commits after `after`, and of those before in which something turned.

        In their order, up to the commit with the `seq` `until`.
        """
        where: dict[str, Any] = {"incident": incident, "seq": {"$lte": until}}
        if after:
            turning = {"commands.events.kind": {"$in": sorted(TURNING)}}
            where["$or"] = [{"seq": {"$gt": after}}, turning]
        found = self._commits.find(where, FIELDS, hint="log").sort("seq", 1)
        with reading():
            commits = await found.to_list(None)
        return [tick for one in commits for tick in ticks(one)]


def ticks(stored: Mapping[str, Any]) -> Iterator[Tick]:
    """The events of a stored commit, of which only `FIELDS` were read."""
    events = (event for command in stored["commands"] for event in command["events"])
    for number, event in enumerate(events, start=stored["first"]):
        yield Tick(
            seq=stored["seq"],
            number=number,
            at=event["at"],
            kind=event["kind"],
            by=event["by"],
            type=event.get("type"),
            nobody=not event.get("people"),
            status=event.get("status"),
            phase=event.get("phase"),
            severity=event.get("severity"),
        )
