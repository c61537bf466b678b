"""Who leads: each role has one holder at most, and nobody takes one from another by surprise.

A handoff is an offer, and an answer to it: until it is accepted the old holder holds.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from incident.core import commands as do
from incident.core import events as ev
from incident.core.answering import answered
from incident.core.incident import Incident
from incident.core.lifecycle import still_worked_on
from incident.core.oncall.roster import Watch
from incident.core.pieces import Offer
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings
from incident.core.titles import role_title
from incident.core.values import ENDED, Intent

OFFER_LASTS = timedelta(minutes=15)
"""How long somebody has to accept a role."""
SLIPS_ARE_UNDONE = timedelta(minutes=1)
"""How long a shift goes on at least after a change by which it is over.

Whoever covers the wrong hours or deletes a rotation sees it at once and takes it back; an offer
that was made meanwhile could not be taken back with it.
"""
SYSTEM = "system"


def known_role(incident: Incident, role: str) -> None:
    if role not in incident.roles:
        named = ", ".join(incident.roles)
        raise Rejected("no-such-role", f"There is no role {role}. There are: {named}.")


def assign(
    incident: Incident, command: do.AssignRole, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """Give a free role to somebody; one that is held only from or with its holder's consent."""
    still_worked_on(incident)
    known_role(incident, command.role)
    role = incident.role(command.role)
    if role.holder == command.assignee:
        return []
    if command.by == command.assignee and standing_offer(incident, command.role, command.by, now):
        return accept(incident, do.AcceptRole(by=command.by, role=command.role), around, now)
    if role.holder and not may_move(incident, command.role, command):
        title = role_title(command.role)
        raise Rejected(
            "role-held", f"{role.holder} is {title}. Ask them to hand it over.", holder=role.holder
        )
    taken = ev.RoleAssigned(
        by=command.by,
        at=now,
        role=command.role,
        holder=command.assignee,
        previous=role.holder,
        shift_ends=shift_end(incident, command.role, command.assignee, around, now),
    )
    return [*answer_of(incident, command.by, command.assignee, now), taken]


def answer_of(incident: Incident, by: str, holder: str, now: datetime) -> list[ev.Event]:
    """Whoever is being paged and takes a role has answered the page."""
    if by != holder or incident.acknowledged_by or not incident.ladder.runs:
        return []
    return [answered(incident, by, now)] if by in incident.ladder.paged else []


def release(incident: Incident, command: do.ReleaseRole, now: datetime) -> list[ev.Event]:
    """Give a role up."""
    still_worked_on(incident)
    known_role(incident, command.role)
    holder = incident.role(command.role).holder
    if holder is None:
        raise Rejected("role-not-held", f"Nobody is {role_title(command.role)}.")
    if not may_move(incident, command.role, command):
        raise Rejected("not-your-role", f"Only {holder} or the incident commander can do this.")
    return [ev.RoleReleased(by=command.by, at=now, role=command.role, holder=holder)]


def may_move(incident: Incident, role: str, command: Intent) -> bool:
    """Its holder may, the commander may, and an admin may (for a holder who is gone)."""
    return (
        command.by in {incident.role(role).holder, incident.commander}
        or command.authority == "admin"
    )


