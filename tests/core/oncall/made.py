"""Rotations and instants for tests, written as people write them."""

from datetime import UTC, datetime

from incident.core.oncall.resolve import resolve
from incident.core.oncall.schedule import Override, OverrideKind, Schedule


def at(text: str) -> datetime:
    """`2026-07-14 23:30` is UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rotation(**fields: object) -> Schedule:
    """A rotation of one layer, in Berlin from 2026-01-05, weekly, of ada and bo."""
    usual: dict[str, object] = {
        "name": "payments",
        "timezone": "Europe/Berlin",
        "starts": "2026-01-05",
        "handoff": "weekly Mon 09:00",
        "members": ["ada", "bo"],
    }
    return Schedule.model_validate(usual | fields)


def office(name: str, timezone: str, start: str, end: str, person: str, **more: object) -> Schedule:
    """A region that is on call in its working hours, every day."""
    return rotation(
        name=name,
        region=name,
        role="incident_commander",
        timezone=timezone,
        handoff=f"weekly Mon {start}",
        members=[person],
        hours={"from": start, "to": end, **more},
    )


THE_SUN = (
    office("ap-southeast", "Asia/Singapore", "08:00", "16:00", "kenji"),
    office("eu-central", "Europe/Berlin", "09:00", "17:00", "ilse"),
    office("us-west", "America/Los_Angeles", "08:00", "16:00", "noor"),
)
"""Complete in winter, with a hole of an hour a day all summer."""


def override(
    kind: OverrideKind, person: str, start: str, end: str, by: str | None = None, order: int = 1
) -> Override:
    return Override(
        id=f"O{order}",
        kind=kind,
        person=person,
        with_person=by,
        start=at(start),
        end=at(end),
        reason="dentist",
        created_by="zoe",
        created_at=at(f"2026-01-01 00:{order:02}"),
    )


def people(schedule: Schedule, moment: str) -> list[str]:
    return [duty.person for duty in resolve(schedule, at(moment)).people]


def shift(schedule: Schedule, moment: str) -> tuple[str, str, str, str]:
    """Who is on duty alone, from when until when (UTC), and what the clocks do to it."""
    (duty,) = resolve(schedule, at(moment)).people
    assert duty.until is not None
    return duty.person, f"{duty.since:%m-%d %H:%M}", f"{duty.until:%m-%d %H:%M}", duty.note
