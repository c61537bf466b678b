"""One small document an incident: what lists, filters and searches need.

Derived from the log and made again from it at any time (`incident rebuild`); written after
a commit, and only where it is newer. The log alone is the truth.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from incident.core.incident import Incident
from incident.core.values import ENDED
from incident.store.batches import Batches, SeqTaken
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.errors import reading, writing

INDEXES = (
    IndexModel([("number", DESCENDING)], name="newest"),
    IndexModel([("status", ASCENDING), ("number", DESCENDING)], name="by status"),
    IndexModel([("words", ASCENDING), ("number", DESCENDING)], name="by words"),
    IndexModel(
        "row.queuedBehind",
        name="queued",
        partialFilterExpression={"row.queuedBehind": {"$gt": ""}},
    ),
)

WORD = re.compile(r"\w+")
WORDS_LIMIT = 200
"""Words that one incident can be found by."""
PAGE = 500
"""Rows read at a time: all of a large list at once would keep everybody else waiting."""
QUERY_WORDS = 8
"""Words of one search that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; empty means everything. `before` is an incident's number."""

    status: Sequence[str] = ()
    severity: Sequence[int] = ()
    service: Sequence[str] = ()
    region: Sequence[str] = ()
    role: Sequence[str] = ()
    """Handles of people who hold any role."""
    q: str = ""
    declared_from: datetime | None = None
    declared_to: datetime | None = None
    drill: bool | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """Some fixes of `incident` wait for those named in `behind`, such as `INC-3/ACT-4`."""

    incident: str
    status: str
    behind: frozenset[str]


class Lists:
    """The rows of incident lists. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._rows = database.db["incidents"]
        self._batches = Batches(self._rows)
        self.behind = True
        """Whether a row may be older than its log, as far as this process has reason to think."""

    async def prepare(self) -> None:
        with writing():
            await self._rows.create_indexes(list(INDEXES))

    async def write(self, commit: Commit, row: Mapping[str, Any]) -> None:
        """Store `row` for the incident of `commit`, unless a newer one is there.

        A row without `lastEntry` leaves the one that is there.
        """
        try:
            await self._write(commit, row)
        except BaseException:
            self.behind = True
            raise

    async def _write(self, commit: Commit, row: Mapping[str, Any]) -> None:
        fields = {f"row.{name}": value for name, value in row.items()}
        if "lastEntry" in row:  # nothing of the older one stays; one path is less work than many
            fields = {"row": dict(row)}
        change = {"$set": searchable(commit) | fields}
        older = {"_id": commit.incident, "seq": {"$lt": commit.seq}}
        try:
            await self._batches.put(older, change)
        except SeqTaken:  # a row is there: a newer one, or the first one just now
            with writing():
                result = await self._rows.update_one(older, change)
            if not result.matched_count and "lastEntry" in row:
                await self._told_meanwhile(commit.incident, row["lastEntry"])

    async def _told_meanwhile(self, incident: str, last: Mapping[str, Any]) -> None:
        """A newer commit came first that told nothing: its row still needs this last entry."""
        where = {"_id": incident, "row.lastEntry.number": {"$lt": last["number"]}}
        with writing():
            await self._rows.update_one(where, {"$set": {"row.lastEntry": last}})

    async def find(self, filters: Filters, limit: int) -> list[dict[str, Any]]:
        """Rows that match, newest incident first, with every field that rows have now."""
        found = self._rows.find(query(filters), {"row": 1}).sort("number", -1).limit(limit)
        with reading():
            return [whole(stored["row"]) async for stored in found]

    async def count(self, statuses: Sequence[str]) -> int:
        """How many incidents have one of these statuses."""
        with reading():
            return int(await self._rows.count_documents({"status": {"$in": list(statuses)}}))

    async def queued(self) -> list[Queued]:
        """Every incident in which a fix waits for another, the oldest first."""
        fields = {"status": 1, "row.queuedBehind": 1}
        some = {"row.queuedBehind": {"$gt": ""}}
        found = self._rows.find(some, fields, hint="queued")
        with reading():
            queued = [
                Queued(one["_id"], one["status"], frozenset(one["row"]["queuedBehind"]))
                async for one in found
            ]
        return sorted(queued, key=lambda one: number(one.incident))

    async def queued_behind(self, action: str) -> list[str]:
        """The incidents in which a fix waits for `action`, the oldest first."""
        found = self._rows.find({"row.queuedBehind": action}, {"_id": 1}, hint="queued")
        with reading():
            return sorted([one["_id"] async for one in found], key=number)

    async def led(self) -> list[str]:
        """The incidents that have not ended and in which somebody has a role, the oldest first."""
        where = {"status": {"$nin": list(ENDED)}, "people": {"$ne": []}}
        found = self._rows.find(where, {"_id": 1}, hint="by status")
        with reading():
            return sorted([one["_id"] async for one in found], key=number)

    async def seqs(self) -> dict[str, int]:
        """The `seq` that each row was made from."""
        with reading():
            found = self._rows.find({}, {"seq": 1}).sort("number", -1).batch_size(PAGE)
            return {stored["_id"]: stored["seq"] async for stored in found}

    async def forget(self) -> None:
        """Drop every row, to be made anew from the log."""
        with writing():
            await self._rows.delete_many({})


LATER: dict[str, Any] = {
    "askedUntil": None, "calls": [], "noCommanderSince": None,
    "description": "", "health": "ok", "approvals": [],
}  # fmt: skip
"""What rows have had only since some version or other, where nothing is known of it."""


def whole(row: dict[str, Any]) -> dict[str, Any]:
    """Rows that an older version stored lack what it did not know of yet."""
    return LATER | row


def searchable(commit: Commit) -> dict[str, Any]:
    """The fields that queries use."""
    state = commit.state
    return {
        "number": number(commit.incident),
        "seq": commit.seq,
        "status": state.status,
        "severity": state.severity,
        "services": list(state.affected_services),
        "regions": list(state.affected_regions),
        "people": sorted({role.holder for role in state.roles.values() if role.holder}),
        "drill": state.drill,
        "declared": state.declared_time,
        "words": words(commit.incident, state),
    }


def number(incident: str) -> int:
    """7 for `INC-7`."""
    return int(incident.removeprefix("INC-"))


def words(incident: str, state: Incident) -> list[str]:
    """What the incident is found by: its id, title, services, regions and description."""
    texts = (state.title, *state.affected_services, *state.affected_regions, state.description)
    found = dict.fromkeys(w for text in texts for w in WORD.findall(text.casefold()))
    return [incident.casefold(), *found][:WORDS_LIMIT]


def query(filters: Filters) -> dict[str, Any]:
    """The filters as a query; values are only ever compared, never interpreted."""
    where: dict[str, Any] = {}
    several = {
        "status": filters.status,
        "severity": filters.severity,
        "services": filters.service,
        "regions": filters.region,
        "people": filters.role,
    }
    where |= {name: {"$in": list(wanted)} for name, wanted in several.items() if wanted}
    span = {"$gte": filters.declared_from, "$lte": filters.declared_to}
    if any(span.values()):
        where["declared"] = {name: at for name, at in span.items() if at}
    if filters.drill is not None:
        where["drill"] = filters.drill
    if filters.before is not None:
        where["number"] = {"$lt": filters.before}
    sought = re.findall(r"inc-\d+|\w+", filters.q.casefold())[:QUERY_WORDS]
    if sought:
        where["$and"] = [{"words": {"$regex": f"^{re.escape(word)}"}} for word in sought]
    return where
