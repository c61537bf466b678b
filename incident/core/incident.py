"""The state of an incident, and how each event changes it.

`evolve` only records: it decides nothing and cannot fail. Free text that nobody needs at
a glance stays in the events, so that the state stays small.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, Literal

from incident.core import events as ev
from incident.core.values import (
    AUDIENCES,
    ENDED,
    ROLES,
    ActionStatus,
    Duration,
    Link,
    Moment,
    Phase,
    Risk,
    Status,
    Value,
)

SHAPE = 1
"""Raise this when the state's shape or `evolve` changes: older states are folded anew."""

REDACTED = "[redacted]"

DECLARED = (
    "title",
    "severity",
    "status",
    "phase",
    "description",
    "start_time",
    "detected_time",
    "affected_services",
    "affected_regions",
    "drill",
    "visibility",
    "metadata",
    "links",
    "respond_by",
)
"""What a declaration says of the incident, field by field."""


class Role(Value):
    holder: str | None = None
    since: Moment | None = None


class Action(Value):
    id: str
    description: str
    status: ActionStatus = "proposed"
    target: str | None = None
    region: str | None = None
    owner: str | None = None
    impact: str = ""
    risk: Risk | None = None
    estimate: Duration | None = None
    created_by: str
    created_at: Moment
    approved_by: str | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    executed_on: str | None = None


class Channel(Value):
    """What one audience was promised. `missed`: the promise was not kept, and that is recorded."""

    last_sent_at: Moment | None = None
    due_at: Moment | None = None
    missed: bool = False


class Incident(Value):
    shape: int = SHAPE
    entries: int = 0
    status: Literal["undeclared"] | Status = "undeclared"
    phase: Phase | None = None
    title: str = ""
    description: str = ""
    severity: int = 5
    drill: bool = False
    visibility: Literal["public"] = "public"
    start_time: Moment | None = None
    detected_time: Moment | None = None
    declared_time: Moment | None = None
    acknowledged_time: Moment | None = None
    mitigation_time: Moment | None = None
    resolution_time: Moment | None = None
    closed_time: Moment | None = None
    affected_services: tuple[str, ...] = ()
    affected_regions: tuple[str, ...] = ()
    roles: dict[str, Role] = {name: Role() for name in ROLES}
    actions: tuple[Action, ...] = ()
    acknowledged_by: str | None = None
    respond_by: Moment | None = None
    communications: dict[str, Channel] = {name: Channel() for name in AUDIENCES}
    merged_into: str | None = None
    metadata: dict[str, Any] = {}
    links: tuple[Link, ...] = ()
    pinned: tuple[int, ...] = ()
    amended: tuple[int, ...] = ()
    redacted: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    """Numbers of the entries that only speak of other entries."""

    @property
    def wake_at(self) -> Moment | None:
        """The next moment at which time alone changes something; None when nothing is due."""
        due = [c.due_at for c in self.communications.values() if c.due_at and not c.missed]
        return min([*due, *([self.respond_by] if self.respond_by else [])], default=None)

    @property
    def commander(self) -> str | None:
        return self.roles["incident_commander"].holder

    def action(self, action: str) -> Action | None:
        return next((a for a in self.actions if a.id == action), None)


def fold(events: Iterable[ev.Event], start: Incident | None = None) -> Incident:
    """The state after `events`, beginning at `start` or before the declaration."""
    return reduce(evolve, events, start or Incident())


def evolve(incident: Incident, event: ev.Event) -> Incident:
    """`incident` after `event`."""
    changes = {"entries": incident.entries + 1, **changes_of(incident, event)}
    after = incident.model_copy(update=changes)
    return without_deadlines(after) if after.status in ENDED else after


