"""How an incident begins: declared now, or recounted from the past as a whole."""

from datetime import datetime, timedelta

from incident.core import commands as do
from incident.core import events as ev
from incident.core.rejected import Rejected

RESPOND_WITHIN: dict[int, timedelta] = {
    1: timedelta(minutes=5),
    2: timedelta(minutes=15),
    3: timedelta(hours=1),
    4: timedelta(hours=4),
}
"""How soon somebody has to acknowledge, by severity; severity 5 waits for nobody."""

LEEWAY = timedelta(minutes=1)
"""How far a person's clock may run ahead of ours before a time counts as the future."""


def declare(command: do.Declare, now: datetime) -> list[ev.Event]:
    """The declaration, and the roles that were given out with it."""
    start = command.start_time or command.detected_time or now
    not_in_the_future(start, now)
    if command.detected_time:
        not_in_the_future(command.detected_time, now)
        if command.detected_time < start:
            raise Rejected("bad-times", "It cannot have been detected before it began.")
    declared = ev.Declared(
        by=command.by,
        at=now,
        phase="investigating" if command.status == "active" else None,
        start_time=start,
        respond_by=respond_by(command.severity, now),
        **command.model_dump(
            exclude={"by", "authority", "start_time", "roles", "links"},
        ),
        links=command.links,
    )
    assigned = [
        ev.RoleAssigned(by=command.by, at=now, role=role, holder=holder)
        for role, holder in command.roles.items()
    ]
    return [declared, *assigned]


def respond_by(severity: int, now: datetime) -> datetime | None:
    """When somebody must have acknowledged an incident of `severity` that is new at `now`."""
    within = RESPOND_WITHIN.get(severity)
    return now + within if within else None


def recount(command: do.Import, now: datetime) -> list[ev.Event]:
    """The events of a past incident as they are told, and where they were taken from."""
    match command.events:
        case [ev.Declared(), *rest] if not any(isinstance(e, ev.Declared) for e in rest):
            for event in command.events:
                not_in_the_future(event.at, now)
            return [*command.events, ev.Imported(by=command.by, at=now, source=command.source)]
        case _:
            raise Rejected("bad-history", "A history begins with its only declaration.")


def not_in_the_future(moment: datetime, now: datetime) -> None:
    """Refuse times that have not come yet."""
    if moment > now + LEEWAY:
        raise Rejected("bad-time", "That time is still to come. Check the date and the zone.")
