"""Who is on call now, role by role and region by region, until when, and who comes next.

Said as it would be paged: the first line of a role is whom a page without a region would reach.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from incident.core.oncall.resolve import resolve
from incident.core.oncall.roster import Duty, Roster, Upcoming, Watch
from incident.core.oncall.schedule import Schedule
from incident.core.surroundings import Surroundings
from incident.core.titles import role_title
from incident.core.values import rfc3339
from incident.web.oncall_bands import together
from incident.web.oncall_window import moment


class Line(NamedTuple):
    """One person on duty, or nobody (`person` is empty, and `why` says why)."""

    person: str
    name: str
    region: str
    rotation: str
    until: str
    why: str
    since_at: str
    until_at: str


class Standing(NamedTuple):
    """A role, or a rotation that serves none; `next` is a sentence or empty."""

    title: str
    lines: list[Line]
    next: str


def standings(
    around: Surroundings, now: datetime, zone: str, names: Mapping[str, str]
) -> list[Standing]:
    return [standing(around.roster, one, now, zone, names) for one in together(around)]


def standing(
    roster: Roster,
    schedules: Sequence[Schedule],
    now: datetime,
    zone: str,
    names: Mapping[str, str],
) -> Standing:
    role = schedules[0].role
    first = roster.on_call(role, (), now) if role else roster.of_rotation(schedules[0].name, now)
    others = [resolve(one, now, roster.people).people for one in schedules] if role else []
    here = list(dict.fromkeys([*first.people, *[duty for found in others for duty in found]]))
    lines = [line(duty, now, zone, names) for duty in here]
    return Standing(
        title=role_title(role).capitalize() if role else schedules[0].name,
        lines=lines or [nobody(first, now, zone)],
        next=coming(first.next, now, zone, names),
    )


def line(duty: Duty, now: datetime, zone: str, names: Mapping[str, str]) -> Line:
    return Line(
        person=duty.person,
        name=names.get(duty.person, duty.person),
        region=duty.region or "",
        rotation=duty.schedule,
        until=moment(duty.until, now, zone) if duty.until else "",
        why=duty.why,
        since_at=rfc3339(duty.since),
        until_at=rfc3339(duty.until) if duty.until else "",
    )


def nobody(watch: Watch, now: datetime, zone: str) -> Line:
    """Why, without the times, which stand beside it."""
    until = moment(watch.until, now, zone) if watch.until else ""
    why = watch.reason.partition(": ")[2] or watch.reason
    return Line("", "No one", "", "", until, why, "", "")


def coming(
    following: Upcoming | None, now: datetime, zone: str, names: Mapping[str, str]
) -> str:  # fmt: skip
    if following is None:
        return ""
    return f"{names.get(following.person, following.person)}, {moment(following.at, now, zone)}"


def unserved(around: Surroundings) -> list[str]:
    """The roles that no rotation serves."""
    roster = around.roster
    return [role_title(role) for role in around.policy.roles if not roster.of_role(role)]
