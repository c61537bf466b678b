"""The log of an incident as a story: who did what, day by day, in the order it happened.

Every string is ready for Markdown. Nothing here adds to what the log says; what a report
left open is marked as such.
"""

from collections.abc import Iterator
from urllib.parse import quote

from incident.core import events as ev
from incident.core import learned
from incident.core.chronicle import told_later, with_reason
from incident.core.history import REPORT
from incident.core.incident import Incident
from incident.core.markdown import inline, item, local
from incident.core.phrases import clock, day
from incident.core.record import Line
from incident.core.values import Value


class Story(Value):
    """An incident with its whole log. `imported`: the number of the entry that says so, or 0."""

    id: str
    incident: Incident
    log: tuple[Line, ...]
    imported: int = 0

    def untimed(self, line: Line) -> bool:
        """Reports give no times for actions, so their place in the log says nothing."""
        return line.number < self.imported and line.event.kind.startswith("action_")

    def rough(self, line: Line) -> bool:
        """Whether the time is known only roughly, or was read from what else was told."""
        match line.event:
            case ev.Noted():
                return line.event.approx
            case ev.Declared():
                return "declared" in self.not_told
            case ev.RoleAssigned():
                return line.number < self.imported
            case _:
                return False

    @property
    def not_told(self) -> tuple[str, ...]:
        """What the report leaves open (see docs/import-format.md)."""
        return learned.names(self.incident.metadata, "notTold") if self.imported else ()


class Entry(Value):
    """`time` is `~23:30` where it is known only roughly; `mark` names the entry of the log."""

    time: str
    teller: str
    text: str
    mark: str


class Day(Value):
    date: str
    entries: tuple[Entry, ...]


def days(story: Story) -> tuple[Day, ...]:
    """The timeline in the order in which things happened, day by day."""
    found: dict[str, list[Entry]] = {}
    for line in sorted(timeline(story), key=lambda line: (line.event.at, line.number)):
        found.setdefault(day(line.event.at), []).append(entry(story, line))
    return tuple(Day(date=date, entries=tuple(entries)) for date, entries in found.items())


def timeline(story: Story) -> Iterator[Line]:
    """Every entry but those that only mark others, tell of the import, or have no time."""
    for line in story.log:
        if not isinstance(line.event, ev.Mark | ev.Imported) and not story.untimed(line):
            yield line


def entry(story: Story, line: Line) -> Entry:
    return Entry(
        time=("~" if story.rough(line) else "") + clock(line.event.at),
        teller=teller(story, line),
        text=said(story, line),
        mark=mark(line),
    )


def said(story: Story, line: Line) -> str:
    """What the entry says, or a person's words for it; the draft's title is not said again."""
    if line.redacted:
        return "_redacted_"
    match line.event:
        case ev.Declared() as event if not line.amendment and event.title == story.incident.title:
            return f"Declared as severity {event.severity}"
        case ev.PhaseChanged(phase="identified") as event if not line.amendment:
            return item(with_reason("Cause identified", event.reason))
        case ev.Noted() as event:
            return item(line.message) + files(story, event)
        case _:
            return item(line.message)


def files(story: Story, event: ev.Noted) -> str:
    """What was put beside the words, by name; the files themselves stay where they are."""
    place = f"/api/incidents/{quote(story.id, safe='')}/attachments"
    named = [local(f"{place}/{quote(one.id, safe='')}", one.name) for one in event.attachments]
    return f" (attached: {', '.join(named)})" if named else ""


def mark(line: Line) -> str:
    """`T12`, and what else there is to know about how the entry came to be."""
    marks = [f"T{line.number}"]
    if told_later(line.event):
        marks.append("written down later")
    if line.amendment:
        marks.append(f"amended by {inline(line.amendment.by)}")
    return ", ".join(marks)


def teller(story: Story, line: Line) -> str:
    """`mei (decision): `, or nothing where the sentence itself says who."""
    event = line.event
    told = isinstance(event, ev.Noted) or line.amendment is not None
    kind = kind_of_words(event)
    nobody = event.by == REPORT and line.number < story.imported
    if nobody or (not told and (event.by == "system" or names_its_author(event))):
        return f"{kind.capitalize()}: " if kind else ""
    return f"{inline(event.by)} ({kind}): " if kind else f"{inline(event.by)}: "


def kind_of_words(event: ev.Event) -> str:
    """What a person's words are, where they are more than a note."""
    match event:
        case ev.Noted() if event.type != "info":
            return event.type
        case ev.UpdatePosted():
            return f"update to {event.audience}"
        case _:
            return ""


def names_its_author(event: ev.Event) -> bool:
    """Whether the sentence of `event` says who did it."""
    match event:
        case ev.Acknowledged() | ev.ActionApproved() | ev.ApprovalWithdrawn():
            return True
        case ev.PeopleCalled() | ev.EscalationPaused() | ev.UpdateSnoozed():
            return True
        case ev.RoleAccepted() | ev.RoleOffered() | ev.OfferDeclined():
            return True
        case ev.RoleAssigned():
            return event.previous is None or event.holder == event.by
        case ev.RoleReleased():
            return event.holder == event.by
        case ev.ActionStarted():
            return event.owner == event.by
        case ev.EscalationResumed():
            return event.by != "system"
        case _:
            return False
