"""How long each step of the response took, always counted from when the incident began.

What did not happen, or was not recorded, has no measure; nothing is estimated. Nothing
here compares with targets or with other incidents.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.values import Moment, Value


class Measures(Value):
    """Times since the start; negative where something came before it."""

    to_detect: timedelta | None = None
    to_declare: timedelta | None = None
    to_commander: timedelta | None = None
    to_acknowledge: timedelta | None = None
    to_identify: timedelta | None = None
    to_mitigate: timedelta | None = None
    to_resolve: timedelta | None = None

    def in_minutes(self) -> dict[str, float | None]:
        """`{"to_detect_min": 3.0, ...}`, as import files name what they expect."""
        return {f"{name}_min": minutes(took) for name, took in self}


def minutes(took: timedelta | None) -> float | None:
    return took / timedelta(minutes=1) if took is not None else None


def measures(incident: Incident, events: Iterable[ev.Event]) -> Measures:
    """The measures of `incident`, whose whole log is `events`.

    Its own times count, as they have been corrected; from the log come the first commander
    and the moment at which the cause was first called identified.
    """
    log = tuple(events)
    began = incident.start_time
    if began is None:
        return Measures()

    def since_it_began(moment: Moment | None) -> timedelta | None:
        return moment - began if moment is not None else None

    return Measures(
        to_detect=since_it_began(incident.detected_time),
        to_declare=since_it_began(incident.declared_time),
        to_commander=since_it_began(first_command(log)),
        to_acknowledge=since_it_began(incident.acknowledged_time),
        to_identify=since_it_began(first_identified(log)),
        to_mitigate=since_it_began(incident.mitigation_time),
        to_resolve=since_it_began(incident.resolution_time),
    )


def first_command(log: Sequence[ev.Event]) -> Moment | None:
    """When somebody first held incident command."""
    taken = (
        event.at
        for event in log
        if isinstance(event, ev.RoleAssigned | ev.RoleAccepted)
        and event.role == "incident_commander"
    )
    return min(taken, default=None)


def first_identified(log: Sequence[ev.Event]) -> Moment | None:
    """When the cause was first called identified."""
    called = (
        event.at
        for event in log
        if isinstance(event, (ev.Activated, ev.PhaseChanged, ev.Reopened))
        and event.phase == "identified"
    )
    return min(called, default=None)
