"""Any event and any command, made from one strategy for each name of a field.

A new field without a strategy here fails the tests that use them.
"""

from datetime import timedelta
from typing import TypeVar, get_args

from hypothesis import strategies as st
from pydantic import BaseModel

from incident.core import commands as do
from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.action_events import Hold
from incident.core.escalation_events import Called, Skipped
from incident.core.policy import BUILT_IN, Level, Policy, SeverityTerms, Targets
from incident.core.role_events import Verdict
from incident.core.surroundings import Surroundings
from incident.core.values import (
    AUDIENCES,
    ROLES,
    ActionStatus,
    Health,
    Link,
    NoteType,
    Phase,
    Risk,
    Status,
)
from tests.builders import MINUTE, NOON, around, rotation

Valid = TypeVar("Valid", bound=BaseModel)

PEOPLE = ("ada", "bo", "cy", "zoe")
"""The last of them is an admin."""
SECRET = "hunter2"
EVENTS: tuple[type[ev.Event], ...] = get_args(get_args(ev.Event)[0])
COMMANDS: tuple[type[do.Command], ...] = get_args(do.Command)

people = st.sampled_from(PEOPLE)
texts = st.sampled_from(["Restart", "502s\nfrom eu", "Ünïcode 🔥", "x" * 500, f"{SECRET} here"])
lines = st.sampled_from(["Payments failing", "Slow", "Ünïcode 🔥", f"{SECRET} there"])
names = st.lists(st.sampled_from(["api", "db", "eu west"]), max_size=2).map(tuple)
regions = st.sampled_from(["eu", "us", "*"])
targets = st.sampled_from(["db", "db/primary", "db/replica", "waf/*", "waf/rules"])
actions = st.sampled_from(["ACT-1", "ACT-2", "ACT-3"])
entries = st.integers(-1, 12)
moments = st.integers(-(10**8), 10**8).map(lambda ms: NOON + timedelta(milliseconds=ms))
durations = st.integers(1, 10**7).map(lambda ms: timedelta(milliseconds=ms))
waits = st.integers(0, 10**7).map(lambda ms: timedelta(milliseconds=ms))
estimates = st.integers(1, 10**10).map(lambda us: timedelta(microseconds=us))
counts = st.integers(0, 12)
severities = st.integers(1, 5)
links = st.lists(
    st.builds(Link, url=st.just(f"https://example.com/{SECRET}"), label=lines), max_size=2
).map(tuple)
metadata = st.dictionaries(
    st.sampled_from(["ticket", "tags"]),
    st.none() | st.integers(0, 9) | st.lists(texts, max_size=2),
    max_size=2,
)
holds = st.lists(
    st.builds(
        Hold,
        incident=st.sampled_from(["INC-8", "INC-9"]),
        action=actions,
        holder=people,
        since=moments,
        target=targets,
        region=regions,
    ),
    max_size=2,
).map(tuple)
attachments = st.lists(
    st.builds(
        ev.Attachment,
        id=st.sampled_from(["a1", "b2"]),
        name=lines,
        type=st.sampled_from(["image/png", "application/octet-stream"]),
        size=st.integers(1, 5_000_000),
        width=st.none() | st.integers(1, 9000),
        height=st.none() | st.integers(1, 9000),
    ),
    max_size=2,
).map(tuple)
words = st.sampled_from(get_args(Health))
fields = st.lists(
    st.sampled_from(["title", "links", "metadata", "status", "actions.ACT-1.impact", "x.y.z.w"]),
    max_size=3,
).map(tuple)
called = st.lists(st.builds(Called, person=people, why=texts), max_size=2).map(tuple)
skipped = st.lists(st.builds(Skipped, level=counts, why=texts), max_size=2).map(tuple)
audiences = st.sampled_from(AUDIENCES)
hypotheses = st.sampled_from(["H1", "H2", "H3"])
queued = st.sampled_from(["ACT-1", "ACT-2", "ACT-3", "INC-9/ACT-9"])
role_names = st.sampled_from([*ROLES, "database_expert"])

CLIMBING = tuple(
    Level(page=page, respond_within=minutes * MINUTE, escalate_after=3 * minutes * MINUTE)
    for page, minutes in [
        (Targets(roles=("operations_lead",), people=("ada", "nobody")), 3),
        (Targets(rotations=("night",), roles=("database_expert",)), 5),
        (Targets(people=("zoe",)), 10),
    ]
)
POLICIES: tuple[Policy, ...] = (
    BUILT_IN,
    BUILT_IN.model_copy(update={"escalation": CLIMBING}),
    BUILT_IN.model_copy(update={"escalation": CLIMBING[1:2]}),
    BUILT_IN.model_copy(update={"escalation": ()}),
    BUILT_IN.model_copy(
        update={"severities": dict.fromkeys(range(1, 6), SeverityTerms(name="Any"))}
    ),
)
SHIFTS = (
    rotation("day", "ada", "bo", role="incident_commander", handoff="every 12h"),
    rotation("ops", "bo", "cy", role="operations_lead", handoff="every 6h"),
    rotation("night", "cy", hours={"from": "20:00", "to": "08:00"}),
    rotation("data", "zoe", role="database_expert", hours={"from": "09:00", "to": "17:00"}),
)
SURROUNDINGS: tuple[Surroundings, ...] = tuple(
    around(*shifts, people=everybody, policy=policy, revision=revision)
    for revision, policy in enumerate(POLICIES)
    for shifts, everybody in [(SHIFTS, PEOPLE), (SHIFTS, PEOPLE[:2]), ((), ())]
)
"""Every policy with people on call, with some of them gone, and with nobody at all."""
surroundings = st.sampled_from(SURROUNDINGS)

