"""The policy in its versions: one document a revision, none of which ever changes.

Revision 0 is the built-in policy, which is stored nowhere. What a policy means is for the
core to say.
"""

from typing import Any

from pydantic import Field
from pymongo.errors import DuplicateKeyError

from incident.core.policy import BUILT_IN, Policy
from incident.core.values import Moment, Name, Value
from incident.store.connection import Database
from incident.store.errors import StoreAway, reading, writing
from incident.store.revisions import Revisions

ATTEMPTS = 20
"""Races lost in a row before we say that the store is too busy."""
HISTORY_LIMIT = 100


class PolicyRevision(Value):
    """`by` made it hold `at` this moment. `source` tells the text apart that it was read from;
    `changing` are the rotations that this text changes after it, each with the revision it had.
    """

    revision: int = Field(ge=0)
    policy: Policy
    by: Name
    at: Moment | None
    source: str | None = None
    changing: tuple[tuple[Name, int], ...] = ()


FIRST = PolicyRevision(revision=0, policy=BUILT_IN, by="system", at=None)
"""What holds until a policy of one's own is set."""


class PolicyMoved(Exception):
    """Somebody else was first: `newest` holds now, not the revision that was built on."""

    def __init__(self, newest: int) -> None:
        super().__init__(f"The policy has changed meanwhile: revision {newest} holds now.")
        self.newest = newest


class Policies:
    """Reads and adds revisions. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._policy = database.db["policy"]
        self._revisions = Revisions(database)

    async def prepare(self) -> None:
        """Nothing to make: every question is about `_id`, the number of the revision."""

    async def newest(self) -> PolicyRevision:
        """What holds now."""
        with reading():
            found = await self._policy.find().sort("_id", -1).limit(1).to_list(1)
        return revision_of(found[0]) if found else FIRST

    async def at_revision(self, number: int) -> PolicyRevision | None:
        """One revision; None when there is none of that number."""
        if number == 0:
            return FIRST
        with reading():
            stored = await self._policy.find_one({"_id": number})
        return revision_of(stored) if stored else None

    async def history(
        self, limit: int = HISTORY_LIMIT, before: int | None = None
    ) -> list[PolicyRevision]:
        """Revisions, the newest first; `before` leaves out that one and all later ones."""
        where: dict[str, Any] = {} if before is None else {"_id": {"$lt": before}}
        with reading():
            found = self._policy.find(where).sort("_id", -1).limit(limit)
            return [revision_of(stored) async for stored in found]

    async def add(
        self,
        policy: Policy,
        by: str,
        at: Moment,
        expect: int | None = None,
        source: str | None = None,
        changing: tuple[tuple[str, int], ...] = (),
    ) -> PolicyRevision:
        """Make `policy` hold. Raises `PolicyMoved` when `expect` is not what held before;
        without it, whatever holds is replaced.
        """
        for _ in range(ATTEMPTS):
            newest = await self._newest_number()
            if expect is not None and newest != expect:
                raise PolicyMoved(newest)
            made = PolicyRevision(
                revision=newest + 1, policy=policy, by=by, at=at, source=source, changing=changing
            )
            if await self._insert(made):
                await self._revisions.count("policy")
                return made
        raise StoreAway("Too many change the policy at once. Try again in a moment.")

    async def _newest_number(self) -> int:
        with reading():
            found = await self._policy.find({}, {"_id": 1}).sort("_id", -1).limit(1).to_list(1)
        return int(found[0]["_id"]) if found else 0

    async def _insert(self, made: PolicyRevision) -> bool:
        """False when somebody else was first."""
        try:
            with writing():
                await self._policy.insert_one(stored_of(made))
        except DuplicateKeyError:
            return False
        return True


def stored_of(made: PolicyRevision) -> dict[str, Any]:
    """As a document: its keys must be text."""
    stored = made.model_dump(exclude={"revision"} if made.changing else {"revision", "changing"})
    severities = stored["policy"]["severities"]
    stored["policy"]["severities"] = {str(number): terms for number, terms in severities.items()}
    return {"_id": made.revision, **stored}


def revision_of(stored: dict[str, Any]) -> PolicyRevision:
    fields = {name: value for name, value in stored.items() if name != "_id"}
    return PolicyRevision.model_validate({"revision": stored["_id"], **fields})
