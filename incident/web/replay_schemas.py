"""What clients are answered about an incident as it was, and about how it came to be otherwise.

The shapes themselves are made elsewhere; the tests hold every answer to what stands here.
"""

from typing import Any, Literal

from pydantic import BaseModel

from incident.web.schema_parts import Shape, Time
from incident.web.schemas import Entry, Incident


class Replay(Incident):
    """An incident as it was, with the newest 200 of the entries that it had then."""

    at: Time
    """Since when it was so."""


class Change(Shape):
    """A `commit` frame, as on the socket."""

    type: Literal["commit"]
    incident: str
    seq: int
    at: Time
    entries: list[Entry]
    patch: dict[str, Any]
    """JSON Merge Patch (RFC 7396) on the incident without its timeline, `actions` by their id."""
    step: int = None  # type: ignore[assignment]  # absent but in an import
    """Which moment of the import this is, counted from 1."""


REPLAYED: tuple[type[BaseModel], ...] = (Replay, Change)