FIELDS: dict[str, st.SearchStrategy[object]] = {
    "action": actions,
    "after": queued,
    "again": st.booleans(),
    "against": st.lists(entries, max_size=2).map(tuple),
    "answer_by": moments,
    "affected_regions": names,
    "affected_services": names,
    "approved": st.booleans(),
    "approx": st.booleans(),
    "asked_by": people,
    "assignee": people,
    "attachments": attachments,
    "audience": audiences,
    "authority": st.just("responder"),
    "by": people,
    "channel": st.sampled_from(["e-mail", "webhook"]),
    "climb_at": moments,
    "conflicts": holds,
    "description": texts,
    "drill": st.booleans(),
    "due_at": moments,
    "duration": durations,
    "entries": st.lists(entries, max_size=2).map(tuple),
    "entry": entries,
    "estimate": estimates,
    "executed_on": targets,
    "expires_at": moments,
    "fields": fields,
    "from_status": st.sampled_from(["proposed", "in-progress"]),
    "holder": people,
    "health": words,
    "hypothesis": hypotheses,
    "impact": texts,
    "late": st.booleans(),
    "level": counts,
    "links": links,
    "merged_into": st.just("INC-3"),
    "message": texts,
    "metadata": metadata,
    "missed": st.lists(counts, max_size=2).map(tuple),
    "next": people,
    "next_update_in": durations,
    "offered_by": people,
    "override": texts,
    "owner": people,
    "people": st.lists(people, max_size=2).map(tuple),
    "person": people,
    "phase": st.sampled_from(get_args(Phase)),
    "postmortem_by": moments,
    "previous": people,
    "promised": st.booleans(),
    "prove_by": moments,
    "reason": texts,
    "region": regions,
    "resolve_by": moments,
    "respond_by": moments,
    "risk": st.sampled_from(get_args(Risk)),
    "role": role_names,
    "roles": st.dictionaries(st.sampled_from(ROLES), people, max_size=3),
    "round": counts,
    "run_after": queued | st.just(""),
    "service": st.sampled_from(["api", "db", "eu west"]),
    "severity": severities,
    "shift_ends": moments,
    "since": moments,
    "skipped": skipped,
    "source": st.just("outage.yaml"),
    "status": st.sampled_from(get_args(Status)),
    "target": targets,
    "terms": st.sampled_from([policy.terms(7) for policy in POLICIES]),
    "title": lines,
    "to": people,
    "turn": counts,
    "type": st.sampled_from(get_args(NoteType)),
    "until": moments,
    "updates_due": st.dictionaries(audiences, moments),
    "updates_off": st.lists(audiences, max_size=2).map(tuple),
    "verdict": st.sampled_from(get_args(Verdict)),
    "visibility": st.just("public"),
    "waited": waits,
    "why": texts,
    "at": moments,
    "timestamp": moments,
    "start_time": moments,
    "detected_time": moments,
    "declared_time": moments,
    "acknowledged_time": moments,
    "mitigation_time": moments,
    "resolution_time": moments,
}
SPECIAL: dict[tuple[type[BaseModel], str], st.SearchStrategy[object]] = {
    (ev.SeverityChanged, "previous"): severities,
    (ev.HealthChanged, "previous"): words,
    (do.ChangeIncident, "health"): st.dictionaries(
        st.sampled_from(["api", "db"]),
        st.dictionaries(st.sampled_from(["api", "eu west", "*"]), words, max_size=2),
        max_size=2,
    ),
    (ev.PolicyApplied, "previous"): counts,
    (ev.Paged, "people"): called,
    (ev.CommanderMissing, "people"): called,
    (ev.EscalationEnded, "why"): st.just("nobody answered in 5 turns"),
    (work.ChangeAction, "status"): st.sampled_from(get_args(ActionStatus)),
    (do.Declare, "status"): st.sampled_from(["triage", "active"]),
    (do.Import, "events"): st.deferred(lambda: histories),
    (do.RedactEntry, "original"): st.deferred(lambda: events),
    (do.RedactEntry, "authority"): st.just("admin"),
    (do.FollowRotations, "by"): st.just("system"),
    (do.Tick, "by"): st.just("system"),
    (work.StartQueued, "by"): st.just("system"),
    (do.ReportUndelivered, "by"): st.just("system"),
}
"""Fields that mean something else in one place than in the others."""


def valid(kind: type[Valid]) -> st.SearchStrategy[Valid]:
    """Any valid value of `kind`; a field that may be left out is, in about half of them."""
    own = {name: strategy for (owner, name), strategy in SPECIAL.items() if owner is kind}
    of = {name: (FIELDS | own)[name] for name in kind.model_fields if name != "kind"}
    needed = {name for name, field in kind.model_fields.items() if field.is_required()}
    needed |= {"authority", "by"} & of.keys()
    return st.fixed_dictionaries(
        {name: of[name] for name in sorted(needed)},
        optional={name: of[name] for name in sorted(of.keys() - needed)},
    ).map(kind.model_validate)


events: st.SearchStrategy[ev.Event] = st.one_of([valid(kind) for kind in EVENTS])
commands: st.SearchStrategy[do.Command] = st.one_of([valid(kind) for kind in COMMANDS])
histories: st.SearchStrategy[tuple[ev.Event, ...]] = st.builds(
    lambda first, rest: (first, *rest),
    valid(ev.Declared),
    st.lists(events.filter(lambda event: not isinstance(event, ev.Declared)), max_size=5),
)
"""What might be imported: any events after a declaration."""


def by_an_admin(command: do.Command) -> do.Command:
    """The same from Zoe, who is one."""
    return command.model_copy(update={"by": "zoe", "authority": "admin"})
