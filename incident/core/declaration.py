"""How an incident begins: declared now, or recounted from the past as a whole."""

from collections.abc import Iterable
from datetime import datetime

from incident.core import commands as do
from incident.core import events as ev
from incident.core.escalation import answered_within, begin
from incident.core.incident import Incident, fold
from incident.core.promises import beginning
from incident.core.rejected import Rejected
from incident.core.roles import assign, offer_to_those_on_call
from incident.core.surroundings import Surroundings
from incident.core.times import not_in_the_future


def declare(command: do.Declare, around: Surroundings, now: datetime) -> list[ev.Event]:
    """The declaration, the roles given out with it, and who is told: by offer and by page."""
    start = command.start_time or command.detected_time or now
    not_in_the_future(start, now)
    if command.detected_time:
        not_in_the_future(command.detected_time, now)
        if command.detected_time < start:
            raise Rejected("bad-times", "It cannot have been detected before it began.")
    terms = around.policy.terms(around.revision)
    declared = ev.Declared(
        by=command.by,
        at=now,
        phase="investigating" if command.status == "active" else None,
        start_time=start,
        terms=terms,
        **beginning(terms, command.severity, now),
        **command.model_dump(
            exclude={"by", "authority", "start_time", "roles", "links"},
        ),
        links=command.links,
    )
    told: list[ev.Event] = [declared, *given_out(command, fold([declared]), around, now)]
    incident = fold(told)
    if answered_within(incident):
        told += offer_to_those_on_call(incident, around, now)
    return [*told, *begin(incident, around, now)]


def given_out(
    command: do.Declare, incident: Incident, around: Surroundings, now: datetime
) -> Iterable[ev.Event]:
    """The roles that come with the declaration."""
    for role, holder in command.roles.items():
        assigned = do.AssignRole(by=command.by, role=role, assignee=holder)
        yield from assign(incident, assigned, around, now)


def recount(command: do.Import, now: datetime) -> list[ev.Event]:
    """The events of a past incident as they are told, and where they were taken from."""
    match command.events:
        case [ev.Declared(), *rest] if not any(isinstance(e, ev.Declared) for e in rest):
            for event in command.events:
                not_in_the_future(event.at, now)
            return [*command.events, ev.Imported(by=command.by, at=now, source=command.source)]
        case _:
            raise Rejected("bad-history", "A history begins with its only declaration.")
