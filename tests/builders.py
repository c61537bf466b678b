"""Histories in a few words: events with the fields that matter to a test, the rest filled in.

Given = past events, when = one command, then = new events. Nothing here touches a store.
"""

from datetime import UTC, datetime, timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.action_events import Hold
from incident.core.decide import decide
from incident.core.incident import Incident, fold
from incident.core.rejected import Rejected

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = NOON + 10 * MINUTE
"""When the command of a test comes, unless it says otherwise."""
BY_ADA: dict[str, object] = {"by": "ada", "at": NOON}


def given(*events: ev.Event) -> Incident:
    """The incident after `events`."""
    return fold(events)


def when(incident: Incident, command: do.Command, now: datetime = LATER) -> list[ev.Event]:
    """What `command` leads to."""
    return decide(incident, command, now)


def refusal(incident: Incident, command: do.Command, now: datetime = LATER) -> str:
    """The code with which `command` is refused."""
    return refused(incident, command, now).code


def refused(incident: Incident, command: do.Command, now: datetime = LATER) -> Rejected:
    """The refusal of `command`, with its sentence and facts."""
    with pytest.raises(Rejected) as caught:
        decide(incident, command, now)
    return caught.value


def played(
    *commands: do.Command, now: datetime = NOON, incident: Incident | None = None
) -> tuple[list[ev.Event], Incident]:
    """The log and the state after `commands`, none of which may be refused."""
    log: list[ev.Event] = []
    incident = incident or Incident()
    for command in commands:
        events = decide(incident, command, now)
        log += events
        incident = fold(events, incident)
    return log, incident


def declared(**fields: object) -> ev.Declared:
    """Ada declares an incident of severity 3 at noon that nobody need answer."""
    told = {"title": "Card payments failing", "severity": 3, "phase": "investigating"}
    started = {"start_time": fields.get("at", NOON)}
    return ev.Declared.model_validate(BY_ADA | told | started | fields)


def noted(message: str = "Looking at the proxies", **fields: object) -> ev.Noted:
    return ev.Noted.model_validate(BY_ADA | {"message": message} | fields)


def acknowledged(by: str = "ada", at: datetime = NOON) -> ev.Acknowledged:
    return ev.Acknowledged(by=by, at=at)


def mitigated(at: datetime = NOON) -> ev.Mitigated:
    return ev.Mitigated(by="ada", at=at)


def resolved(at: datetime = NOON) -> ev.Resolved:
    return ev.Resolved(by="ada", at=at)


def closed(at: datetime = NOON) -> ev.Closed:
    return ev.Closed(by="ada", at=at, reason="Post-mortem published")


def cancelled(at: datetime = NOON) -> ev.Cancelled:
    return ev.Cancelled(by="ada", at=at, reason="False alarm")


def holds(holder: str, role: str = "incident_commander", **fields: object) -> ev.RoleAssigned:
    """`holder` took `role`."""
    told = {"by": holder, "at": NOON, "holder": holder, "role": role}
    return ev.RoleAssigned.model_validate(told | fields)


def proposed(action: int = 1, **fields: object) -> ev.ActionProposed:
    """Cy proposes to restart something, touching nothing in particular."""
    told = {"by": "cy", "action": f"ACT-{action}", "description": "Restart the proxies"}
    return ev.ActionProposed.model_validate(BY_ADA | told | fields)


def approved(action: int = 1, by: str = "ada") -> ev.ActionApproved:
    return ev.ActionApproved(by=by, at=NOON, action=f"ACT-{action}")


def started(action: int = 1, owner: str = "cy", at: datetime = NOON) -> ev.ActionStarted:
    return ev.ActionStarted(by=owner, at=at, action=f"ACT-{action}", owner=owner)


def completed(action: int = 1, by: str = "cy") -> ev.ActionCompleted:
    return ev.ActionCompleted(by=by, at=NOON, action=f"ACT-{action}")


def abandoned(action: int = 1, by: str = "cy") -> ev.ActionAbandoned:
    return ev.ActionAbandoned(by=by, at=NOON, action=f"ACT-{action}")


def promised(audience: str = "customers", **fields: object) -> ev.UpdatePosted:
    """An update to `audience`, with `due_at` the next one."""
    told = {"audience": audience, "message": "We are on it"}
    return ev.UpdatePosted.model_validate(BY_ADA | told | fields)


def held(**fields: object) -> Hold:
    """What action ACT-9 of another incident holds: `db` everywhere."""
    told: dict[str, object] = {"incident": "INC-9", "action": "ACT-9", "holder": "mei"}
    return Hold.model_validate(told | {"since": NOON, "target": "db", "region": "*"} | fields)
