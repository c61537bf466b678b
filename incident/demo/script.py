"""How a story is written down: who wants what, and how long after the line before.

A story is commands and nothing else, so whatever the rules refuse cannot happen in it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.decide import decide
from incident.core.events import Event
from incident.core.incident import Incident, fold
from incident.core.rejected import Code, Rejected

Wish = do.Command | Callable[[Incident], do.Command]
"""A command, or how to make it from what the incident is by then."""


@dataclass(frozen=True, slots=True)
class Line:
    """`after` so many seconds somebody wants something. `refused`: and is told why not."""

    after: float
    wish: Wish
    refused: Code | None = None

    def command(self, incident: Incident) -> do.Command:
        return self.wish(incident) if callable(self.wish) else self.wish

    @property
    def by(self) -> str:
        return self.command(Incident()).by

    @property
    def place(self) -> str:
        """Where in the room somebody is seen just before."""
        match self.command(Incident()):
            case do.AddEntry() | do.PostUpdate():
                return "typing"
            case work.ProposeAction() | work.ChangeAction():
                return "fixes"
            case do.AssignRole():
                return "roles"
            case _:
                return "timeline"


def lasting(story: Iterable[Line]) -> timedelta:
    """How long a story takes from its beginning to its last line."""
    return timedelta(seconds=sum(line.after for line in story))


def told(story: Iterable[Line], began: datetime) -> tuple[tuple[Event, ...], Incident]:
    """What `story` comes to when it begins at `began`. Raises `Rejected` for a slip in it."""
    now, incident = began, Incident()
    log: list[Event] = []
    for line in story:
        now += timedelta(seconds=line.after)
        try:
            events = decide(incident, line.command(incident), now)
        except Rejected as refusal:
            if refusal.code != line.refused:
                raise
            continue
        log += events
        incident = fold(events, incident)
    return tuple(log), incident


def note(after: float, by: str, message: str) -> Line:
    return Line(after, do.AddEntry(by=by, message=message))


def decision(after: float, by: str, message: str) -> Line:
    return Line(after, do.AddEntry(by=by, type="decision", message=message))


def alert(after: float, message: str) -> Line:
    return Line(after, do.AddEntry(by="alertmanager", type="alert", message=message))


def fix(after: float, by: str, action: str, **change: object) -> Line:
    """A change to a fix: `approved=True`, `status="in-progress"`, ..."""
    wish = work.ChangeAction.model_validate({"by": by, "action": action, **change})
    return Line(after, wish)
