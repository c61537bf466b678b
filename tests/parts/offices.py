"""Server processes without the web: each with a desk, an origin and a memory of its own.

Several on one database are several processes; their clocks stand still until they are moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from incident.core import commands as do
from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.incident import Incident, fold
from incident.core.policy import BUILT_IN, SeverityTerms
from incident.core.surroundings import Surroundings
from incident.core.values import in_utc_milliseconds
from incident.desk import Desk
from incident.feed import Feed
from incident.store.commit import Accepted, Commit
from incident.store.connection import Database
from incident.store.deadlines import Deadlines
from incident.store.holds import Holds
from incident.store.journal import Journal
from incident.store.lists import Lists
from tests.builders import NOON, declared


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


def real_time() -> datetime:
    """The machine's clock, as the database keeps it."""
    return in_utc_milliseconds(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Office:
    """What one process has of a server."""

    database: Database
    journal: Journal
    holds: Holds
    lists: Lists
    feed: Feed
    desk: Desk
    deadlines: Deadlines
    origin: str
    clock: Clock

    async def declares(self, **fields: object) -> str:
        """A new incident; returns its id."""
        command = do.Declare.model_validate({"by": "ada", "title": "Payments fail"} | fields)
        return (await self.desk.declare(command)).commit.incident

    async def notes(self, incident: str, message: str, *, by: str = "mei") -> Commit:
        return (await self.desk.submit(incident, do.AddEntry(by=by, message=message))).commit

    async def proposes(self, incident: str, target: str | None, region: str | None = None) -> str:
        """A fix on the board; returns its id."""
        propose = work.ProposeAction(by="cy", description="Restart", target=target, region=region)
        answer = await self.desk.submit(incident, propose)
        return answer.commit.state.actions[-1].id

    async def newest(self, incident: str) -> Commit:
        newest = await self.journal.latest(incident)
        assert newest is not None
        return newest

    async def status(self, incident: str, action: str) -> str:
        found = (await self.newest(incident)).state.action(action)
        assert found is not None
        return found.status


QUIET = Surroundings(
    policy=BUILT_IN.model_copy(
        update={
            "severities": {n: SeverityTerms(name=str(n)) for n in range(1, 6)},
            "escalation": (),
        }
    )
)
"""A policy that promises nothing: nobody is paged and no clock runs that a test did not set."""


async def office(
    database: Database,
    origin: str = "one",
    clock: Clock | None = None,
    *,
    journal: Journal | None = None,
    lists: Lists | None = None,
    holds: Holds | None = None,
    around: Surroundings = QUIET,
) -> Office:
    """A process on `database`, with its indexes in place, and with parts that fail if given."""
    clock = clock or Clock()
    journal, lists = journal or Journal(database), lists or Lists(database)
    holds = holds or Holds(database)
    await journal.prepare()
    await lists.prepare()
    feed = Feed(journal)
    desk = Desk(journal, holds, lists, feed, clock, lambda: around, origin)
    deadlines = Deadlines(database)
    return Office(database, journal, holds, lists, feed, desk, deadlines, origin, clock)


class Log:
    """Commits of one incident, in a row, made by hand."""

    def __init__(self, journal: Journal, incident: str = "INC-1") -> None:
        self.journal, self.incident = journal, incident
        self.commits: list[Commit] = []

    @property
    def state(self) -> Incident:
        return self.commits[-1].state if self.commits else Incident()

    def next(self, *events: ev.Event, command: str | None = None, **fields: Any) -> Commit:  # noqa: ANN401 (fields of a commit)
        """The commit that would come next; nothing is stored."""
        seq = len(self.commits) + 1
        state = fold(events, self.state)
        accepted = Accepted(command or f"{self.incident}-{seq}", "ada", "digest", events)
        told: dict[str, Any] = {
            "incident": self.incident,
            "seq": seq,
            "at": NOON + timedelta(minutes=seq),
            "origin": "one",
            "commands": (accepted,),
            "first": self.state.entries + 1,
            "state": state,
        }
        return Commit(**told | fields)

    async def add(self, *events: ev.Event, command: str | None = None, **fields: Any) -> Commit:  # noqa: ANN401 (fields of a commit)
        """Store the next commit; the first one is a declaration if nothing is told."""
        commit = self.next(*(events or (declared(),)), command=command, **fields)
        await self.journal.append(commit)
        self.commits.append(commit)
        return commit


def events_of(commits: Sequence[Commit]) -> list[ev.Event]:
    return [event for commit in commits for event in commit.events]


async def everything(database: Database) -> str:
    """The whole text of the database: every document of every collection."""
    names = await database.db.list_collection_names()
    found = [f"{one}" for name in names async for one in database.db[name].find()]
    return "\n".join(found)


async def holes(journal: Journal, incident: str) -> list[str]:
    """What is wrong with a log: holes, numbers out of order, states that are not its fold."""
    wrong: list[str] = []
    stored = {seq: state async for seq, state in journal.states(incident)}
    seq = entries = 0
    async for commit in journal.history(incident):
        if commit.seq != seq + 1:
            wrong.append(f"{commit.seq} after {seq}")
        if commit.first != entries + 1:
            wrong.append(f"T{commit.first} after T{entries}")
        if (state := stored[commit.seq]) is not None and state != commit.state:
            wrong.append(f"the state at {commit.seq}")
        seq, entries = commit.seq, commit.state.entries
    return wrong
