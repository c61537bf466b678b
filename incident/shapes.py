"""The public shapes: how incidents, entries and commits look as JSON to every client.

One place for API, socket, first paint, lists and exports. It decides nothing, and it shows
what it is given: who may see it is settled before.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic.alias_generators import to_camel

from incident import command_shapes as parts
from incident.command_shapes import duration, time
from incident.core.chronicle import entry_type, facts, sentence, told_later
from incident.core.events import Event, Noted
from incident.core.health import worst
from incident.core.incident import Incident
from incident.core.patches import difference
from incident.core.pieces import Action
from incident.core.record import Line, Recorded, lines
from incident.store.commit import Commit, Told

PREVIEW = 200
"""Characters of the description and of the last entry that a list row shows."""
MARK = "entry_"
"""How the kinds begin of events that only mark other entries."""


def incident(commit: Commit) -> dict[str, Any]:
    """The incident after `commit`, without its timeline, with its actions as a list."""
    state = commit.state
    return {
        "id": commit.incident,
        "seq": commit.seq,
        "title": state.title,
        "description": state.description,
        "status": state.status,
        "phase": state.phase,
        "severity": state.severity,
        "drill": state.drill,
        "visibility": state.visibility,
        **times(state),
        "affectedServices": list(state.affected_services),
        "affectedRegions": list(state.affected_regions),
        "health": parts.health(state),
        **leads(state),
        "roles": {name: parts.held(role) for name, role in state.roles.items()},
        "actions": [action(one) for one in state.actions],
        "hypotheses": [parts.hypothesis(one) for one in state.hypotheses],
        "escalation": parts.escalation(state),
        "communications": {name: parts.told(one) for name, one in state.communications.items()},
        "commandDueAt": time(state.command_by),
        "resolveDueAt": time(state.resolve_by),
        "postmortemDueAt": time(state.postmortem_by),
        "policy": parts.policy(state),
        "mergedInto": state.merged_into,
        "metadata": state.metadata,
        "links": [link.model_dump() for link in state.links],
        "entries": state.entries,
    }


def times(state: Incident) -> dict[str, str | None]:
    return {
        "startTime": time(state.start_time),
        "detectedTime": time(state.detected_time),
        "declaredTime": time(state.declared_time),
        "acknowledgedTime": time(state.acknowledged_time),
        "mitigationTime": time(state.mitigation_time),
        "resolutionTime": time(state.resolution_time),
        "closedTime": time(state.closed_time),
    }


def leads(state: Incident) -> dict[str, str | None]:
    return {
        "commander": state.roles["incident_commander"].holder,
        "commsLead": state.roles["communications_lead"].holder,
        "opsLead": state.roles["operations_lead"].holder,
    }


def action(one: Action) -> dict[str, Any]:
    return {
        "id": one.id,
        "description": one.description,
        "status": one.status,
        "owner": one.owner,
        "target": one.target,
        "region": one.region,
        "impact": one.impact,
        "risk": one.risk,
        "estimate": duration(one.estimate),
        "createdBy": one.created_by,
        "createdAt": time(one.created_at),
        "startedAt": time(one.started_at),
        "completedAt": time(one.completed_at),
        "executedOn": one.executed_on,
        "runAfter": one.run_after,
        "overdue": one.overdue,
        "reason": one.reason,
        "approved": one.approved_by is not None,
        "approvedBy": one.approved_by,
    }


def summary(commit: Commit) -> dict[str, Any]:
    """A row of a list. `lastEntry` is absent when the commit only marked older entries."""
    state = commit.state
    row: dict[str, Any] = {
        "id": commit.incident,
        "seq": commit.seq,
        "title": state.title,
        "description": state.description[:PREVIEW],
        "status": state.status,
        "phase": state.phase,
        "severity": state.severity,
        "drill": state.drill,
        **times(state),
        "updatedTime": time(commit.at),
        "affectedServices": list(state.affected_services),
        "affectedRegions": list(state.affected_regions),
        "health": worst(state),
        **leads(state),
        "acknowledgedBy": state.acknowledged_by,
        "nextDueAt": time(state.next_due_at),
        "approvals": parts.approvals(state),
        "openActions": sum(a.status in {"proposed", "in-progress"} for a in state.actions),
        "paging": list(state.ladder.paged) if state.ladder.runs else [],
        "pageRound": state.ladder.round,
        "offers": {name: role.offer.to for name, role in state.roles.items() if role.offer},
        "holders": {name: role.holder for name, role in state.roles.items() if role.holder},
        "queuedBehind": queued_behind(commit),
        "askedUntil": time(state.ladder.prove_by) if state.ladder.asked else None,
        "calls": [call.model_dump() for call in state.calls],
        "noCommanderSince": time(state.leaderless_since) if state.leader_calls else None,
    }
    if (last := last_line(commit)) is not None:
        row["lastEntry"] = {
            "number": last.number,
            "timestamp": time(last.event.at),
            "author": last.event.by,
            "kind": last.event.kind,
            "message": said(last)[:PREVIEW],
        }
    return row


def queued_behind(commit: Commit) -> list[str]:
    """What its fixes wait for, as `INC-7/ACT-4`."""
    waiting = (one.run_after for one in commit.state.actions if one.run_after)
    return sorted({name if "/" in name else f"{commit.incident}/{name}" for name in waiting})


def last_line(commit: Commit) -> Line | None:
    """The last entry of `commit` that tells more than a mark on another; else a redaction."""
    recorded = [
        Recorded(number=number, event=event, recorded_at=commit.at)
        for number, event in enumerate(commit.events, start=commit.first)
        if event.kind.startswith(MARK)
    ]
    last = next((one for one in reversed(recorded) if one.event.kind == "entry_redacted"), None)
    for index, event in reversed(tuple(enumerate(commit.events))):
        if not event.kind.startswith(MARK):
            number = commit.first + index
            last = Recorded(number=number, event=event, recorded_at=commit.at)
            recorded.append(last)
            break
    return next((line for line in lines(recorded) if last and line.number == last.number), None)


def entries(page: Sequence[Told], marking: Iterable[Told] = ()) -> list[dict[str, Any]]:
    """The entries of the commits of `page`, oldest first, as `marking` commits left them."""
    place: dict[int, tuple[str, int, int]] = {}
    recorded: dict[int, Recorded] = {}
    for told in sorted((*page, *marking), key=lambda told: told.seq):
        for index, event in enumerate(told.events):
            number = told.first + index
            recorded[number] = Recorded(number=number, event=event, recorded_at=told.at)
            place[number] = (told.incident, told.seq, index)
    wanted = {told.seq for told in page}
    return [
        entry(*place[line.number], line)
        for line in lines(recorded.values())
        if place[line.number][1] in wanted
    ]


def entry(incident: str, seq: int, index: int, line: Line) -> dict[str, Any]:
    """One timeline entry (protocol section 2)."""
    event = line.event
    amended = line.amendment
    return {
        "seq": seq,
        "index": index,
        "number": line.number,
        "timestamp": time(event.at),
        "recordedAt": time(line.recorded_at),
        "author": event.by,
        "type": entry_type(event),
        "kind": event.kind,
        "message": said(line),
        "late": told_later(event),
        "approx": isinstance(event, Noted) and event.approx,
        "pinned": line.pinned,
        "amended": None
        if amended is None
        else {
            "message": amended.message,
            "by": amended.by,
            "at": time(amended.at),
            "number": amended.number,
        },
        "redacted": line.redacted,
        "attachments": attached(incident, event),
        "data": {to_camel(name): value for name, value in facts(event).items()},
    }


def attached(incident: str, event: Event) -> list[dict[str, Any]]:
    files = event.attachments if isinstance(event, Noted) else ()
    return [parts.attachment(incident, one) for one in files]


def said(line: Line) -> str:
    """How an entry first read; clients put its amendments in place."""
    return line.message if line.redacted else sentence(line.event)


def patch(before: Commit, commit: Commit) -> dict[str, Any]:
    """The merge patch from one state to the next, with the actions keyed by their id."""
    return difference(keyed(incident(before)), keyed(incident(commit)))


def keyed(shape: dict[str, Any]) -> dict[str, Any]:
    """The incident as patches see it: `actions` is an object by id."""
    return shape | {"actions": {one["id"]: one for one in shape["actions"]}}


def frame(before: Commit, commit: Commit) -> bytes:
    """The `commit` frame of the socket, as it goes out to everybody in the room."""
    return encoded(
        {
            "type": "commit",
            "incident": commit.incident,
            "seq": commit.seq,
            "at": time(commit.at),
            "entries": entries([commit]),
            "patch": patch(before, commit),
        }
    )


def encoded(value: Any) -> bytes:  # noqa: ANN401 (any JSON value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
