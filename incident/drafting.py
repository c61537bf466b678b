"""What a batch of commands comes to on a state, before any of it is committed.

Each is decided on what those before it lead to. Nothing here waits, stores or answers for
good: a draft whose commit loses a race is thrown away.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from incident.answers import Answer, HoldLost, KeyReused, Moved, Request
from incident.core.decide import decide
from incident.core.events import ActionStarted, Event
from incident.core.incident import Incident, fold
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings
from incident.store.commit import Accepted, Commit


@dataclass(slots=True, eq=False)
class Waiting:
    """A request, and where its answer goes: also to others that wait under the same key."""

    request: Request
    answer: asyncio.Future[Answer]
    twins: list["Waiting"] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Answered, or gone."""
        return self.answer.done()

    def refuse(self, error: Exception) -> None:
        for one in (self, *self.twins):
            if not one.answer.done():
                one.answer.set_exception(error)

    def give(self, answer: Answer) -> None:
        for one in (self, *self.twins):
            if not one.answer.done():
                one.answer.set_result(answer)

    def join(self, twin: "Waiting") -> None:
        """The same key twice at once: one answer for both, if both ask for the same."""
        if self.request.digest != twin.request.digest:
            twin.refuse(KeyReused())
        elif twin not in self.twins:
            self.twins.append(twin)


Refused = tuple[Waiting, Exception | None]
"""None: the command changes nothing."""


@dataclass(slots=True)
class Draft:
    """`refused` were refused on the state that the draft began with, `doubtful` on what
    accepted ones before them led to: that counts only once it is committed.
    """

    state: Incident
    accepted: list[tuple[Waiting, Accepted]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    doubtful: list[Refused] = field(default_factory=list)

    def refuse(self, waiting: Waiting, refusal: Exception | None) -> None:
        (self.doubtful if self.accepted else self.refused).append((waiting, refusal))


def drafted(
    base: Commit | None, batch: Sequence[Waiting], now: datetime, around: Surroundings
) -> Draft:
    """Decide every command of `batch` that somebody still waits for."""
    draft = Draft(base.state if base else Incident())
    seen: dict[str, Waiting] = {}
    for waiting in batch:
        if waiting.done:
            continue
        first = seen.setdefault(waiting.request.id, waiting)
        if first is not waiting:
            first.join(waiting)
            continue
        try:
            events = outcome(base, draft, waiting.request, now, around)
        except (Rejected, Moved, HoldLost) as refusal:
            draft.refuse(waiting, refusal)
            continue
        request = waiting.request
        if not events and request.key is None:
            draft.refuse(waiting, None)
            continue
        # Under a key it is remembered although it changes nothing: sent again much later, it
        # must not do what it did not do the first time.
        draft.state = fold(events, draft.state)
        draft.accepted.append(
            (waiting, Accepted(request.id, request.command.by, request.digest, events))
        )
    return draft


def outcome(
    base: Commit | None, draft: Draft, request: Request, now: datetime, around: Surroundings
) -> tuple[Event, ...]:
    """The events of one command. Raises `Rejected`, `Moved` or `HoldLost`."""
    if base is None:
        raise Rejected("no-such-incident", "There is no such incident.")
    seq = base.seq + 1 if draft.accepted else base.seq
    if request.expect not in {None, seq} or (request.expect is not None and draft.accepted):
        raise Moved(seq)
    events = tuple(decide(draft.state, request.command, request.now or now, around))
    if request.held is None and starts_on_a_target(draft.state, events):
        raise HoldLost
    return events


def starts_on_a_target(state: Incident, events: Sequence[Event]) -> bool:
    """Whether an action begins to touch something that others may hold."""
    for event in events:
        if isinstance(event, ActionStarted):
            action = state.action(event.action)
            if action is not None and action.target is not None:
                return True
    return False
