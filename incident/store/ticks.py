"""The log of an incident as ticks: of each event only what the tape needs.

The database sends them as columns, without the texts, so that thousands take next to no time
to read. What a tick looks like is not known here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from incident.core.tape import TURNING, Tick
from incident.store.connection import Database
from incident.store.errors import reading

Columns = Mapping[str, Any]
"""A field of many events in each member."""

CHUNK = 10_000
"""Events that come in one document; 16 MB would hold ten times as many."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOBODY = {"$eq": [{"$ifNull": ["$event.people", []]}, []]}
FLAT = {"$concatArrays": ["$$value", "$$this"]}
EVENTS = {"$reduce": {"input": "$commands.events", "initialValue": [], "in": FLAT}}
NUMBER = {"$add": ["$first", "$index"]}
COLUMNS: dict[str, Any] = {
    "seq": "$seq",
    "number": NUMBER,
    "at": {"$toLong": "$event.at"},
    "kind": "$event.kind",
    "by": "$event.by",
    "type": {"$ifNull": ["$event.type", None]},
    "nobody": NOBODY,
    "status": {"$ifNull": ["$event.status", None]},
    "phase": {"$ifNull": ["$event.phase", None]},
    "severity": {"$ifNull": ["$event.severity", None]},
}
"""The fields of a tick, in their order; nothing is absent, so that all columns are as long."""
STAGES: list[dict[str, Any]] = [
    {"$sort": {"seq": 1}},
    {"$project": {"seq": 1, "first": 1, "event": EVENTS}},
    {"$unwind": {"path": "$event", "includeArrayIndex": "index"}},
    {
        "$group": {
            "_id": {"$floor": {"$divide": [NUMBER, CHUNK]}},
            **{name: {"$push": column} for name, column in COLUMNS.items()},
        }
    },
    {"$sort": {"_id": 1}},
]


class Ticks:
    """Reads them. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._commits = database.db["commits"]

    async def told(self, incident: str, after: int, until: int) -> list[Columns]:
        """The events of commits after `after`, and of those before in which something turned.

        In their order, up to the commit with the `seq` `until`; `ticks` reads them.
        """
        where: dict[str, Any] = {"incident": incident, "seq": {"$lte": until}}
        if after:
            turning = {"commands.events.kind": {"$in": sorted(TURNING)}}
            where["$or"] = [{"seq": {"$gt": after}}, turning]
        found = self._commits.aggregate([{"$match": where}, *STAGES], hint="log")
        with reading():
            return list(await found.to_list(None))


def ticks(chunks: Iterable[Columns]) -> Iterator[Tick]:
    """The events in documents of columns."""
    for chunk in chunks:
        for row in zip(*(chunk[name] for name in COLUMNS), strict=True):
            seq, number, at, *rest = row
            yield Tick(seq, number, EPOCH + timedelta(milliseconds=at), *rest)
