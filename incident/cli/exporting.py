"""One incident as text: the post-mortem draft, or all of it as JSON.

Nothing here writes files.
"""

import json
from typing import Any, Literal

from incident import shapes
from incident.core.postmortem import draft
from incident.core.record import Recorded
from incident.export import markdown
from incident.runtime import Runtime
from incident.store.commit import Commit


async def exported(
    runtime: Runtime, incident: str, form: Literal["md", "json", "jsonl"]
) -> str | None:
    """The whole incident in `form`; None when there is none. Raises `StoreAway`."""
    log = [commit async for commit in runtime.journal.history(incident)]
    if not log:
        return None
    match form:
        case "md":
            return postmortem(log)
        case "json":
            whole = shapes.incident(log[-1]) | {"timeline": shapes.entries(log)}
            return safe(json.dumps(whole, ensure_ascii=False, indent=2)) + "\n"
        case "jsonl":
            return "".join(map(line, shapes.entries(log)))


def postmortem(log: list[Commit]) -> str:
    recorded = [
        Recorded(number=number, event=event, recorded_at=commit.at)
        for commit in log
        for number, event in enumerate(commit.events, start=commit.first)
    ]
    return markdown(draft(log[-1].incident, log[-1].state, recorded))


def line(entry: dict[str, Any]) -> str:
    return safe(json.dumps(entry, ensure_ascii=False, separators=(",", ":"))) + "\n"


def safe(text: str) -> str:
    """The same JSON, with what could end a line or steer a terminal written as escapes."""
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
