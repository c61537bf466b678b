"""Where each rung of the ladder stands, for the first paint of the room.

The same as static/js/room/ladder-facts.js and yours.js read off the state and the entries that
the page comes with; it decides nothing.
"""

from datetime import datetime, timedelta
from typing import Any

from incident.policy_file.spans import span_of

JSON = dict[str, Any]


def first_ladder(incident: JSON, own: str) -> JSON:
    """Its rungs, how long the answer took, why `own` is paged, and who called `own` by name."""
    told = incident["escalation"]
    calls = calls_of(incident)
    due = due_times(told)
    rungs = [
        one | stand(one["level"], calls, told) | {"at": due.get(one["level"])}
        for one in told["rungs"]
    ]
    return {
        "rungs": rungs,
        "took": answered_in(incident["timeline"], told["acknowledgedBy"], calls),
        "why": why_of(calls[-1], own) if calls else "",
        "called": called_by(incident["timeline"], own),
    }


def calls_of(incident: JSON) -> list[JSON]:
    """The pages of the round that runs; one whose clocks were only set anew goes on."""
    calls: list[JSON] = []
    wanted = incident["escalation"]["round"]
    for entry in reversed(incident["timeline"]):
        kind, told = entry["kind"], entry["data"]
        if kind == "paged" and told["round"] < wanted:
            break
        if kind == "paged" and told["round"] == wanted:
            calls.insert(0, entry)
        if kind == "escalation_restarted" and told["round"] == wanted and told.get("climbAt"):
            wanted -= 1
    return calls


def stand(level: int, calls: list[JSON], told: JSON) -> JSON:
    """What last became of a level: its state, the call that paged it, why nobody was paged."""
    was, call, note = "next", None, ""
    for one in calls:
        entry = one["data"]
        skip = [s["why"] for s in entry.get("skipped") or [] if s["level"] == level]
        if skip:
            was, note = "skipped", skip[0]
        if level in (entry.get("missed") or []):
            was, note = "missed", ""
        if entry["level"] == level and entry.get("people"):
            was, call, note = "silent", one, ""
    if level == told["level"] and told["acknowledgedBy"] and was == "silent":
        was = "acked"
    elif level == told["level"] and (told["climbAt"] or told["pausedUntil"]) and told["paged"]:
        was = "ringing"
    return {"state": was, "call": call, "note": note}


def due_times(told: JSON) -> dict[int, str]:
    """When the levels above the one that rings are paged, if nothing else happens."""
    if not told["climbAt"] or told["pausedUntil"]:
        return {}
    at, due = datetime.fromisoformat(told["climbAt"]), dict[int, str]()
    for one in told["rungs"]:
        if one["level"] > told["level"]:
            due[one["level"]] = at.isoformat()
            at += span_of(one["escalateAfter"]) if one["escalateAfter"] else timedelta()
    return due


def answered_in(entries: list[JSON], by: str | None, calls: list[JSON]) -> int | None:
    """Seconds from the last page to its answer."""
    answers = [e for e in entries if e["kind"] == "acknowledged" and e["author"] == by]
    before = [c for c in calls if answers and c["number"] < answers[-1]["number"]]
    if not before:
        return None
    took = at_of(answers[-1]) - at_of(before[-1])
    return int(took.total_seconds())


def at_of(entry: JSON) -> datetime:
    return datetime.fromisoformat(entry["timestamp"])


def why_of(call: JSON, own: str) -> str:
    people = call["data"].get("people") or []
    return next((one.get("why") or "" for one in people if one["person"] == own), "")


def called_by(entries: list[JSON], own: str) -> JSON | None:
    """The entry that paged `own` by name, while they have written nothing since."""
    for entry in reversed(entries):
        named = entry["kind"] == "people_called" and own in entry["data"]["people"]
        if named and entry["author"] != own:
            return entry
        if named or entry["author"] == own:
            return None
    return None