def offer(
    incident: Incident, command: do.OfferRole, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """Offer a role; one that is held only its holder, the commander or an admin can offer.

    Nothing runs out in an incident that has ended, so nothing is offered there.
    """
    still_worked_on(incident)
    if incident.status in ENDED:
        raise Rejected("not-open", f"The incident is {incident.status}: give the role right away.")
    known_role(incident, command.role)
    role = incident.role(command.role)
    if role.holder == command.to:
        raise Rejected("role-held", f"{command.to} is {role_title(command.role)} already.",
                       holder=command.to)  # fmt: skip
    if role.holder and not may_move(incident, command.role, command):
        raise Rejected(
            "not-your-role", f"Only {role.holder} or the incident commander can do this."
        )
    offered = offering(command.role, command.to, now, by=command.by, message=command.message)
    return [*taken_back(incident, command.role, command.by, now), offered]


def offering(role: str, to: str, now: datetime, **told: Any) -> ev.RoleOffered:  # noqa: ANN401 (fields of the event)
    return ev.RoleOffered(at=now, role=role, to=to, expires_at=now + OFFER_LASTS, **told)


def taken_back(incident: Incident, role: str, by: str, now: datetime) -> list[ev.Event]:
    """An offer that stands and gives way to another."""
    standing = incident.role(role).offer
    return [ev.OfferWithdrawn(by=by, at=now, role=role, to=standing.to)] if standing else []


def withdraw(incident: Incident, command: do.WithdrawOffer, now: datetime) -> list[ev.Event]:
    """Take an offer back, as who made it, holds the role, commands, or is an admin."""
    known_role(incident, command.role)
    standing = incident.role(command.role).offer
    if standing is None:
        raise Rejected("no-offer", f"Nobody is being offered {role_title(command.role)}.")
    if command.by != standing.by and not may_move(incident, command.role, command):
        raise Rejected("not-your-role", f"Only {standing.by} can take this offer back.")
    return taken_back(incident, command.role, command.by, now)


def accept(
    incident: Incident, command: do.AcceptRole, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """Take an offered role: from this commit on it is theirs, and nobody else's."""
    still_worked_on(incident)
    known_role(incident, command.role)
    role = incident.role(command.role)
    if role.holder == command.by:
        return []
    offered = standing_offer(incident, command.role, command.by, now)
    if offered is None:
        raise Rejected("no-offer", gone(incident, command), holder=role.holder)
    accepted = ev.RoleAccepted(
        by=command.by,
        at=now,
        role=command.role,
        holder=command.by,
        previous=role.holder,
        offered_by=offered.by,
        waited=max(now - offered.at, timedelta(0)),
        shift_ends=shift_end(incident, command.role, command.by, around, now),
    )
    return [*answer_of(incident, command.by, command.by, now), accepted]


def standing_offer(incident: Incident, role: str, to: str, now: datetime) -> Offer | None:
    """What `to` can accept now."""
    offered = incident.role(role).offer
    return offered if offered and offered.to == to and offered.expires_at > now else None


def gone(incident: Incident, command: do.AcceptRole) -> str:
    """Why there is nothing to accept, and what to do about it."""
    role, title = incident.role(command.role), role_title(command.role)
    if role.offer and role.offer.to == command.by:
        return f"The offer ended at {role.offer.expires_at:%H:%M:%S} UTC. Ask for it again."
    if role.offer:
        return f"{title.capitalize()} is offered to {role.offer.to} by now."
    if role.holder:
        return f"{role.holder} is {title}; nothing is offered to you. Ask them to hand it over."
    return f"The offer is no longer there, and nobody is {title}: take it."


def decline(incident: Incident, command: do.DeclineRole, now: datetime) -> list[ev.Event]:
    """Say no to an offer; whoever holds the role keeps it."""
    known_role(incident, command.role)
    standing = incident.role(command.role).offer
    if standing is None or standing.to != command.by:
        title = role_title(command.role)
        raise Rejected("no-offer", f"You are not being offered {title}.")
    return [
        ev.OfferDeclined(
            by=command.by, at=now, role=command.role, to=command.by, reason=command.reason
        )
    ]


def offer_to_those_on_call(
    incident: Incident, around: Surroundings, now: datetime
) -> Iterable[ev.Event]:
    """At the declaration: every free role goes to who is on call for it in the region."""
    for name, role in incident.roles.items():
        watch = on_call(incident, name, around, now)
        if role.holder is None and watch.people:
            duty = watch.people[0]
            yield offering(name, duty.person, now, by=SYSTEM, why=duty.why)


def on_call(incident: Incident, role: str, around: Surroundings, now: datetime) -> Watch:
    return around.roster.on_call(role, incident.affected_regions, now)


def shift_end(
    incident: Incident, role: str, holder: str, around: Surroundings, now: datetime
) -> datetime | None:
    """Until when `holder` is on call for the role; None when they are not."""
    duties = on_call(incident, role, around, now).people
    return next((duty.until for duty in duties if duty.person == holder), None)


def fall_due(incident: Incident, around: Surroundings, now: datetime) -> Iterable[ev.Event]:
    """Offers that nobody answered, and shifts that are over: the next one is offered the role."""
    for name, role in incident.roles.items():
        if role.offer and role.offer.expires_at <= now:
            yield ev.OfferExpired(by=SYSTEM, at=now, role=name, to=role.offer.to)
        if role.shift_ends and role.shift_ends <= now and role.holder:
            yield from shift_over(incident, name, role.holder, around, now)


def shift_over(
    incident: Incident, name: str, holder: str, around: Surroundings, now: datetime
) -> Iterable[ev.Event]:
    """The holder's shift has ended, unless the rotation was changed meanwhile."""
    duties = on_call(incident, name, around, now).people
    told: dict[str, Any] = {"by": SYSTEM, "at": now, "role": name, "holder": holder}
    still = next((duty for duty in duties if duty.person == holder), None)
    if still:
        yield ev.ShiftExtended(shift_ends=still.until, **told)
        return
    following = duties[0] if duties else None
    yield ev.ShiftEnded(next=following.person if following else None, **told)
    standing = incident.role(name).offer
    if following and (standing is None or standing.expires_at <= now):
        yield offering(name, following.person, now, by=SYSTEM, why=following.why)


def follow_rotations(incident: Incident, around: Surroundings, now: datetime) -> Iterable[ev.Event]:
    """Shifts that are under way end when they do by the rotations as they are now.

    Nothing ends here, and nothing is offered: what is true then is asked when the end falls due.
    """
    for name, role in incident.roles.items():
        if role.holder and role.shift_ends and role.shift_ends > now:
            ends = ends_of_duty(incident, name, role.holder, around, now)
            moved = moved_end(role.shift_ends, ends, now)
            if moved != role.shift_ends:
                told: dict[str, Any] = {"role": name, "holder": role.holder, "shift_ends": moved}
                yield ev.ShiftExtended(by=SYSTEM, at=now, **told)


def moved_end(old: datetime, ends: list[datetime | None], now: datetime) -> datetime:
    """When a shift ends whose holder is on duty until `ends`, or not at all.

    An end that is due sooner than a change may set one stays, or changes would put it off for
    ever; so does one in place of which none is in sight.
    """
    if old in ends:
        return old
    soonest = now + SLIPS_ARE_UNDONE
    end = ends[0] if ends else now
    if end is None or max(old, end) <= soonest:
        return old
    return max(end, soonest)


def ends_of_duty(
    incident: Incident, role: str, holder: str, around: Surroundings, now: datetime
) -> list[datetime | None]:
    """Until when `holder` is on duty for the role; the rotation that answers for it first.

    Another one may answer for the role by now, and the shift goes on all the same.
    """
    roster = around.roster
    watches = [on_call(incident, role, around, now)]
    watches += [roster.of_rotation(rotation.name, now) for rotation in roster.of_role(role)]
    return [duty.until for watch in watches for duty in watch.people if duty.person == holder]
