"""Which text of an event a person wrote, and how an event looks without it.

Redaction is the one sanctioned change of a stored event; it keeps who, when and what kind.
"""

from collections.abc import Collection, Sequence

from incident.core import events as ev
from incident.core.incident import REDACTED, Incident

WRITTEN = ("message", "title", "description", "reason", "impact")
"""Fields of events that hold a person's free text."""

WHY = "why"
"""Our words, which may quote a person's: the reason of an override, the answer of a server."""

CLEARED = ("metadata", "links", "attachments")
"""Fields of events that may hold a person's text in some structure: emptied as a whole.

Files are deleted by whoever keeps them; here only what names them goes."""


def without_text(event: ev.Event) -> ev.Event:
    """`event` with everything a person wrote replaced by a mark."""
    changes: dict[str, object] = {name: REDACTED for name in WRITTEN if getattr(event, name, None)}
    changes |= {
        name: type(getattr(event, name))() for name in CLEARED if getattr(event, name, None)
    }
    return event.model_copy(update=changes | without_why(event))


def without_why(event: ev.Event) -> dict[str, object]:
    """The fields of `event` that say why it was somebody, saying it no more."""
    match event:
        case ev.RoleOffered() | ev.PageUndelivered():
            return {WHY: REDACTED} if event.why else {}
        case ev.CommanderMissing():
            return {"people": unexplained(event.people)}
        case ev.Paged():
            return {"people": unexplained(event.people), "skipped": unexplained(event.skipped)}
        case _:
            return {}


def unexplained(those: Sequence[ev.Called | ev.Skipped]) -> tuple[ev.Called | ev.Skipped, ...]:
    return tuple(one.model_copy(update={WHY: REDACTED}) for one in those)


def scrubbed(events: Sequence[ev.Event]) -> list[ev.Event]:
    """A whole log in which every redacted entry, and every amendment of it, has lost its text."""
    return bare(events, 1, {e.entry for e in events if isinstance(e, ev.EntryRedacted)})


def bare(events: Sequence[ev.Event], first: int, gone: Collection[int]) -> list[ev.Event]:
    """A part of a log, the first of which has the number `first`, without the text of `gone`."""
    return [
        without_text(event)
        if number in gone or (isinstance(event, ev.EntryAmended) and event.entry in gone)
        else event
        for number, event in enumerate(events, start=first)
    ]


def fields_still_showing(incident: Incident, event: ev.Event) -> tuple[str, ...]:
    """Names of the state's fields that still hold the text of `event`."""
    match event:
        case ev.Declared() | ev.DetailsChanged():
            names = ("title", "description", "metadata", "links")
            return tuple(
                n for n in names if getattr(event, n) and getattr(event, n) == getattr(incident, n)
            )
        case ev.ActionProposed() | ev.ActionDescribed():
            action = incident.action(event.action)
            return tuple(
                f"actions.{event.action}.{name}"
                for name in ("description", "impact")
                if getattr(event, name) and getattr(action, name, None) == getattr(event, name)
            )
        case ev.ActionCompleted() | ev.ActionAbandoned():
            ended = incident.action(event.action)
            shows = bool(event.reason) and ended is not None and ended.reason == event.reason
            return (f"actions.{event.action}.reason",) if shows else ()
        case ev.HypothesisRaised():
            found = incident.hypothesis(event.hypothesis)
            shows = found is not None and found.description == event.description
            return (f"hypotheses.{event.hypothesis}.description",) if shows else ()
        case ev.HypothesisJudged():
            found = incident.hypothesis(event.hypothesis)
            shows = bool(event.reason) and found is not None and found.reason == event.reason
            return (f"hypotheses.{event.hypothesis}.reason",) if shows else ()
        case ev.RoleOffered():
            offered = incident.role(event.role).offer
            shows = bool(event.message) and offered is not None and offered.message == event.message
            return (f"roles.{event.role}.message",) if shows else ()
        case _:
            return ()
