"""A past incident, told again as events.

Nothing here reads files or YAML: it is given what a parser made of them and trusts none
of it. What a report does not tell is not made up.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from incident.core import events as ev
from incident.core.report import LIFECYCLE, History, PastAction, cast, metadata, named, spoke
from incident.core.values import Moment

FILE_LIMIT = 1024 * 1024
"""Bytes of a file that are worth parsing; for whoever reads files."""
PROBLEMS_LIMIT = 20
"""As many problems are named at once; more would bury the first."""

REPORT = "report"
"""Author of what a report tells without naming anybody."""

ROLE, NOTE, PHASE, ACTION, MITIGATED, RESOLVED = range(6)
"""The order of events of one moment: the step into a role before its first word, and what
the words led to after them."""


class BadHistory(Exception):
    """The record cannot be read. Each problem names a field and says what is wrong with it."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse(record: object) -> History:
    """`record`, as a parser read it from one file; raises BadHistory naming every bad field."""
    if not isinstance(record, Mapping):
        raise BadHistory("the file: must be a mapping of fields, such as id and title")
    try:
        return History.model_validate(dict(record))
    except ValidationError as refused:
        errors = refused.errors(include_url=False, include_context=False, include_input=False)
    raise BadHistory(
        *(f"{field(e['loc'])}: {wrong(e['type'], e['msg'])}" for e in errors[:PROBLEMS_LIMIT])
    )


def wrong(kind: str, message: str) -> str:
    """What is wrong, in words for whoever wrote the file."""
    known = {"missing": "is missing", "extra_forbidden": "is not a field of this format"}
    return known.get(kind) or message.removeprefix("Value error, ")


def field(path: tuple[int | str, ...]) -> str:
    """Where in the record: `timeline[3].at`. Names come from outside: they are cut and quoted."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        elif re.fullmatch(r"\w{1,50}", step):
            shown += f".{step}" if shown else step
        else:
            shown += f"[{json.dumps(step[:50])}]"
    return shown or "the file"


def recount(record: History) -> tuple[ev.Event, ...]:
    """The events of `record`: its declaration, then all else in the order of time.

    The times of actions are not told; they stand at the moment of resolution, by which all
    of it had happened.
    """
    told = sorted(
        [*_roles(record), *_notes(record), *_lifecycle(record), *_actions(record)],
        key=lambda placed: placed[:2],
    )
    return (declaration(record), *(event for *_, event in told))


Placed = tuple[Moment, int, ev.Event]
"""When, the rank within that moment, and what happened."""


def declaration(record: History) -> ev.Declared:
    times = record.milestones
    return ev.Declared(
        by=REPORT,
        at=declared_at(record),
        title=record.title,
        description=record.description,
        severity=record.severity,
        start_time=times["started"],
        detected_time=times.get("detected"),
        affected_services=record.services,
        affected_regions=record.regions,
        drill=record.drill,
        metadata=metadata(record),
    )


def declared_at(record: History) -> Moment:
    """A report that does not say when it was declared: when it was noticed, or had begun."""
    times = record.milestones
    return times.get("declared") or times.get("detected") or times["started"]


def _roles(record: History) -> Iterator[Placed]:
    """Each holder takes their role with their first entry, or else at the declaration."""
    for role, names in cast(record).items():
        if names:
            at = min(spoke(record, role), default=declared_at(record))
            yield at, ROLE, ev.RoleAssigned(by=names[0], at=at, role=role, holder=names[0])


def _notes(record: History) -> Iterator[Placed]:
    for entry in record.timeline:
        yield (
            entry.at,
            NOTE,
            ev.Noted(
                by=named(record, entry.who),
                at=entry.at,
                type=entry.type,
                message=entry.text,
                approx=entry.approx,
            ),
        )


def _lifecycle(record: History) -> Iterator[Placed]:
    """The milestones after the declaration; those the product has no word for are notes."""
    times = record.milestones
    for name, at in times.items():
        if name not in LIFECYCLE:
            message = name.replace("_", " ").capitalize()
            yield at, NOTE, ev.Noted(by=REPORT, at=at, type="milestone", message=message)
    resolved, mitigated = times["resolved"], times.get("mitigated")
    if identified := times.get("identified"):
        # A mitigated incident has no phase: a cause that was found later is placed before it.
        placed = min(identified, mitigated or resolved)
        yield placed, PHASE, ev.PhaseChanged(by=REPORT, at=identified, phase="identified")
    if mitigated:
        yield mitigated, MITIGATED, ev.Mitigated(by=REPORT, at=mitigated)
    yield resolved, RESOLVED, ev.Resolved(by=REPORT, at=resolved)


def _actions(record: History) -> Iterator[Placed]:
    at = record.milestones["resolved"]
    for number, action in enumerate(record.actions, start=1):
        for event in _action(record, action, f"ACT-{number}", at):
            yield at, ACTION, event


def _action(record: History, action: PastAction, id_: str, at: Moment) -> Iterator[ev.Event]:
    """From its proposal to its end. What was approved and then given up had been started."""
    owner = named(record, action.owner) if action.owner else None
    told: dict[str, Any] = {"by": REPORT, "at": at, "action": id_}
    yield ev.ActionProposed(
        description=action.title, target=action.target, region=action.region, owner=owner, **told
    )
    if action.approved:
        yield ev.ActionApproved(**told)
    began = action.status == "completed" or (action.status == "abandoned" and action.approved)
    if began:
        yield ev.ActionStarted(owner=owner or REPORT, **told)
    match action.status:
        case "completed":
            yield ev.ActionCompleted(executed_on=action.executed_on, **told)
        case "abandoned":
            yield ev.ActionAbandoned(from_status="in-progress" if began else "proposed", **told)
        case "proposed":
            pass
