"""The log as people read it: every entry with what was said about it afterwards.

Nothing here decides what is shown where: marks stay lines of their own, in their place.
"""

from collections.abc import Iterable

from incident.core import events as ev
from incident.core.chronicle import sentence
from incident.core.incident import REDACTED
from incident.core.redaction import without_text
from incident.core.values import Moment, Value


class Recorded(Value):
    """An event as the log has it: its ordinal in the incident, from 1, and when it was written."""

    number: int
    event: ev.Event
    recorded_at: Moment


class Amendment(Value):
    """What an entry says now, who changed it and when; `number` is the amending entry."""

    number: int
    by: str
    at: Moment
    message: str


class Line(Value):
    """An entry with its marks applied.

    `message` is what to show: the newest amendment, or the entry's own sentence, or a mark
    where it was redacted. `event` is what happened, without the text that was redacted, so
    `sentence(line.event)` is how the entry first read.
    """

    number: int
    event: ev.Event
    recorded_at: Moment
    message: str
    amendment: Amendment | None = None
    pinned: bool = False
    redacted: bool = False


def lines(recorded: Iterable[Recorded]) -> tuple[Line, ...]:
    """`recorded`, in its order, with every mark in it applied to the entry it speaks of.

    Also for a part of a log: a mark on an entry that is not in it changes nothing but is
    still a line.
    """
    log = tuple(recorded)
    pinned: set[int] = set()
    redacted: set[int] = set()
    amendments: dict[int, Amendment] = {}
    for one in log:
        match one.event:
            case ev.EntryAmended() as mark:
                amendments[mark.entry] = Amendment(
                    number=one.number, by=mark.by, at=mark.at, message=mark.message
                )
            case ev.EntryPinned() as mark:
                pinned.add(mark.entry)
            case ev.EntryUnpinned() as mark:
                pinned.discard(mark.entry)
            case ev.EntryRedacted() as mark:
                redacted.add(mark.entry)
            case _:
                pass
    return tuple(
        without_its_text(one, pinned=one.number in pinned)
        if one.number in redacted
        else with_amendment(one, amendments.get(one.number), redacted, pinned=one.number in pinned)
        for one in log
    )


def without_its_text(one: Recorded, *, pinned: bool) -> Line:
    """A redacted entry still says who did something, when, and of what kind."""
    return Line(
        number=one.number,
        event=without_text(one.event),
        recorded_at=one.recorded_at,
        message=REDACTED,
        pinned=pinned,
        redacted=True,
    )


def with_amendment(
    one: Recorded, amendment: Amendment | None, redacted: set[int], *, pinned: bool
) -> Line:
    """An entry as it reads now. An amendment of a redacted entry loses its text with it."""
    of_redacted = isinstance(one.event, ev.EntryAmended) and one.event.entry in redacted
    event = without_text(one.event) if of_redacted else one.event
    return Line(
        number=one.number,
        event=event,
        recorded_at=one.recorded_at,
        message=amendment.message if amendment else sentence(event),
        amendment=amendment,
        pinned=pinned,
    )
