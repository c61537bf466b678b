"""What is asked of the desk and what it answers, as values."""

import hashlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from incident.core.commands import Command
from incident.core.events import Event
from incident.store.commit import Commit


class KeyReused(Exception):
    """The same idempotency key came with another command."""


class Moved(Exception):
    """The incident is no longer at the `seq` that was expected."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"The incident is at {seq} by now.")
        self.seq = seq


class HoldLost(Exception):
    """A reservation was taken back while its start was on the way."""


async def still_good() -> bool:
    return True


@dataclass(slots=True)
class Request:
    """A command with the conditions it was sent under.

    `recheck` is asked whenever somebody else was first: False makes the request fail with
    `HoldLost` instead of being decided again.
    """

    command: Command
    key: str | None
    expect: int | None = None
    now: datetime | None = None
    recheck: Callable[[], Awaitable[bool]] = still_good
    id: str = field(init=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = f"{self.command.by}:{self.key}" if self.key else uuid.uuid4().hex
        self.digest = fingerprint(self.command)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command: the commit, where its events begin in it, and the events.

    No events: it changed nothing, and `commit` is the newest. `repeated`: it is the first
    answer to a key that came again.
    """

    commit: Commit
    index: int
    events: tuple[Event, ...]
    repeated: bool = False


def fingerprint(command: Command) -> str:
    """Tells commands apart; what the server itself fills in does not count."""
    told = command.model_dump_json(exclude={"conflicts", "original", "authority"})
    return hashlib.sha256(f"{type(command).__name__} {told}".encode()).hexdigest()[:32]
