"""What single events write into the state, piece by piece; `evolve` says which.

It records and derives, it decides nothing. The incident is only named here as a type, since
its module builds on this one.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from incident.core import events as ev
from incident.core import health
from incident.core.pieces import Call, Ladder, Offer, Role
from incident.core.values import Audience, Moment
from incident.core.work_recording import on_action, on_hypothesis

if TYPE_CHECKING:
    from incident.core.incident import Incident

REDACTED = "[redacted]"
SYSTEM = "system"

COMMAND_UP_TO = 2
"""The mildest severity on which somebody must command."""
COMMAND_WITHIN = timedelta(minutes=5)
"""How long a severity 1 or 2 may be without an incident commander, and between two calls."""
LEADER_CALLS = 5
"""How often somebody is paged for it in a row."""

NOTHING_DUE: dict[str, Any] = {
    "due_at": None,
    "missed": False,
    "promised": False,
    "snoozed": False,
}

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
    "resolve_by",
)
"""What a declaration says of the incident, field by field."""


def declared(incident: "Incident", event: ev.Declared) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(event, name) for name in DECLARED}
    told["declared_time"] = event.at
    if event.terms:
        roles = {name: Role() for name in event.terms.roles}
        told |= {"terms": event.terms, "roles": roles, "needs_command": True}
    if event.respond_by:  # of a time without a ladder: it begins when that passes
        told["ladder"] = Ladder(climb_at=event.respond_by)
    return told | channels_due(incident, event.updates_due)


def paged(event: ev.Paged) -> dict[str, Any]:
    """Somebody was paged, so nobody has acknowledged."""
    ladder = Ladder(
        round=event.round,
        turn=event.turn,
        level=event.level,
        paged=tuple(called.person for called in event.people),
        paged_at=event.at,
        again=event.again,
        respond_by=event.respond_by,
        climb_at=event.climb_at,
    )
    return {"ladder": ladder, "acknowledged_by": None, "needs_command": True}


def imported(incident: "Incident") -> dict[str, Any]:
    """It was told afterwards, so nobody is paged or asked for it by itself."""
    return {
        "ladder": incident.ladder.without_clocks(),
        "roles": unhurried(incident.roles),
        "needs_command": False,
    }


def acknowledged(incident: "Incident", event: ev.Acknowledged) -> dict[str, Any]:
    ladder = incident.ladder.without_clocks()
    return {
        "acknowledged_by": event.by,
        "acknowledged_time": incident.acknowledged_time or event.at,
        "ladder": ladder.model_copy(update={"prove_by": event.prove_by}),
    }


def restarted(incident: "Incident", event: ev.EscalationRestarted) -> dict[str, Any]:
    clocks = {"respond_by": event.respond_by, "climb_at": event.climb_at}
    place = {"round": event.round, "level": event.level, "again": False, "ended": ""}
    proof = {"prove_by": event.prove_by, "asked": bool(event.prove_by) and incident.ladder.asked}
    return on_ladder(incident, **place, **clocks, **proof, paused_at=None, paused_until=None)


def reopened(incident: "Incident", event: ev.Reopened) -> dict[str, Any]:
    """Everything that had ended begins again; a round of the ladder that was answered is over."""
    cleared = dict.fromkeys(
        (
            "mitigation_time",
            "resolution_time",
            "resolved_by",
            "closed_time",
            "acknowledged_by",
            "postmortem_by",
        )
    )
    return {
        "status": "active",
        "phase": event.phase,
        "ladder": Ladder(round=incident.ladder.round + 1),
        "resolve_by": event.resolve_by,
        "needs_command": True,
        **cleared,
        **channels_due(incident, event.updates_due),
    }


def details(incident: "Incident", event: ev.DetailsChanged) -> dict[str, Any]:
    """What is known now; of what is no longer affected nothing is known to be unwell."""
    changes = event.model_dump(exclude_none=True, exclude={"kind", "by", "at", "links"})
    if event.links is not None:
        changes["links"] = event.links
    if incident.health and changes.keys() & {"affected_services", "affected_regions"}:
        changes["health"] = health.kept(incident, incident.model_copy(update=changes))
    return changes


def new_clocks(
    incident: "Incident", event: ev.SeverityChanged | ev.PolicyApplied
) -> dict[str, Any]:
    """The clocks of a new severity or policy; a promise that somebody gave stays."""
    due = channels_due(incident, event.updates_due)
    channels = due.get("communications", incident.communications)
    off = {name: channels[name].model_copy(update=NOTHING_DUE) for name in event.updates_off}
    return {"resolve_by": event.resolve_by, "communications": channels | off}


def channels_due(incident: "Incident", due: Mapping[Audience, Moment]) -> dict[str, Any]:
    """Updates that are due by the cadence."""
    channels = {
        name: incident.communications[name].model_copy(update=NOTHING_DUE | {"due_at": moment})
        for name, moment in due.items()
    }
    return {"communications": incident.communications | channels} if channels else {}


def on_channel(incident: "Incident", audience: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of the channel)
    changed = incident.communications[audience].model_copy(update=changes)
    return {"communications": incident.communications | {audience: changed}}


def on_ladder(incident: "Incident", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of the ladder)
    return {"ladder": incident.ladder.model_copy(update=changes)} if changes else {}


def called(incident: "Incident", by: str, people: Iterable[str]) -> dict[str, Any]:
    """They are waited for; the newest call of each counts."""
    new = tuple(Call(person=person, by=by) for person in people)
    named = {one.person for one in new}
    return {"calls": (*(one for one in incident.calls if one.person not in named), *new)}


def on_role(incident: "Incident", role: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of the role)
    changed = incident.role(role).model_copy(update=changes)
    return {"roles": incident.roles | {role: changed}}


def offer(event: ev.RoleOffered) -> Offer:
    return Offer(
        to=event.to,
        by=event.by,
        at=event.at,
        expires_at=event.expires_at,
        message=event.message,
    )


def with_number(numbers: tuple[int, ...], number: int) -> tuple[int, ...]:
    return tuple(sorted({*numbers, number}))


def marked(incident: "Incident") -> dict[str, Any]:
    """The entry being recorded is itself only a mark on another one."""
    return {"marks": (*incident.marks, incident.entries + 1)}


def without_deadlines(incident: "Incident") -> "Incident":
    """Of an incident that has ended only its post-mortem falls due, whatever is still told."""
    kept = {
        name: channel.model_copy(update=NOTHING_DUE)
        for name, channel in incident.communications.items()
    }
    return incident.model_copy(
        update={
            "communications": kept,
            "roles": unhurried(incident.roles),
            "ladder": incident.ladder.without_clocks(),
            "resolve_by": None,
            "calls": (),
            **NO_LEADER_CLOCK,
        }
    )


def unhurried(roles: Mapping[str, Role]) -> dict[str, Role]:
    """Who holds what, with no offer and no shift that runs out."""
    quiet = {"shift_ends": None, "offer": None}
    return {name: role.model_copy(update=quiet) for name, role in roles.items()}


NO_LEADER_CLOCK: dict[str, Any] = {
    "leaderless_since": None,
    "leader_called_at": None,
    "leader_calls": 0,
}


def with_consequences(incident: "Incident", event: ev.Event) -> "Incident":
    """What follows from any event: an acknowledgement is proved, command is missing or not."""
    changes: dict[str, Any] = {}
    if incident.ladder.prove_by and proves(incident, event):
        changes |= on_ladder(incident, prove_by=None, asked=False)
    needed = incident.needs_command and incident.severity <= COMMAND_UP_TO
    if not needed or incident.commander:
        if incident.leaderless_since:
            changes |= NO_LEADER_CLOCK
    elif incident.leaderless_since is None:
        changes["leaderless_since"] = event.at
    if incident.calls:
        leaderless = needed and not incident.commander
        changes["calls"] = unheard(incident.calls, event, leaderless=leaderless)
    return incident.model_copy(update=changes) if changes else incident


def unheard(calls: tuple[Call, ...], event: ev.Event, *, leaderless: bool) -> tuple[Call, ...]:
    """Who was called and is still waited for: whoever enters something has come."""
    kept = (one for one in calls if one.person != event.by)
    return tuple(one for one in kept if leaderless or one.by != SYSTEM)


def proves(incident: "Incident", event: ev.Event) -> bool:
    """Whether `event` shows that whoever acknowledged is at it."""
    match event:
        case ev.Acknowledged():
            return False
        case ev.RoleAssigned() if event.holder == incident.acknowledged_by:
            return True
        case _:
            return event.by == incident.acknowledged_by


def without_text(incident: "Incident", fields: tuple[str, ...]) -> dict[str, Any]:
    """The state with the text of `fields` removed (see `EntryRedacted.fields`)."""
    changes: dict[str, Any] = {}
    for field in fields:
        match field.split("."):
            case ["actions", action, "description" | "impact" | "reason" as name]:
                so_far = incident.model_copy(update=changes)
                changes |= on_action(so_far, action, **{name: REDACTED})
            case ["hypotheses", hypothesis, "description" | "reason" as name]:
                so_far = incident.model_copy(update=changes)
                changes |= on_hypothesis(so_far, hypothesis, **{name: REDACTED})
            case ["roles", role, "message"]:
                so_far = incident.model_copy(update=changes)
                if (offered := so_far.role(role).offer) is not None:
                    blank = offered.model_copy(update={"message": REDACTED})
                    changes |= on_role(so_far, role, offer=blank)
            case ["metadata" | "links" as name]:
                changes[name] = {} if name == "metadata" else ()
            case ["title" | "description" as name]:
                changes[name] = REDACTED
            case _:
                pass
    return changes
