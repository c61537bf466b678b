"""What people write into the timeline, and how they mark what stands there.

Nothing here removes anything but `redact`, which admins use for secrets.
"""

from datetime import datetime, timedelta

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.redaction import fields_still_showing
from incident.core.rejected import Rejected
from incident.core.times import not_in_the_future

LATE_AFTER = timedelta(minutes=1)
"""An entry about something longer ago than this is marked as late."""


def note(command: do.AddEntry, now: datetime) -> list[ev.Event]:
    """Write an entry, about now or about an earlier moment."""
    at = command.timestamp or now
    not_in_the_future(at, now)
    late = now - at > LATE_AFTER
    told = command.model_dump(include={"by", "type", "message", "attachments"})
    return [ev.Noted(at=at, late=late, **told)]


def mark(
    incident: Incident,
    command: do.AmendEntry | do.PinEntry | do.UnpinEntry | do.RedactEntry,
    now: datetime,
) -> list[ev.Event]:
    """Amend, pin, unpin or redact an earlier entry."""
    number = command.entry
    if not 1 <= number <= incident.entries:
        raise Rejected("no-such-entry", f"There is no entry T{number}.")
    if number in incident.marks:
        raise Rejected("not-amendable", f"T{number} only marks another entry.")
    match command:
        case do.RedactEntry():
            return redact(incident, command, now)
        case do.PinEntry() if number not in incident.pinned:
            return [ev.EntryPinned(by=command.by, at=now, entry=number)]
        case do.UnpinEntry() if number in incident.pinned:
            return [ev.EntryUnpinned(by=command.by, at=now, entry=number)]
        case do.PinEntry() | do.UnpinEntry():
            return []
        case do.AmendEntry() if number in incident.redacted:
            raise Rejected("already-redacted", f"T{number} has been redacted.")
        case do.AmendEntry():
            return [ev.EntryAmended(by=command.by, at=now, entry=number, message=command.message)]


def redact(incident: Incident, command: do.RedactEntry, now: datetime) -> list[ev.Event]:
    """Remove an entry's text for good, also from what the state kept of it."""
    if command.authority != "admin":
        raise Rejected("not-admin", "Only an admin can redact an entry.")
    if command.entry in incident.redacted:
        return []
    fields = fields_still_showing(incident, command.original)
    return [ev.EntryRedacted(by=command.by, at=now, entry=command.entry, fields=fields)]
