"""Who stands on a level of the ladder at a moment, and why it is them.

It pages nobody.
"""

from collections.abc import Iterable
from datetime import datetime

from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.oncall.roster import Watch
from incident.core.policy import Level
from incident.core.surroundings import Surroundings
from incident.core.titles import role_title


def standing(
    level: Level, incident: Incident, around: Surroundings, now: datetime
) -> tuple[tuple[ev.Called, ...], str]:
    """Who stands on a level now, everybody once; and where nobody does, why."""
    called: dict[str, str] = {}
    reasons: list[str] = []
    for who, why in candidates(level, incident, around, now):
        if who is None:
            reasons.append(why)
        else:
            called.setdefault(who, why)
    return tuple(ev.Called(person=who, why=why) for who, why in called.items()), "; ".join(reasons)


def candidates(
    level: Level, incident: Incident, around: Surroundings, now: datetime
) -> Iterable[tuple[str | None, str]]:
    """Each target of a level as a person and why it is them, or nobody and why."""
    roster, regions = around.roster, incident.affected_regions
    for role in level.page.roles:
        holder = incident.role(role).holder
        if holder and roster.knows(holder):
            yield holder, f"{role_title(role)} of this incident"
        else:
            yield from on_duty(roster.on_call(role, regions, now), role_title(role))
    for rotation in level.page.rotations:
        yield from on_duty(roster.of_rotation(rotation, now), rotation)
    for person in level.page.people:
        if roster.knows(person):
            yield person, "named by the policy"
        else:
            yield None, f"there is nobody called {person}"


def on_duty(watch: Watch, what: str) -> Iterable[tuple[str | None, str]]:
    if not watch.people:
        yield None, watch.reason or f"nobody is on call for {what}"
    for duty in watch.people:
        yield duty.person, duty.why


def next_on_duty(incident: Incident, around: Surroundings, now: datetime) -> datetime | None:
    """When the next person comes on call for any level, where nobody is now."""
    roster, regions = around.roster, incident.affected_regions
    watches = [
        *(roster.on_call(r, regions, now) for lv in incident.terms.levels for r in lv.page.roles),
        *(roster.of_rotation(n, now) for lv in incident.terms.levels for n in lv.page.rotations),
    ]
    coming = [watch.next.at for watch in watches if watch.next and watch.next.at > now]
    return min(coming, default=None)
