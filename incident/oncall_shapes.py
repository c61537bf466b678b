"""The public shapes of rotations and of who is on call. Nothing is decided here."""

from collections.abc import Iterable
from typing import Any

from incident.command_shapes import duration, time
from incident.core.oncall.coverage import Gap
from incident.core.oncall.schedule import Layer, Override, Schedule
from incident.core.oncall.watches import Duty, Upcoming, Watch
from incident.store.rotations import Cancelled, Rotation


def rotation(one: Rotation) -> dict[str, Any]:
    schedule = one.schedule
    return {
        "name": schedule.name,
        "revision": one.revision,
        "role": schedule.role,
        "region": schedule.region,
        "layers": [layer(found) for found in schedule.layers],
        "overrides": [override(found) for found in schedule.overrides],
        "cancelled": [cancelled(found) for found in reversed(one.cancelled)],
        "by": one.by,
        "at": time(one.at),
    }


def layer(one: Layer) -> dict[str, Any]:
    told: dict[str, Any] = one.model_dump(mode="json")
    return told


def override(one: Override) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "person": one.person,
        "with": one.with_person,
        "start": time(one.start),
        "end": time(one.end),
        "reason": one.reason,
        "createdBy": one.created_by,
        "createdAt": time(one.created_at),
    }


def cancelled(one: Cancelled) -> dict[str, Any]:
    return override(one.override) | {"cancelledBy": one.by, "cancelledAt": time(one.at)}


def duty(one: Duty) -> dict[str, Any]:
    return {
        "person": one.person,
        "rotation": one.schedule,
        "layer": one.layer,
        "turn": one.turn,
        "since": time(one.since),
        "until": time(one.until),
        "region": one.region,
        "why": one.why,
        "override": one.override,
        "note": one.note,
    }


def watch(one: Watch) -> dict[str, Any]:
    return {
        "people": [duty(found) for found in one.people],
        "reason": one.reason,
        "next": upcoming(one.next) if one.next else None,
        "since": time(one.since),
        "until": time(one.until),
    }


def upcoming(one: Upcoming) -> dict[str, Any]:
    return {"person": one.person, "at": time(one.at), "rotation": one.schedule}


def rotation_watch(schedule: Schedule, found: Watch) -> dict[str, Any]:
    named = {"rotation": schedule.name, "role": schedule.role, "region": schedule.region}
    return named | watch(found)


def gap(one: Gap, schedules: Iterable[Schedule]) -> dict[str, Any]:
    return {
        "role": one.role,
        "rotations": [schedule.name for schedule in schedules],
        "start": time(one.start),
        "end": time(one.end),
        "lastStart": time(one.last_start),
        "lastEnd": time(one.last_end),
        "count": one.count,
        "total": duration(one.total),
        "pattern": one.pattern,
        "why": one.why,
    }
