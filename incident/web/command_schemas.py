"""What clients are answered about command: roles, fixes, the ladder, promises, hypotheses, briefs.

The shapes themselves are made elsewhere; the tests hold every answer to what stands here.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from incident.core.role_events import Verdict
from incident.core.values import ActionStatus, Audience, Phase, Risk, Status
from incident.web.schema_parts import Iso, Shape, Time


class Action(Shape):
    """A fix: proposed, approved, started, completed or abandoned."""

    id: str
    description: str
    status: ActionStatus
    owner: str | None
    target: str | None
    region: str | None
    impact: str
    risk: Risk | None
    estimate: Iso | None
    created_by: str
    created_at: Time
    started_at: Time | None
    completed_at: Time | None
    executed_on: str | None
    """Where it really ran, when that is not its target."""
    run_after: str | None
    """The fix at whose end this one starts by itself."""
    overdue: bool
    """It has been running for longer than was estimated."""
    reason: str
    """How it turned out, or why it was given up; empty before it ends."""
    approved: bool
    approved_by: str | None


class Offer(Shape):
    """A role that somebody may take; until they do, whoever holds it holds it."""

    to: str
    by: str
    """A handle, or `system` where it comes from the rotation."""
    at: Time
    expires_at: Time
    message: str


class Role(Shape):
    holder: str | None
    since: Time | None
    shift_ends_at: Time | None
    """When the holder's shift is over, where they are on call for it."""
    offered_to: str | None
    offer: Offer | None


class Roles(BaseModel):
    """Always these five, and those that the policy adds."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Role]

    incident_commander: Role
    communications_lead: Role
    operations_lead: Role
    scribe: Role
    tech_lead: Role


class Pages(Shape):
    """Whom a level pages: all of these, everybody once."""

    roles: list[str]
    people: list[str]
    rotations: list[str]


class Rung(Shape):
    level: int
    page: Pages
    respond_within: Iso
    """After this the page is late, and sent again."""
    escalate_after: Iso
    """After this the next level is paged."""


class Escalation(Shape):
    """Who was called, whether somebody is on it, and what happens when."""

    round: int
    """Counts the times that it began; an answer may name the one it means."""
    turn: int
    level: int
    levels: int
    paged: list[str]
    paged_at: Time | None
    again: bool
    """The level was paged a second time."""
    acknowledged_by: str | None
    next_at: Time | None
    """When something falls due."""
    respond_by: Time | None
    climb_at: Time | None
    prove_by: Time | None
    """By then the acknowledgement must have led somewhere."""
    asked: bool
    """Who acknowledged was asked whether they are really on it."""
    paused_until: Time | None
    ended: str | None
    """Why it pages nobody any more."""
    rungs: list[Rung]


class Channel(Shape):
    """What one audience was told and promised."""

    last_sent_at: Time | None
    due_at: Time | None
    missed: bool
    promised: bool
    """Somebody gave that time; else it follows from the severity."""
    snoozed: bool


class Communications(Shape):
    customers: Channel
    leadership: Channel
    support: Channel


class Hypothesis(Shape):
    """What may be the cause."""

    id: str
    description: str
    verdict: Verdict
    by: str
    """Who raised it, or gave the last verdict."""
    at: Time
    reason: str
    """Why that verdict."""
    for_: Annotated[list[int], Field(alias="for")]
    """The numbers of the entries that speak for it."""
    against: list[int]


class RunningPolicy(Shape):
    """The terms that the incident runs under."""

    revision: int
    """0 is the built-in policy."""
    severity_name: str
    respond_within: Iso | None
    resolve_within: Iso | None
    update_every: dict[Audience, Iso]


class Said(Shape):
    """An entry that the brief rests on, cut to 500 characters."""

    number: int
    at: Time
    by: str
    message: str


class UpdateDue(Shape):
    audience: Audience
    due_at: Time
    missed: bool


class Brief(Shape):
    """What whoever takes a role must know, made from the log at this moment."""

    incident: str
    seq: int
    role: str
    at: Time
    severity: int
    status: Status
    phase: Phase | None
    since: Time
    """When the impact began."""
    summary: str
    holder: str | None
    offered: str
    """What who hands over wants to add."""
    decisions: list[Said]
    """Of the last 30 minutes, oldest first."""
    running: list[Action]
    waiting: list[Action]
    hypotheses: list[Hypothesis]
    updates_due: list[UpdateDue]
    last_told: Said | None
    """The last update to customers."""
    escalation: str
    text: str
    """All of this to read."""
