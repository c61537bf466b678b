"""Several people do whatever comes to their minds to one incident, and its promises hold."""

from datetime import timedelta
from itertools import combinations
from random import Random
from typing import get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from incident.core import commands as do
from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.decide import decide
from incident.core.incident import Incident, fold
from incident.core.pieces import Action
from incident.core.redaction import scrubbed
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings
from incident.core.targets import overlapping
from incident.core.values import AUDIENCES, ENDED, ROLES, ActionStatus, Audience, RoleName, Status
from tests.builders import NOON
from tests.core.effort import examples
from tests.core.strategies import (
    COMMANDS,
    PEOPLE,
    SECRET,
    SURROUNDINGS,
    by_an_admin,
    durations,
    people,
    regions,
    severities,
    surroundings,
    targets,
    texts,
    valid,
)

MARKS = get_args(ev.Mark)
EDGES = (do.Declare, do.Import, do.RedactEntry, do.Tick)
MOMENT = timedelta(milliseconds=1)
anything: st.SearchStrategy[do.Command] = st.one_of(
    [valid(kind) for kind in COMMANDS if kind not in EDGES]
)
which = st.integers(0, 9)
"""Which of what there is, counted round."""
seeds = st.integers(0, 2**20)


class Room(RuleBasedStateMachine):
    """One incident, its log, and what was overridden in it."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[ev.Event] = []
        self.incident = Incident()
        self.now = NOON + timedelta(days=2)
        self.around = SURROUNDINGS[0]

    def ask(self, command: do.Command) -> None:
        """Do it if it may be done, and look at each thing that happened."""
        if command.by == "zoe":
            command = by_an_admin(command)
        try:
            events = decide(self.incident, command, self.now, self.around)
        except Rejected:
            return
        for event in events:
            happened_rightly(self.incident, event, command)
            self.log.append(event)
            before, self.incident = self.incident, fold([event], self.incident)
            roles_changed_hands_rightly(before, event, self.incident)

    @initialize(severity=severities, seed=seeds, around=surroundings, led=st.booleans())
    def declare(self, severity: int, seed: int, around: Surroundings, led: bool) -> None:  # noqa: FBT001 (drawn by name)
        """Ada may command, Bo leads the work, there are some ideas, and much happens at once."""
        self.around = around
        roles = {"incident_commander": "ada"} if led else {}
        roles |= {"operations_lead": "bo"}
        told = {"by": "ada", "title": SECRET, "severity": severity, "roles": roles}
        self.ask(do.Declare.model_validate(told))
        for by, target in (("ada", "db"), ("cy", "db/primary"), ("bo", "waf/*")):
            self.ask(work.ProposeAction(by=by, description=SECRET, target=target, region="eu"))
        self.a_busy_minute(seed)

    @rule(command=anything)
    def ask_anything(self, command: do.Command) -> None:
        self.ask(command)

    @rule(seconds=st.integers(1, 20_000))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.ask(do.Tick())

    @rule(rings=st.integers(1, 12))
    def let_it_ring(self, rings: int) -> None:
        """Time goes on from one deadline to the next, and nobody does anything."""
        for _ in range(rings):
            if self.incident.wake_at:
                self.now = max(self.now, self.incident.wake_at)
                self.ask(do.Tick())
                self.a_deadline_passes_once_and_not_before_its_time()

    @rule(around=surroundings)
    def edit_policy_and_rotations(self, around: Surroundings) -> None:
        """Somebody edits the policy or the rotations, and people come and go."""
        self.around = around

    @rule(by=people, to=people, role=st.sampled_from(ROLES[:3]), agrees=st.booleans())
    def hand_over(self, by: str, to: str, role: RoleName, agrees: bool) -> None:  # noqa: FBT001 (drawn by name)
        by = self.incident.role(role).holder or by
        self.ask(do.OfferRole(by=by, role=role, to=to, message=SECRET))
        answer = do.AcceptRole if agrees else do.DeclineRole
        self.ask(answer(by=to, role=role))

    @rule(by=people, what=st.sampled_from(["acknowledge", "escalate", "pause", "resume"]))
    def about_the_ladder(self, by: str, what: str) -> None:
        asked: dict[str, do.Command] = {
            "acknowledge": do.Acknowledge(by=by),
            "escalate": do.Escalate(by=by, reason=SECRET),
            "pause": do.PauseEscalation(by=by, duration=timedelta(minutes=20), reason=SECRET),
            "resume": do.ResumeEscalation(by=by),
        }
        self.ask(asked[what])

    @precondition(lambda self: len(self.incident.actions) > 1)
    @rule(by=people, which=which, other=which)
    def run_one_after_the_other(self, by: str, which: int, other: int) -> None:
        one, awaited = self.one_of_them(which).id, self.one_of_them(other).id
        self.ask(work.ChangeAction(by=by, action=one, run_after=awaited))
        self.ask(work.ChangeAction(by=by, action=awaited, status="abandoned"))
        self.ask(work.StartQueued(action=one, after=awaited))

    @rule(by=people, to=people, role=st.sampled_from(ROLES[:3]))
    def give_a_role(self, by: str, to: str, role: RoleName) -> None:
        self.ask(do.AssignRole(by=by, role=role, assignee=to))

    @rule(by=people, severity=severities)
    def change_severity(self, by: str, severity: int) -> None:
        self.ask(do.ChangeIncident(by=by, severity=severity))

    @precondition(lambda self: len(self.incident.actions) < 4)
    @rule(by=people, what=texts, on=targets, region=st.none() | regions)
    def propose(self, by: str, what: str, on: str, region: str | None) -> None:
        self.ask(work.ProposeAction(by=by, description=what, target=on, region=region))

    @precondition(lambda self: self.incident.actions)
    @rule(by=people, which=which, approved=st.sampled_from([True, True, False]))
    def approve_or_withdraw(self, by: str, which: int, approved: bool) -> None:  # noqa: FBT001 (drawn by name)
        self.ask(work.ChangeAction(by=by, action=self.one_of_them(which).id, approved=approved))

    @precondition(lambda self: self.incident.actions)
    @rule(by=people, which=which, override=st.none() | texts)
    def start(self, by: str, which: int, override: str | None) -> None:
        action = self.one_of_them(which).id
        self.ask(work.ChangeAction(by=by, action=action, status="in-progress", override=override))

    @precondition(lambda self: self.incident.actions)
    @rule(by=people, which=which, status=st.sampled_from(["completed", "abandoned"]))
    def end(self, by: str, which: int, status: ActionStatus) -> None:
        self.ask(work.ChangeAction(by=by, action=self.one_of_them(which).id, status=status))

    @precondition(lambda self: self.incident.actions)
    @rule(by=people, which=which, what=texts)
    def describe(self, by: str, which: int, what: str) -> None:
        self.ask(work.ChangeAction(by=by, action=self.one_of_them(which).id, description=what))

    def one_of_them(self, which: int) -> Action:
        return self.incident.actions[which % len(self.incident.actions)]

    @precondition(lambda self: self.incident.actions)
    @rule(which=which, override=texts)
    def insist(self, which: int, override: str) -> None:
        """Whoever commands approves a fix and starts it, whatever is in the way."""
        told = {"by": self.incident.commander or "ada", "action": self.one_of_them(which).id}
        self.ask(work.ChangeAction.model_validate(told | {"approved": True}))
        begun = {"status": "in-progress", "override": override}
        self.ask(work.ChangeAction.model_validate(told | begun))

    @rule(by=people, status=st.sampled_from(["active", "mitigated", "resolved"]), reason=texts)
    def move(self, by: str, status: Status, reason: str) -> None:
        self.ask(do.SetStatus(by=by, status=status, reason=reason))

    @precondition(lambda self: self.incident.entries > 25)
    @rule(by=people, status=st.sampled_from(["closed", "cancelled"]), reason=texts)
    def put_away(self, by: str, status: Status, reason: str) -> None:
        self.ask(do.SetStatus(by=by, status=status, reason=reason))

    @rule(by=people, audience=st.sampled_from(AUDIENCES), message=texts, within=durations)
    def promise(self, by: str, audience: Audience, message: str, within: timedelta) -> None:
        told = {"by": by, "audience": audience, "message": message}
        self.ask(do.PostUpdate.model_validate(told | {"next_update_in": within}))

    @rule(seed=seeds)
    def a_busy_minute(self, seed: int) -> None:
        """Twenty things in a row, of which many fit the moment; cheaper than twenty steps."""
        chance = Random(seed)
        for _ in range(20):
            self.ask(chance.choice(whims(chance, self.incident)))
            self.fixes_keep_out_of_each_others_way()
            self.what_has_ended_waits_for_nothing_but_its_post_mortem()

    @precondition(lambda self: self.incident.entries)
    @rule(number=st.integers(1, 60))
    def redact(self, number: int) -> None:
        self.redact_entry(1 + number % self.incident.entries)

    def redact_entry(self, number: int) -> None:
        self.ask(do.RedactEntry(by="zoe", entry=number, original=self.log[number - 1]))

    @invariant()
    def every_event_is_an_entry(self) -> None:
        assert self.incident.entries == len(self.log)

    @invariant()
    def marks_name_what_is_there(self) -> None:
        incident = self.incident
        marks = {n for n, event in enumerate(self.log, start=1) if isinstance(event, MARKS)}
        named = {*incident.pinned, *incident.amended, *incident.redacted}

        assert set(incident.marks) == marks
        assert named <= set(range(1, incident.entries + 1)) - marks

    @invariant()
    def fixes_keep_out_of_each_others_way(self) -> None:
        overridden = {
            frozenset({event.action, hold.action})
            for event in self.log
            if isinstance(event, ev.ConflictOverridden)
            for hold in event.conflicts
        }
        running = [a for a in self.incident.actions if a.status == "in-progress" and a.target]

        for one, other in combinations(running, 2):
            assert one.target is not None
            assert other.target is not None
            if overlapping(one.target, one.region, other.target, other.region):
                assert frozenset({one.id, other.id}) in overridden

    @invariant()
    def what_has_ended_waits_for_nothing_but_its_post_mortem(self) -> None:
        incident = self.incident

        assert incident.wake_at == incident.postmortem_by or incident.status not in ENDED

    @invariant()
    def a_deadline_passes_once_and_not_before_its_time(self) -> None:
        incident, due = self.incident, self.incident.wake_at
        rings = max(due or self.now, self.now)
        events = decide(incident, do.Tick(), rings, self.around)
        after = fold(events, incident)

        assert bool(events) == (due is not None)
        assert after.wake_at is None or after.wake_at > rings
        assert decide(after, do.Tick(), rings, self.around) == []
        assert due is None or decide(incident, do.Tick(), due - MOMENT, self.around) == []

    @invariant()
    def an_acknowledged_ladder_pages_nobody_by_itself(self) -> None:
        assert not (self.incident.acknowledged_by and self.incident.ladder.runs)

    @invariant()
    def a_grave_incident_that_goes_on_is_led_or_will_be_paged_for_it(self) -> None:
        incident = self.incident
        leaderless = incident.commander is None and incident.severity <= 2
        lives = incident.status in {"triage", "active", "mitigated"}

        assert bool(incident.leaderless_since) == (leaderless and lives)

    @invariant()
    def no_fix_waits_for_itself(self) -> None:
        for action in self.incident.actions:
            seen = {action.id}
            awaited = action.run_after
            while awaited and (other := self.incident.action(awaited)):
                assert other.id not in seen
                seen.add(other.id)
                awaited = other.run_after

    @invariant()
    def fixes_are_named_apart(self) -> None:
        names = [action.id for action in self.incident.actions]

        assert names == [f"ACT-{number}" for number in range(1, len(names) + 1)]

    def teardown(self) -> None:
        """What is redacted is gone, from the log and from the state, which still agree."""
        assert fold(self.log) == self.incident
        assert fold(scrubbed(self.log)) == self.incident

        for number in range(1, self.incident.entries + 1):
            self.redact_entry(number)

        kept = scrubbed(self.log)
        assert fold(kept) == self.incident
        assert SECRET not in self.incident.model_dump_json()
        assert SECRET not in repr(kept)


def whims(chance: Random, incident: Incident) -> list[do.Command]:
    """What somebody could want just now."""
    by, to = chance.choice(PEOPLE), chance.choice(PEOPLE)
    leader = incident.commander or incident.roles["operations_lead"].holder or by
    action = f"ACT-{chance.randint(1, max(1, len(incident.actions)))}"
    entry = chance.randint(1, max(1, incident.entries))
    role = chance.choice(ROLES)
    target, text = chance.choice(["db", "db/primary", "waf/*"]), f"{SECRET} {entry}"
    return [
        work.ChangeAction(by=leader, action=action, approved=True),
        work.ChangeAction(by=by, action=action, approved=chance.random() < 0.5),
        work.ChangeAction(by=by, action=action, status="in-progress"),
        work.ChangeAction(by=leader, action=action, status="in-progress", override=text),
        work.ChangeAction(by=by, action=action, status="completed"),
        work.ChangeAction(by=by, action=action, status=chance.choice(["completed", "abandoned"])),
        work.ChangeAction(by=by, action=action, owner=to, description=text),
        work.ProposeAction(by=by, description=text, target=target, region="eu", impact=text),
        do.AssignRole(by=by, role=role, assignee=to),
        do.AssignRole(by=leader, role=role, assignee=to),
        do.ReleaseRole(by=by, role=role),
        do.AddEntry(by=by, message=text),
        do.AmendEntry(by=by, entry=entry, message=text),
        do.PinEntry(by=by, entry=entry),
        do.UnpinEntry(by=by, entry=chance.choice(incident.pinned or (1,))),
        do.SetStatus(by=by, status=chance.choice(["active", "mitigated"]), reason=text),
        do.SetStatus(by=by, status="active", phase="fixing", reason=text),
        do.SetStatus(by=by, status=chance.choice(["resolved", "closed"]), reason=text),
        do.ChangeIncident(by=by, title=text, metadata={"a": text}),
        do.ChangeIncident(by=by, severity=chance.randint(1, 5)),
        do.PostUpdate(by=by, audience="customers", message=text, next_update_in=timedelta(1)),
        do.Acknowledge(by=by),
        do.Escalate(by=by, reason=text),
        do.PauseEscalation(by=by, duration=timedelta(minutes=20), reason=text),
        do.ResumeEscalation(by=by),
        do.OfferRole(by=leader, role=role, to=to, message=text),
        do.AcceptRole(by=to, role=role),
        do.DeclineRole(by=to, role=role, reason=text),
        do.WithdrawOffer(by=by, role=role),
        work.ChangeAction(by=by, action=action, run_after="ACT-1"),
        work.StartQueued(action=action),
        do.SnoozeUpdate(by=by, audience="customers", duration=timedelta(minutes=9), reason=text),
        work.RaiseHypothesis(by=by, description=text),
        work.JudgeHypothesis(by=by, hypothesis="H1", verdict="eliminated", reason=text),
        do.ApplyPolicy(by=by),
    ]


def happened_rightly(incident: Incident, event: ev.Event, command: do.Command) -> None:
    """What is promised of each event at the moment it happens."""
    match event:
        case ev.RoleAssigned() | ev.RoleReleased():
            holder = incident.roles[event.role].holder
            allowed = {holder, incident.commander}
            assert holder is None or event.by in allowed or command.authority == "admin"
        case ev.RoleAccepted():
            offer = incident.roles[event.role].offer
            assert offer is not None
            assert offer.to == event.by == event.holder == command.by
            assert event.at < offer.expires_at
        case ev.RoleOffered():
            offer = incident.roles[event.role].offer
            assert offer is None
            assert event.to != incident.roles[event.role].holder
            assert event.by in {command.by, "system"}
        case ev.Paged():
            people = [one.person for one in event.people]
            assert len(set(people)) == len(people)
            assert event.climb_at is not None
            assert event.climb_at > event.at
            assert event.turn <= 6
            assert people or event.skipped
        case ev.Acknowledged():
            assert incident.acknowledged_by in {None, event.by}
            assert event.round == incident.ladder.round
        case ev.ActionApproved():
            action = incident.action(event.action)
            leaders = {incident.commander, incident.roles["operations_lead"].holder} - {None}
            assert action is not None
            assert event.by in leaders
            assert event.by != action.created_by or leaders == {event.by}
        case ev.ActionStarted():
            action = incident.action(event.action)
            assert action is not None
            assert action.status == "proposed"
            assert action.approved_by is not None or incident.severity > 2
            assert event.by != "system" or action.run_after is not None
        case ev.ConflictOverridden():
            assert event.by == incident.commander
        case ev.Closed() | ev.Cancelled():
            assert not [a for a in incident.actions if a.status == "in-progress"]
        case _:
            assert event.by in {command.by, "system"}


def roles_changed_hands_rightly(before: Incident, event: ev.Event, after: Incident) -> None:
    """One holder a role; who had it has it until another has, or until it is given up."""
    for name, role in after.roles.items():
        was = before.role(name).holder
        if role.holder == was:
            continue
        match event:
            case ev.Declared():
                assert role.holder is None
            case ev.RoleReleased():
                assert (event.role, event.holder, role.holder) == (name, was, None)
            case ev.RoleAssigned() | ev.RoleAccepted():
                assert (event.role, event.previous, event.holder) == (name, was, role.holder)
            case _:
                raise AssertionError(f"{event.kind} moved {name} from {was} to {role.holder}")


TestRoom = Room.TestCase
TestRoom.settings = settings(max_examples=examples(8, 25), stateful_step_count=examples(10, 15))
