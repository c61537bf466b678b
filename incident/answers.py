"""What is asked of the desk and what it answers, as values."""

import hashlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
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
    """A start came without the hold of its target: it took none, or lost it on the way."""


@dataclass(slots=True)
class Request:
    """A command with the conditions it was sent under.

    `held` tells whether the hold that a start took first is still its own, and is asked
    anew for every state that the start is decided on; None: it took none, and may then
    start nothing on a target. Either way it fails with `HoldLost`. `size` is in characters.
    """

    command: Command
    key: str | None
    expect: int | None = None
    now: datetime | None = None
    held: Callable[[], Awaitable[bool]] | None = None
    id: str = field(init=False)
    digest: str = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        told = wording(self.command)
        self.id = f"{self.command.by}:{self.key}" if self.key else os.urandom(16).hex()
        self.digest = hashlib.sha256(told.encode()).hexdigest()[:32]
        self.size = len(told)

    def reworded(self, command: Command) -> "Request":
        """The same request, so under the same id, with a copy of `command` of its own."""
        fresh = replace(self, command=command)
        fresh.id, fresh.digest = self.id, self.digest
        return fresh


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


def wording(command: Command) -> str:
    """Tells commands apart; what the server itself fills in does not count.

    Nor does what is left as it is: the next version may know a field more, and a repeat of what
    was sent to this one must still be the same command.
    """
    said = {name for name in type(command).model_fields if says(command, name)}
    told = command.model_dump_json(include=said - {"conflicts", "original", "authority"})
    return f"{type(command).__name__} {told}"


def says(command: Command, name: str) -> bool:
    default = type(command).model_fields[name].get_default(call_default_factory=True)
    return bool(getattr(command, name) != default)