def changes_of(incident: Incident, event: ev.Event) -> dict[str, Any]:
    """Which fields of the state `event` sets, and to what."""
    match event:
        case ev.Declared():
            told = {name: getattr(event, name) for name in DECLARED}
            return told | {"declared_time": event.at}
        case ev.Noted() | ev.Imported() | ev.ConflictOverridden() | ev.ReservationCleared():
            return {}
        case ev.Acknowledged():
            return {
                "acknowledged_by": event.by,
                "acknowledged_time": event.at,
                "respond_by": None,
            }
        case ev.ResponseMissed():
            return {"respond_by": None}
        case ev.Activated():
            return {"status": "active", "phase": event.phase}
        case ev.PhaseChanged():
            return {"phase": event.phase}
        case ev.Mitigated():
            return {"status": "mitigated", "phase": None, "mitigation_time": event.at}
        case ev.Resolved():
            mitigated = incident.mitigation_time or event.at
            return {
                "status": "resolved",
                "phase": None,
                "mitigation_time": mitigated,
                "resolution_time": event.at,
            }
        case ev.Closed():
            return {"status": "closed", "closed_time": event.at}
        case ev.Cancelled():
            return {"status": "cancelled", "phase": None, "merged_into": event.merged_into}
        case ev.Reopened():
            cleared = dict.fromkeys(("mitigation_time", "resolution_time", "closed_time"))
            return {"status": "active", "phase": event.phase, **cleared}
        case ev.SeverityChanged():
            return {"severity": event.severity, "respond_by": event.respond_by}
        case ev.DetailsChanged() | ev.TimesCorrected():
            return event.model_dump(exclude_none=True, exclude={"kind", "by", "at", "links"}) | (
                {"links": event.links}
                if isinstance(event, ev.DetailsChanged) and event.links is not None
                else {}
            )
        case ev.RoleAssigned():
            held = Role(holder=event.holder, since=event.at)
            return {"roles": incident.roles | {event.role: held}}
        case ev.RoleReleased():
            return {"roles": incident.roles | {event.role: Role()}}
        case ev.ActionProposed():
            taken = event.model_dump(exclude={"kind", "by", "at", "action"})
            action = Action(id=event.action, created_by=event.by, created_at=event.at, **taken)
            return {"actions": (*incident.actions, action)}
        case ev.ActionApproved():
            return on_action(incident, event.action, {"approved_by": event.by})
        case ev.ApprovalWithdrawn():
            return on_action(incident, event.action, {"approved_by": None})
        case ev.ActionStarted():
            started = {"status": "in-progress", "owner": event.owner, "started_at": event.at}
            return on_action(incident, event.action, started)
        case ev.ActionCompleted():
            done = {"status": "completed", "completed_at": event.at}
            return on_action(incident, event.action, done | {"executed_on": event.executed_on})
        case ev.ActionAbandoned():
            given_up = {"status": "abandoned", "completed_at": event.at}
            return on_action(incident, event.action, given_up)
        case ev.ActionReassigned():
            return on_action(incident, event.action, {"owner": event.owner})
        case ev.ActionDescribed():
            told = event.model_dump(include={"description", "impact"}, exclude_none=True)
            return on_action(incident, event.action, told)
        case ev.UpdatePosted():
            channel = Channel(last_sent_at=event.at, due_at=event.due_at)
            return {"communications": incident.communications | {event.audience: channel}}
        case ev.UpdateMissed():
            missed = incident.communications[event.audience].model_copy(update={"missed": True})
            return {"communications": incident.communications | {event.audience: missed}}
        case ev.EntryAmended():
            return {"amended": with_number(incident.amended, event.entry), **marked(incident)}
        case ev.EntryPinned():
            return {"pinned": with_number(incident.pinned, event.entry), **marked(incident)}
        case ev.EntryUnpinned():
            kept_pins = tuple(n for n in incident.pinned if n != event.entry)
            return {"pinned": kept_pins, **marked(incident)}
        case ev.EntryRedacted():
            gone = {"redacted": with_number(incident.redacted, event.entry), **marked(incident)}
            return gone | without_text(incident, event.fields)


def on_action(incident: Incident, action: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The actions with `changes` made to the one named `action`."""
    changed = tuple(a.model_copy(update=changes) if a.id == action else a for a in incident.actions)
    return {"actions": changed}


def with_number(numbers: tuple[int, ...], number: int) -> tuple[int, ...]:
    return tuple(sorted({*numbers, number}))


def marked(incident: Incident) -> dict[str, Any]:
    """The entry being recorded is itself only a mark on another one."""
    return {"marks": (*incident.marks, incident.entries + 1)}


def without_deadlines(incident: Incident) -> Incident:
    """Nothing falls due on an incident that has ended, whatever is still told of it."""
    kept = {
        name: channel.model_copy(update={"due_at": None, "missed": False})
        for name, channel in incident.communications.items()
    }
    return incident.model_copy(update={"respond_by": None, "communications": kept})


def without_text(incident: Incident, fields: tuple[str, ...]) -> dict[str, Any]:
    """The state with the text of `fields` removed (see `EntryRedacted.fields`)."""
    changes: dict[str, Any] = {}
    for field in fields:
        match field.split("."):
            case ["actions", action, "description" | "impact" as name]:
                base = incident.model_copy(update=changes)
                changes |= on_action(base, action, {name: REDACTED})
            case ["metadata" | "links" as name]:
                changes[name] = {} if name == "metadata" else ()
            case ["title" | "description" as name]:
                changes[name] = REDACTED
            case _:
                pass
    return changes
