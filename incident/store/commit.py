"""A commit: the commands that were accepted together, their events, and the state after them.

These are values; how they become documents stands here too, so that journal and tests
agree. Nothing here talks to a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import encode
from bson.raw_bson import RawBSONDocument

from incident.core.events import EVENT, Event
from incident.core.incident import SHAPE, Incident, fold
from incident.core.owed import Owed
from incident.core.policy import Terms

STATE_LIMIT = 64 * 1024
"""Bytes of state that ride in every commit; a larger one rides in every `STATE_EVERY`th."""
STATE_EVERY = 32
REVISIONS = 50
"""Policies whose terms are kept in memory."""
UNKNOWN = ""
"""The digest of a command whose text was redacted."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One command of a commit: its id (the idempotency key), its digest, what it led to."""

    id: str
    by: str
    digest: str
    events: tuple[Event, ...]

    def came_of(self, digest: str) -> bool:
        """Whether a command with this digest may be the one: any may, once it was redacted."""
        return self.digest in {digest, UNKNOWN}


@dataclass(frozen=True, slots=True)
class Told:
    """What a commit tells: everything but the state after it."""

    incident: str
    seq: int
    at: datetime
    origin: str
    commands: tuple[Accepted, ...]
    first: int
    """Number of its first entry (T1 is the first of the incident)."""

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(event for command in self.commands for event in command.events)


@dataclass(frozen=True, slots=True)
class Commit(Told):
    """A commit with the state after it.

    `wake_at` is the deadline that this commit armed, if it changed it. `declaration` is the
    key of the declaration, on first commits that had one. `deliver` is what it owes to people
    when it is new; once it is taken on it is no longer stored.
    """

    state: Incident
    wake_at: datetime | None = None
    declaration: str | None = None
    deliver: tuple[Owed, ...] = ()

    def position(self, command: str) -> int:
        """The index, within this commit, of the first event of the command with that id."""
        index = 0
        for accepted in self.commands:
            if accepted.id == command:
                return index
            index += len(accepted.events)
        raise KeyError(command)


def without_trace(command: Accepted, events: tuple[Event, ...]) -> Accepted:
    """`command` with its scrubbed `events`; a digest would let short texts be guessed."""
    digest = command.digest if events == command.events else UNKNOWN
    return Accepted(command.id, command.by, digest, events)


def after(base: Commit | None, told: Told) -> Commit:
    """`told` with the state it leads to from the state of the commit before it."""
    state = fold(told.events, base.state if base else Incident())
    return Commit(told.incident, told.seq, told.at, told.origin, told.commands, told.first, state)


def document(commit: Commit) -> dict[str, Any]:
    """The commit as it is stored, without its state."""
    stored: dict[str, Any] = {
        "incident": commit.incident,
        "seq": commit.seq,
        "at": commit.at,
        "origin": commit.origin,
        "first": commit.first,
        "commands": [
            {
                "id": command.id,
                "by": command.by,
                "digest": command.digest,
                "events": [event.model_dump(exclude_none=True) for event in command.events],
            }
            for command in commit.commands
        ],
    }
    if commit.wake_at:
        stored["wake_at"] = commit.wake_at
    if commit.declaration:
        stored["declaration"] = commit.declaration
    if commit.deliver:
        stored["deliver"] = [one.model_dump() for one in commit.deliver]
    return stored


def carried(commit: Commit) -> dict[str, RawBSONDocument]:
    """The state as it rides in the commit, if it does."""
    state = encode(commit.state.model_dump(exclude_none=True))
    if len(state) > STATE_LIMIT and commit.seq % STATE_EVERY != 1:
        return {}
    return {"state": RawBSONDocument(state)}


def told(stored: Mapping[str, Any]) -> Told:
    """Read a stored commit; an event of an unknown kind stops the load."""
    commands = tuple(
        Accepted(
            id=command["id"],
            by=command["by"],
            digest=command["digest"],
            events=tuple(EVENT.validate_python(with_terms(event)) for event in command["events"]),
        )
        for command in stored["commands"]
    )
    return Told(
        stored["incident"], stored["seq"], stored["at"], stored["origin"], commands, stored["first"]
    )


def stored_state(stored: Mapping[str, Any]) -> Incident | None:
    """The state that was stored with a commit, if it was and still has today's shape."""
    state = stored.get("state")
    if state is None or state["shape"] != SHAPE:
        return None
    return Incident.model_validate(with_terms(state))


class Known:
    """The terms that were read lately, as stored and as values.

    Nearly every incident of a time has the same, and they are most of what its state holds.
    """

    def __init__(self) -> None:
        self._read: dict[int, tuple[Mapping[str, Any], Terms]] = {}

    def terms(self, stored: Mapping[str, Any]) -> Terms:
        """Read terms; raises `ValueError` where they are none."""
        revision = stored.get("revision", 0)
        known = self._read.get(revision)
        if known is None or known[0] != stored:
            known = stored, Terms.model_validate(stored)
            if len(self._read) >= REVISIONS:
                self._read.clear()
            self._read[revision] = known
        return known[1]


KNOWN = Known()


def with_terms(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """A stored state or event, its terms read already if it has any."""
    terms = stored.get("terms")
    return stored if terms is None else {**stored, "terms": KNOWN.terms(terms)}
