"""The log of every incident: commits that are appended once, in order, and never changed.

Order and uniqueness come from two unique indexes and nothing else. Which command leads to
which events is not decided here.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from incident.core.incident import Incident
from incident.core.redaction import scrubbed
from incident.store.batches import Batches
from incident.store.commit import (
    Commit,
    Told,
    after,
    carried,
    document,
    stored_state,
    told,
    without_trace,
)
from incident.store.connection import Database
from incident.store.errors import UNREADABLE, reading, writing
from incident.store.sought import ANYTHING, Holding
from incident.store.turns import Turns

PAGE = 500
"""Commits read at a time."""
READ_IN_A_ROW = 8

MARKED = "commands.events.entry"

INDEXES = (
    IndexModel([("incident", ASCENDING), ("seq", DESCENDING)], unique=True, name="log"),
    IndexModel([("incident", ASCENDING), ("commands.id", ASCENDING)], unique=True, name="commands"),
    IndexModel(
        "declaration",
        unique=True,
        name="declarations",
        partialFilterExpression={"declaration": {"$exists": True}},
    ),
    IndexModel("wake_at", name="alarms", partialFilterExpression={"wake_at": {"$exists": True}}),
    IndexModel(
        [("incident", ASCENDING), (MARKED, ASCENDING)],
        name="marks",
        partialFilterExpression={MARKED: {"$exists": True}},
    ),
)


class Journal:
    """Reads and appends commits. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._commits = database.db["commits"]
        self._counters = database.db["counters"]
        self._batches = Batches(self._commits)

    async def prepare(self) -> None:
        """Create the indexes; call it before anything else."""
        with writing():
            await self._commits.create_indexes(list(INDEXES))

    async def next_number(self) -> int:
        """A number for a new incident, never given out before; gaps are possible."""
        with writing():
            counter = await self._counters.find_one_and_update(
                {"_id": "incidents"},
                {"$inc": {"last": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return int(counter["last"])

    async def append(self, commit: Commit) -> None:
        """Store `commit` on a majority; raises `SeqTaken` when another was first.

        `SeqTaken` also says that the id of one of its commands is in the log already.
        Raises `OutcomeUnknown` when nobody can tell whether it was stored.
        """
        await self._batches.add(document(commit) | carried(commit))

    async def latest(self, incident: str) -> Commit | None:
        """The newest commit of an incident; None when there is no such incident."""
        with reading():
            stored = await self._commits.find_one({"incident": incident}, sort=[("seq", -1)])
        return await self._whole(stored) if stored else None

    async def latest_of(self, incidents: Collection[str]) -> list[Commit]:
        """The newest commits of these incidents, without any that `latest` cannot read."""
        newest: list[dict[str, Any]] = [
            {"$match": {"incident": {"$in": list(incidents)}}},
            {"$sort": {"incident": 1, "seq": -1}},
            {"$group": {"_id": "$incident", "newest": {"$first": "$$ROOT"}}},
        ]
        with reading():
            found = await self._commits.aggregate(newest, hint="log").to_list(None)
        read: list[Commit] = []
        for number, stored in enumerate(found):
            if number % READ_IN_A_ROW == 0:
                await asyncio.sleep(0)  # others have their turn in between
            with suppress(*UNREADABLE):
                read.append(await self._whole(stored["newest"]))
        return read

    async def at_seq(self, incident: str, seq: int) -> Commit | None:
        with reading():
            stored = await self._commits.find_one({"incident": incident, "seq": seq})
        return await self._whole(stored) if stored else None

    async def at_time(self, incident: str, moment: datetime) -> Commit | None:
        """The last commit that was made at or before `moment`."""
        async for stored in self._found(
            {"incident": incident, "at": {"$lte": moment}}, sort=-1, limit=1
        ):
            return await self._whole(stored)
        return None

    async def since(self, base: Commit, limit: int = PAGE) -> list[Commit]:
        """The commits after `base`, oldest first."""
        where = {"incident": base.incident, "seq": {"$gt": base.seq}}
        commits: list[Commit] = []
        async for stored in self._found(where, sort=1, limit=limit, without_state=True):
            base = after(base, told(stored))
            commits.append(base)
        return commits

    async def forwards(
        self, incident: str, seq: int = 0, limit: int = PAGE, where: Holding = ANYTHING
    ) -> list[Told]:
        """At most `limit` commits after `seq`, oldest first."""
        sought = {"incident": incident, "$and": [{"seq": {"$gt": seq}}, where]}
        found = self._found(sought, sort=1, limit=limit, without_state=True)
        return [told(stored) async for stored in found]

    async def backwards(
        self, incident: str, seq: int | None = None, limit: int = PAGE, where: Holding = ANYTHING
    ) -> list[Told]:
        """At most `limit` commits before `seq` (None: up to the newest), newest first."""
        before = {"seq": {"$lt": seq}} if seq is not None else {}
        sought = {"incident": incident, "$and": [before, where]}
        found = self._found(sought, sort=-1, limit=limit, without_state=True)
        return [told(stored) async for stored in found]

    async def history(self, incident: str) -> AsyncIterator[Commit]:
        """Every commit with the state that its log folds to, oldest first."""
        base: Commit | None = None
        found = self._found({"incident": incident}, sort=1, without_state=True)
        async for stored in found:
            base = after(base, told(stored))
            yield base

    async def marking(self, incident: str, numbers: Sequence[int], seq: int) -> list[Told]:
        """Commits after `seq` that amend, pin or redact one of the entries `numbers`."""
        if not numbers:
            return []
        where = {
            "incident": incident,
            MARKED: {"$in": list(numbers)},
            "seq": {"$gt": seq},
        }
        found = self._found(where, sort=1, without_state=True)
        return [told(stored) async for stored in found]

    async def telling(
        self,
        incident: str,
        kinds: Sequence[Mapping[str, str | frozenset[str]]],
        since: datetime | None = None,
        limit: int = PAGE,
        after: int = 0,
    ) -> list[Told]:
        """The newest commits, oldest first, with an event that has all fields of one of `kinds`.

        A field that is given several values has one of them.
        `since`: only those made at or after it. `after`: only those after that `seq`. The
        database looks for them in the log.
        """
        where: dict[str, Any] = {
            "incident": incident,
            "seq": {"$gt": after},
            "$or": [{"commands.events": {"$elemMatch": matching(kind)}} for kind in kinds],
        }
        if since is not None:
            where["at"] = {"$gte": since}
        found = self._found(where, sort=-1, limit=limit, without_state=True)
        return [told(stored) async for stored in found][::-1]

    async def holding(self, incident: str, commands: Iterable[str]) -> list[Commit]:
        """The commits in which commands with these ids were accepted."""
        where = {"incident": incident, "commands.id": {"$in": list(commands)}}
        return [await self._whole(stored) async for stored in self._found(where, sort=1)]

    async def declaration(self, key: str) -> Commit | None:
        """The first commit of the incident that was declared under `key`."""
        with reading():
            stored = await self._commits.find_one({"declaration": key})
        return await self._whole(stored) if stored else None

    async def newest_seqs(self) -> AsyncIterator[tuple[str, int]]:
        """Every incident with the `seq` of its newest commit."""
        newest: list[dict[str, Any]] = [
            {"$sort": {"incident": 1, "seq": -1}},
            {"$group": {"_id": "$incident", "seq": {"$first": "$seq"}}},
        ]
        with reading():
            async for found in self._commits.aggregate(newest, hint="log", batchSize=PAGE):
                yield found["_id"], found["seq"]

    async def states(self, incident: str) -> AsyncIterator[tuple[int, Incident | None]]:
        """The state as it is stored with each commit (None: not stored), oldest first."""
        async for stored in self._found({"incident": incident}, sort=1):
            yield stored["seq"], stored_state(stored)

    async def rewrite(self, incident: str) -> int:
        """Store every commit's state anew from its log, and drop redacted text for good.

        The newest first: where a text is gone from its own commit, no later state has it.
        Returns how many commits changed. Run again, it changes nothing.
        """
        history = [commit async for commit in self.history(incident)]
        clean = iter(scrubbed([event for commit in history for event in commit.events]))
        rewritten: list[Commit] = []
        for commit in history:
            commands = tuple(
                without_trace(command, tuple(next(clean) for _ in command.events))
                for command in commit.commands
            )
            line = Told(incident, commit.seq, commit.at, commit.origin, commands, commit.first)
            rewritten.append(after(rewritten[-1] if rewritten else None, line))
        return sum([await self._replace(commit) for commit in reversed(rewritten)])

    async def _replace(self, commit: Commit) -> int:
        state = carried(commit)
        change: dict[str, Any] = {"$set": {"commands": document(commit)["commands"]} | state}
        if not state:  # one that has outgrown its commit just now would keep the old text
            change["$unset"] = {"state": ""}
        where = {"incident": commit.incident, "seq": commit.seq}
        with writing():
            result = await self._commits.update_one(where, change)
        return int(result.modified_count)

    async def _whole(self, stored: Mapping[str, Any]) -> Commit:
        """A stored commit with its state: its own, or folded from the last one that has it."""
        line = told(stored)
        state = stored_state(stored)
        if state is None:
            state = (await self._before(line)).state
        return Commit(
            line.incident, line.seq, line.at, line.origin, line.commands, line.first, state
        )

    async def _before(self, line: Told) -> Commit:
        """`line` with its state, from the newest usable state at or before it."""
        base: Commit | None = None
        where: dict[str, Any] = {"incident": line.incident, "seq": {"$lte": line.seq}}
        tail: list[Told] = []
        async for stored in self._found(where, sort=-1):
            state = stored_state(stored)
            if state is not None:
                t = told(stored)
                base = Commit(t.incident, t.seq, t.at, t.origin, t.commands, t.first, state)
                break
            tail.append(told(stored))
        for older in reversed(tail):
            base = after(base, older)
        assert base is not None
        return base

    async def _found(
        self,
        where: Mapping[str, Any],
        *,
        sort: int,
        limit: int = 0,
        without_state: bool = False,
    ) -> AsyncIterator[Mapping[str, Any]]:
        projection = {"state": 0} if without_state else None
        found = self._commits.find(dict(where), projection).sort("seq", sort).limit(limit)
        turns = Turns()
        with reading():
            async for stored in found:
                yield stored
                await turns.taken()


def matching(fields: Mapping[str, str | frozenset[str]]) -> dict[str, Any]:
    """The condition on an event that has these fields."""
    return {
        name: value if isinstance(value, str) else {"$in": sorted(value)}
        for name, value in fields.items()
    }
