"""Histories in a few words: events with the fields that matter to a test, the rest filled in.

Given = past events, when = one command, then = new events. Nothing here touches a store.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.action_events import Hold
from incident.core.decide import ALONE, decide
from incident.core.incident import Incident, fold
from incident.core.oncall.roster import Roster
from incident.core.oncall.schedule import Schedule
from incident.core.policy import BUILT_IN, Level, Policy, Targets
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = NOON + 10 * MINUTE
"""When the command of a test comes, unless it says otherwise."""
EVERYBODY = ("ada", "bo", "cy", "mei", "zoe")
BY_ADA: dict[str, object] = {"by": "ada", "at": NOON}


def given(*events: ev.Event) -> Incident:
    """The incident after `events`."""
    return fold(events)


def when(
    incident: Incident, command: do.Command, now: datetime = LATER, around: Surroundings = ALONE
) -> list[ev.Event]:
    """What `command` leads to."""
    return decide(incident, command, now, around)


def refusal(
    incident: Incident, command: do.Command, now: datetime = LATER, around: Surroundings = ALONE
) -> str:
    """The code with which `command` is refused."""
    return refused(incident, command, now, around).code


def refused(
    incident: Incident, command: do.Command, now: datetime = LATER, around: Surroundings = ALONE
) -> Rejected:
    """The refusal of `command`, with its sentence and facts."""
    with pytest.raises(Rejected) as caught:
        decide(incident, command, now, around)
    return caught.value


def played(
    *commands: do.Command,
    now: datetime = NOON,
    incident: Incident | None = None,
    around: Surroundings = ALONE,
) -> tuple[list[ev.Event], Incident]:
    """The log and the state after `commands`, none of which may be refused."""
    log: list[ev.Event] = []
    incident = incident or Incident()
    for command in commands:
        events = decide(incident, command, now, around)
        log += events
        incident = fold(events, incident)
    return log, incident


def rotation(name: str, *members: str, role: str | None = None, **fields: object) -> Schedule:
    """A rotation in which `members` take turns; one alone is always on call."""
    told = {"name": name, "role": role, "members": members}
    return Schedule.model_validate(told | fields)


def around(
    *rotations: Schedule,
    people: Iterable[str] = EVERYBODY,
    policy: Policy = BUILT_IN,
    revision: int = 0,
) -> Surroundings:
    """The policy that holds, who takes turns in what, and who there is at all."""
    roster = Roster(schedules=rotations, people=frozenset(people))
    return Surroundings(policy=policy, revision=revision, roster=roster)


def rung(respond: float, escalate: float, **page: object) -> Level:
    """A level with its two clocks in minutes, and whom it pages."""
    return Level(
        page=Targets.model_validate(page),
        respond_within=respond * MINUTE,
        escalate_after=escalate * MINUTE,
    )


def policy(*levels: Level, **fields: object) -> Policy:
    """The built-in policy with these levels, or with other `fields`."""
    return Policy.model_validate(dict(BUILT_IN) | {"escalation": levels} | fields)


def declared(**fields: object) -> ev.Declared:
    """Ada declares an incident of severity 3 at noon that nobody need answer."""
    told = {"title": "Card payments failing", "severity": 3, "phase": "investigating"}
    started = {"start_time": fields.get("at", NOON)}
    return ev.Declared.model_validate(BY_ADA | told | started | fields)


def noted(message: str = "Looking at the proxies", **fields: object) -> ev.Noted:
    return ev.Noted.model_validate(BY_ADA | {"message": message} | fields)


def paged(*people: str, at: datetime = NOON, **fields: object) -> ev.Paged:
    """The first level was paged, late in 5 minutes and climbed from in 15."""
    why = fields.pop("why", "named by the policy")
    called = tuple({"person": person, "why": why} for person in people)
    told = {"by": "system", "at": at, "people": called, "round": 1, "turn": 1, "level": 1}
    clocks = {"respond_by": at + 5 * MINUTE, "climb_at": at + 15 * MINUTE}
    return ev.Paged.model_validate(told | clocks | fields)


def called(event: ev.Event) -> tuple[str, ...]:
    """Who was paged by it."""
    assert isinstance(event, ev.Paged | ev.CommanderMissing)
    return tuple(one.person for one in event.people)


def acknowledged(by: str = "ada", at: datetime = NOON, **fields: object) -> ev.Acknowledged:
    return ev.Acknowledged.model_validate({"by": by, "at": at} | fields)


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


def offered(to: str, role: str = "incident_commander", **fields: object) -> ev.RoleOffered:
    """Ada offers a role for a quarter of an hour."""
    at = fields.get("at", NOON)
    assert isinstance(at, datetime)
    told = {"to": to, "role": role, "expires_at": at + 15 * MINUTE}
    return ev.RoleOffered.model_validate(BY_ADA | told | fields)


def accepted(holder: str, role: str = "incident_commander", **fields: object) -> ev.RoleAccepted:
    """`holder` takes what Ada offered a minute ago."""
    told: dict[str, object] = {"by": holder, "at": NOON, "holder": holder, "role": role}
    return ev.RoleAccepted.model_validate(told | {"offered_by": "ada", "waited": MINUTE} | fields)


def released(holder: str, role: str = "incident_commander", at: datetime = NOON) -> ev.RoleReleased:
    return ev.RoleReleased(by=holder, at=at, role=role, holder=holder)


def reopened(at: datetime = NOON) -> ev.Reopened:
    return ev.Reopened(by="ada", at=at, phase="investigating", reason="It is back")


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
