"""What a commit holds that somebody looks for, said to the database so that it reads no others.

It narrows only: whoever asks still looks at each entry, since later commits may have marked it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from incident.core.chronicle import TYPES
from incident.core.values import EntryType
from incident.store.connection import Database
from incident.store.errors import reading

Holding = Mapping[str, Any]
ANYTHING: Holding = {}
MARK = "commands.events.entry"
PINS: list[dict[str, Any]] = [
    {"$unwind": "$commands"},
    {"$unwind": "$commands.events"},
    {"$match": {"commands.events.kind": "entry_pinned"}},
    {"$group": {"_id": f"${MARK}"}},
]


class Pins:
    """Which entries were pinned. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._commits = database.db["commits"]

    async def ever(self, incident: str) -> list[int]:
        """The numbers of those that are pinned now, and of some that no longer are."""
        where = {"incident": incident, MARK: {"$exists": True}}
        with reading():
            found = await self._commits.aggregate([{"$match": where}, *PINS]).to_list(None)
        return sorted(one["_id"] for one in found)


def of_types(types: Iterable[EntryType]) -> Holding:
    """Commits with an entry of one of these types."""
    wanted = set(types)
    if not wanted or "info" in wanted:  # most kinds of events are `info`
        return ANYTHING
    kinds = [kind for kind, its_type in TYPES.items() if its_type in wanted]
    said = {"kind": "noted", "type": {"$in": sorted(wanted)}}
    return {"commands.events": {"$elemMatch": {"$or": [said, {"kind": {"$in": kinds}}]}}}


def of_numbers(numbers: Iterable[int], ahead: int) -> Holding:
    """Commits that may hold the entries with these numbers.

    An entry's number runs at most `ahead` before the `seq` of its commit, and never behind it.
    """
    ranges = [{"seq": {"$gte": number - ahead, "$lte": number}} for number in numbers]
    return {"$or": ranges} if ranges else {"seq": {"$lt": 0}}
