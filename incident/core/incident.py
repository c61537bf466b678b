"""The state of an incident, and how each event changes it.

`evolve` only records: it decides nothing and cannot fail. Free text that nobody needs at
a glance stays in the events, so that the state stays small.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Any, Literal

from incident.core import events as ev
from incident.core import health
from incident.core import recording as rec
from incident.core import work_recording as work
from incident.core.pieces import Action, Ailing, Call, Channel, Hypothesis, Ladder, Role, earliest
from incident.core.policy import BUILT_IN, Terms
from incident.core.values import AUDIENCES, ENDED, ROLES, Link, Moment, Phase, Status, Value

SHAPE = 4
"""Raise this when the state's shape or `evolve` changes: older states are folded anew."""

REDACTED = rec.REDACTED
BUILT_IN_TERMS = BUILT_IN.terms(0)


class Incident(Value):
    shape: int = SHAPE
    entries: int = 0
    status: Literal["undeclared"] | Status = "undeclared"
    phase: Phase | None = None
    title: str = ""
    description: str = ""
    severity: int = 5
    drill: bool = False
    visibility: Literal["public"] = "public"
    start_time: Moment | None = None
    detected_time: Moment | None = None
    declared_time: Moment | None = None
    acknowledged_time: Moment | None = None
    mitigation_time: Moment | None = None
    resolution_time: Moment | None = None
    resolved_by: str | None = None
    closed_time: Moment | None = None
    affected_services: tuple[str, ...] = ()
    affected_regions: tuple[str, ...] = ()
    health: tuple[Ailing, ...] = ()
    """What is not well, of what is affected."""
    roles: dict[str, Role] = {name: Role() for name in ROLES}
    actions: tuple[Action, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    acknowledged_by: str | None = None
    ladder: Ladder = Ladder()
    needs_command: bool = False
    """Whether severity 1 and 2 need a commander: not what was only told afterwards."""
    leaderless_since: Moment | None = None
    """Since when a live incident that needs a commander has none."""
    leader_calls: int = 0
    leader_called_at: Moment | None = None
    calls: tuple[Call, ...] = ()
    """Who was paged beside the ladder, and is waited for."""
    resolve_by: Moment | None = None
    postmortem_by: Moment | None = None
    terms: Terms = BUILT_IN_TERMS
    communications: dict[str, Channel] = {name: Channel() for name in AUDIENCES}
    merged_into: str | None = None
    metadata: dict[str, Any] = {}
    links: tuple[Link, ...] = ()
    pinned: tuple[int, ...] = ()
    amended: tuple[int, ...] = ()
    redacted: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    """Numbers of the entries that only speak of other entries."""

    @property
    def wake_at(self) -> datetime | None:
        """The next moment at which time alone changes something; None when nothing is due."""
        if self.status in ENDED:
            return self.postmortem_by
        return earliest(
            self.ladder.wake_at,
            self.command_by,
            self.resolve_by,
            *(channel.wake_at for channel in self.communications.values()),
            *(role.wake_at for role in self.roles.values()),
            *(action.wake_at for action in self.actions),
        )

    @property
    def next_due_at(self) -> datetime | None:
        """The first that is due: time has told of an update that is late, but it is owed still."""
        if self.status in ENDED:
            return self.wake_at
        late = (one.due_at for one in self.communications.values() if one.missed)
        return earliest(self.wake_at, *late)

    @property
    def command_by(self) -> datetime | None:
        """When somebody is paged because nobody commands."""
        if self.leaderless_since is None or self.leader_calls >= rec.LEADER_CALLS:
            return None
        return (self.leader_called_at or self.leaderless_since) + rec.COMMAND_WITHIN

    @property
    def commander(self) -> str | None:
        return self.roles["incident_commander"].holder

    def role(self, name: str) -> Role:
        """The role, which nobody holds as long as nobody took it."""
        return self.roles.get(name) or Role()

    def action(self, action: str) -> Action | None:
        return next((a for a in self.actions if a.id == action), None)

    def hypothesis(self, hypothesis: str) -> Hypothesis | None:
        return next((h for h in self.hypotheses if h.id == hypothesis), None)


def fold(events: Iterable[ev.Event], start: Incident | None = None) -> Incident:
    """The state after `events`, beginning at `start` or before the declaration."""
    return reduce(evolve, events, start or UNDECLARED)


UNDECLARED = Incident()
"""Made once: its defaults are many values."""


def evolve(incident: Incident, event: ev.Event) -> Incident:
    """`incident` after `event`."""
    changes = {"entries": incident.entries + 1, **changes_of(incident, event)}
    after = incident.model_copy(update=changes)
    if after.status in ENDED:
        return rec.without_deadlines(after)
    return rec.with_consequences(after, event)


def changes_of(incident: Incident, event: ev.Event) -> dict[str, Any]:
    """Which fields of the state `event` sets, and to what."""
    match event:
        case ev.Declared():
            return rec.declared(incident, event)
        case ev.Noted() | ev.ConflictOverridden() | ev.ReservationCleared() | ev.PageUndelivered():
            return {}
        case ev.PeopleCalled():
            return rec.called(incident, event.by, event.people)
        case ev.Imported():
            return rec.imported(incident)
        case ev.Paged():
            return rec.paged(event)
        case ev.Acknowledged():
            return rec.acknowledged(incident, event)
        case ev.AcknowledgementQuestioned():
            return rec.on_ladder(incident, asked=True, prove_by=event.answer_by)
        case ev.AcknowledgementLapsed():
            return {"acknowledged_by": None} | rec.on_ladder(incident, prove_by=None, asked=False)
        case ev.EscalationPaused():
            paused_at = incident.ladder.paused_at or event.at
            return rec.on_ladder(incident, paused_at=paused_at, paused_until=event.until)
        case ev.EscalationResumed():
            clocks = {"respond_by": event.respond_by, "climb_at": event.climb_at}
            return rec.on_ladder(incident, paused_at=None, paused_until=None, **clocks)
        case ev.EscalationRestarted():
            return rec.restarted(incident, event)
        case ev.EscalationEnded():
            stopped = incident.ladder.without_clocks()
            return {"ladder": stopped.model_copy(update={"ended": event.why})}
        case ev.CommanderMissing():
            people = [called.person for called in event.people]
            clock = {"leader_calls": incident.leader_calls + 1, "leader_called_at": event.at}
            return clock | rec.called(incident, rec.SYSTEM, people)
        case ev.PolicyApplied():
            roles = {name: incident.role(name) for name in event.terms.roles} | incident.roles
            return {"terms": event.terms, "roles": roles} | rec.new_clocks(incident, event)
        case ev.ResolveTargetMissed():
            return {"resolve_by": None}
        case ev.PostmortemOverdue():
            return {"postmortem_by": None}
        case ev.ResponseMissed():
            return rec.on_ladder(incident, respond_by=None, climb_at=None)
        case ev.Activated():
            return {"status": "active", "phase": event.phase}
        case ev.PhaseChanged():
            return {"phase": event.phase}
        case ev.Mitigated():
            quiet = {"ladder": incident.ladder.without_clocks()}
            return {"status": "mitigated", "phase": None, "mitigation_time": event.at} | quiet
        case ev.Resolved():
            mitigated = incident.mitigation_time or event.at
            return {
                "status": "resolved",
                "phase": None,
                "mitigation_time": mitigated,
                "resolution_time": event.at,
                "resolved_by": event.by,
                "postmortem_by": event.postmortem_by,
            }
        case ev.Closed():
            return {"status": "closed", "closed_time": event.at, "postmortem_by": None}
        case ev.Cancelled():
            return {"status": "cancelled", "phase": None, "merged_into": event.merged_into}
        case ev.Reopened():
            return rec.reopened(incident, event)
        case ev.SeverityChanged():
            legacy = {"climb_at": event.respond_by} if event.respond_by else {}
            changed = {"severity": event.severity, "postmortem_by": event.postmortem_by}
            changed |= rec.on_ladder(incident, **legacy)
            return changed | rec.new_clocks(incident, event)
        case ev.DetailsChanged():
            return rec.details(incident, event)
        case ev.HealthChanged():
            return {"health": health.recorded(incident, event)}
        case ev.TimesCorrected():
            return event.model_dump(exclude_none=True, exclude={"kind", "by", "at"})
        case ev.RoleAssigned() | ev.RoleAccepted():
            held = Role(holder=event.holder, since=event.at, shift_ends=event.shift_ends)
            return {"roles": incident.roles | {event.role: held}}
        case ev.RoleReleased():
            offer = incident.role(event.role).offer
            return {"roles": incident.roles | {event.role: Role(offer=offer)}}
        case ev.RoleOffered():
            return rec.on_role(incident, event.role, offer=rec.offer(event))
        case ev.OfferDeclined() | ev.OfferExpired() | ev.OfferWithdrawn():
            return rec.on_role(incident, event.role, offer=None)
        case ev.ShiftEnded():
            return rec.on_role(incident, event.role, shift_ends=None)
        case ev.ShiftExtended():
            return rec.on_role(incident, event.role, shift_ends=event.shift_ends)
        case ev.HypothesisRaised():
            raised = Hypothesis(
                id=event.hypothesis, description=event.description, by=event.by, at=event.at
            )
            return {"hypotheses": (*incident.hypotheses, raised)}
        case ev.HypothesisJudged():
            return work.judged(incident, event)
        case ev.EvidenceCited():
            return work.cited(incident, event)
        case ev.ActionProposed():
            taken = event.model_dump(exclude={"kind", "by", "at", "action"})
            action = Action(id=event.action, created_by=event.by, created_at=event.at, **taken)
            return {"actions": (*incident.actions, action)}
        case ev.ActionApproved():
            return work.on_action(incident, event.action, approved_by=event.by)
        case ev.ApprovalWithdrawn():
            return work.on_action(incident, event.action, approved_by=None)
        case ev.ActionStarted():
            started = {"status": "in-progress", "owner": event.owner, "started_at": event.at}
            return work.on_action(incident, event.action, **started | work.NOT_QUEUED)
        case ev.ActionCompleted():
            done = {"status": "completed", "completed_at": event.at, "reason": event.reason}
            return work.on_action(incident, event.action, **done, executed_on=event.executed_on)
        case ev.ActionAbandoned():
            given_up = {"status": "abandoned", "completed_at": event.at, "reason": event.reason}
            return work.on_action(incident, event.action, **given_up | work.NOT_QUEUED)
        case ev.ActionReassigned():
            return work.on_action(incident, event.action, owner=event.owner)
        case ev.ActionDescribed():
            return work.on_action(incident, event.action, **work.described(event))
        case ev.ActionQueued():
            return work.queued(incident, event)
        case ev.ActionUnqueued():
            return work.on_action(incident, event.action, **work.NOT_QUEUED)
        case ev.ActionOverdue():
            return work.on_action(incident, event.action, overdue=True)
        case ev.UpdatePosted():
            promised = event.promised and event.due_at is not None
            channel = Channel(last_sent_at=event.at, due_at=event.due_at, promised=promised)
            return {"communications": incident.communications | {event.audience: channel}}
        case ev.UpdateMissed():
            return rec.on_channel(incident, event.audience, missed=True)
        case ev.UpdateSnoozed():
            put_off = {"due_at": event.until, "missed": False, "promised": True, "snoozed": True}
            return rec.on_channel(incident, event.audience, **put_off)
        case ev.EntryAmended():
            amended = rec.with_number(incident.amended, event.entry)
            return {"amended": amended, **rec.marked(incident)}
        case ev.EntryPinned():
            return {"pinned": rec.with_number(incident.pinned, event.entry), **rec.marked(incident)}
        case ev.EntryUnpinned():
            kept_pins = tuple(n for n in incident.pinned if n != event.entry)
            return {"pinned": kept_pins, **rec.marked(incident)}
        case ev.EntryRedacted():
            gone = rec.with_number(incident.redacted, event.entry)
            marked = {"redacted": gone, **rec.marked(incident)}
            return marked | rec.without_text(incident, event.fields)
