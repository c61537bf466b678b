"""What somebody missed who was away: decisions, changes, updates, fixes and roles since then.

Made from two states and the entries in between; what was said is as it reads now. How it
reads as text is not said here.
"""

from collections.abc import Iterator, Sequence

from incident.core import events as ev
from incident.core.brief import Said, said
from incident.core.incident import Incident
from incident.core.pieces import Action
from incident.core.record import Line
from incident.core.values import Audience, Moment, Value

CHANGES = frozenset({
    "declared", "imported", "activated", "phase_changed", "mitigated", "resolved", "closed",
    "cancelled", "reopened", "severity_changed", "details_changed", "times_corrected",
    "health_changed", "hypothesis_raised", "hypothesis_judged", "acknowledged",
    "acknowledgement_lapsed", "escalation_ended", "commander_missing", "resolve_target_missed",
})  # fmt: skip
"""Kinds of events by which an incident became another one, but for what is told by itself."""
OPEN, RUNNING = "proposed", "in-progress"
NAMING = ("by", "holder", "previous", "owner", "person", "to", "asked_by")
"""Fields of events that name somebody."""


class Change(Value):
    """`people`: the handles that our sentence may name."""

    number: int
    at: Moment
    kind: str
    by: str
    message: str
    people: tuple[str, ...] = ()


class Told(Value):
    """An update to an audience."""

    audience: Audience
    said: Said


class Handover(Value):
    """A role that somebody else has now, or nobody."""

    role: str
    before: str | None
    after: str | None
    at: Moment


class Turn(Value):
    """What something was, and what it is now."""

    before: str | int
    after: str | int


class CatchUp(Value):
    """`count`: how many entries there are since, without those that only mark others."""

    decisions: tuple[Said, ...]
    changes: tuple[Change, ...]
    updates: tuple[Told, ...]
    running: tuple[Action, ...]
    waiting: tuple[Action, ...]
    ended: tuple[Action, ...]
    roles: tuple[Handover, ...]
    severity: Turn | None
    state: Turn | None
    count: int


def catch_up(before: Incident, after: Incident, log: Sequence[Line], now: Moment) -> CatchUp:
    """`log`: the entries since `before` as they read now, oldest first."""
    actions = after.actions
    return CatchUp(
        decisions=tuple(said(one) for one in log if decides(one.event)),
        changes=tuple(change(one) for one in log if one.event.kind in CHANGES),
        updates=tuple(updates(log)),
        running=tuple(one for one in actions if one.status == RUNNING),
        waiting=tuple(one for one in actions if one.status == OPEN),
        ended=tuple(one for one in actions if is_over(one) and not was_over(before, one)),
        roles=tuple(handovers(before, after, log, now)),
        severity=turn(before.severity, after.severity),
        state=turn(before.phase or before.status, after.phase or after.status),
        count=written(after) - written(before),
    )


def decides(event: ev.Event) -> bool:
    """Severities are told as changes."""
    match event:
        case ev.Noted(type="decision") | ev.ConflictOverridden() | ev.PolicyApplied():
            return True
        case _:
            return False


def change(line: Line) -> Change:
    """A sentence of ours names people by handle; what somebody wrote instead of it does not."""
    event = line.event
    ours = line.amendment is None and not line.redacted
    named = [getattr(event, name, None) for name in NAMING] if ours else []
    named += [getattr(one, "person", None) for one in getattr(event, "people", ())] if ours else []
    return Change(
        number=line.number,
        at=event.at,
        kind=event.kind,
        by=event.by,
        message=said(line).message,
        people=tuple(sorted({one for one in named if one and isinstance(one, str)})),
    )


def updates(log: Sequence[Line]) -> Iterator[Told]:
    for line in log:
        match line.event:
            case ev.UpdatePosted(audience=audience):
                yield Told(audience=audience, said=said(line))
            case _:
                pass


def is_over(action: Action) -> bool:
    return action.status not in {OPEN, RUNNING}


def was_over(before: Incident, action: Action) -> bool:
    known = before.action(action.id)
    return known is not None and is_over(known)


def handovers(
    before: Incident, after: Incident, log: Sequence[Line], now: Moment
) -> Iterator[Handover]:
    for name, role in after.roles.items():
        held = before.role(name).holder
        if held != role.holder:
            at = role.since or given_up(name, log) or now
            yield Handover(role=name, before=held, after=role.holder, at=at)


def given_up(role: str, log: Sequence[Line]) -> Moment | None:
    for line in reversed(log):
        if isinstance(line.event, ev.RoleReleased) and line.event.role == role:
            return line.event.at
    return None


def turn(before: str | int, after: str | int) -> Turn | None:
    return Turn(before=before, after=after) if before != after else None


def written(incident: Incident) -> int:
    return incident.entries - len(incident.marks)
