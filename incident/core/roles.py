"""Who leads: each role has one holder at most, and nobody takes one from another by surprise."""

from datetime import datetime

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.lifecycle import still_worked_on
from incident.core.rejected import Rejected
from incident.core.values import RoleName


def assign(incident: Incident, command: do.AssignRole, now: datetime) -> list[ev.Event]:
    """Give a free role to somebody; one that is held only from or with its holder's consent."""
    still_worked_on(incident)
    holder = incident.roles[command.role].holder
    if holder == command.assignee:
        return []
    if holder and not may_move(incident, command.role, command):
        title = role_title(command.role)
        raise Rejected("role-held", f"{holder} is {title}. Ask them to give it up.", holder=holder)
    return [
        ev.RoleAssigned(
            by=command.by, at=now, role=command.role, holder=command.assignee, previous=holder
        )
    ]


def release(incident: Incident, command: do.ReleaseRole, now: datetime) -> list[ev.Event]:
    """Give a role up."""
    still_worked_on(incident)
    holder = incident.roles[command.role].holder
    if holder is None:
        raise Rejected("role-not-held", f"Nobody is {role_title(command.role)}.")
    if not may_move(incident, command.role, command):
        raise Rejected("not-your-role", f"Only {holder} or the incident commander can do this.")
    return [ev.RoleReleased(by=command.by, at=now, role=command.role, holder=holder)]


def may_move(incident: Incident, role: RoleName, command: do.AssignRole | do.ReleaseRole) -> bool:
    """Its holder may, the commander may, and an admin may (for a holder who is gone)."""
    return (
        command.by in {incident.roles[role].holder, incident.commander}
        or command.authority == "admin"
    )


def role_title(role: RoleName) -> str:
    """`incident_commander` as people say it: incident commander."""
    return role.replace("_", " ")
