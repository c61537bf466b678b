"""Any event and any command, made from one strategy for each name of a field.

A new field without a strategy here fails the tests that use them.
"""

from datetime import timedelta
from typing import TypeVar, get_args

from hypothesis import strategies as st
from pydantic import BaseModel

from incident.core import commands as do
from incident.core import events as ev
from incident.core.action_events import Hold
from incident.core.values import AUDIENCES, ROLES, ActionStatus, Link, NoteType, Phase, Risk, Status
from tests.builders import NOON

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
fields = st.lists(
    st.sampled_from(["title", "links", "metadata", "status", "actions.ACT-1.impact", "x.y.z.w"]),
    max_size=3,
).map(tuple)

FIELDS: dict[str, st.SearchStrategy[object]] = {
    "action": actions,
    "affected_regions": names,
    "affected_services": names,
    "approved": st.booleans(),
    "approx": st.booleans(),
    "assignee": people,
    "audience": st.sampled_from(AUDIENCES),
    "authority": st.just("responder"),
    "by": people,
    "conflicts": holds,
    "description": texts,
    "drill": st.booleans(),
    "due_at": moments,
    "entry": entries,
    "estimate": durations,
    "executed_on": targets,
    "fields": fields,
    "from_status": st.sampled_from(["proposed", "in-progress"]),
    "holder": people,
    "impact": texts,
    "late": st.booleans(),
    "links": links,
    "merged_into": st.just("INC-3"),
    "message": texts,
    "metadata": metadata,
    "next_update_in": durations,
    "override": texts,
    "owner": people,
    "phase": st.sampled_from(get_args(Phase)),
    "previous": people,
    "reason": texts,
    "region": regions,
    "respond_by": moments,
    "risk": st.sampled_from(get_args(Risk)),
    "role": st.sampled_from(ROLES),
    "roles": st.dictionaries(st.sampled_from(ROLES), people, max_size=3),
    "severity": severities,
    "source": st.just("outage.yaml"),
    "status": st.sampled_from(get_args(Status)),
    "target": targets,
    "title": lines,
    "type": st.sampled_from(get_args(NoteType)),
    "visibility": st.just("public"),
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
    (do.ChangeAction, "status"): st.sampled_from(get_args(ActionStatus)),
    (do.Declare, "status"): st.sampled_from(["triage", "active"]),
    (do.Import, "events"): st.deferred(lambda: histories),
    (do.RedactEntry, "original"): st.deferred(lambda: events),
    (do.RedactEntry, "authority"): st.just("admin"),
    (do.Tick, "by"): st.just("system"),
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
    lambda first, rest: (first, *rest), valid(ev.Declared), st.lists(events, max_size=5)
)
"""What might be imported: any events after a declaration."""


def by_an_admin(command: do.Command) -> do.Command:
    """The same from Zoe, who is one."""
    return command.model_copy(update={"by": "zoe", "authority": "admin"})
