"""What somebody missed as a few lines of plain text, to read or to paste into a chat.

People are named as they are called, times are UTC. Nothing is escaped, and no line that a
person wrote passes for one of ours.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from incident.core.brief import Said
from incident.core.brief_words import AROUND, Names, name_of, naming, on_one_line, section
from incident.core.catch_up import CatchUp, Change, Handover, Told
from incident.core.incident import Incident
from incident.core.phrases import clock, date_and_clock, day, span
from incident.core.pieces import Action
from incident.core.recording import SYSTEM
from incident.core.titles import role_title
from incident.core.values import ENDED

MOST = 8
"""Lines of one section; the newest. The rest is in the timeline."""
NAMES_AT_ITS_END = {"commander_missing"}
"""Kinds whose sentences name people after a colon, too."""


class Words:
    """How one reader is told: `names` by handle, as of `now`."""

    def __init__(self, names: Names, now: datetime) -> None:
        self._names = names
        self._now = now

    def text(self, incident: str, after: Incident, since: datetime, made: CatchUp) -> str:
        """The whole brief, with no empty section."""
        sections = [
            *self.part("Decided", [self.decision(one) for one in made.decisions]),
            *self.part("Changed", [self.change(one) for one in made.changes]),
            *self.part("Roles", [self.handover(one) for one in made.roles]),
            *self.part("Fixes running", [self.fix(one) for one in made.running]),
            *self.part("Fixes waiting", [self.fix(one) for one in made.waiting]),
            *self.part("Fixes ended", [self.fix(one) for one in made.ended]),
            *self.part("Updates sent", [self.update(one) for one in made.updates]),
        ]
        ago = span(self._now - since)
        entries = "1 entry" if made.count == 1 else f"{made.count} entries"
        return "\n".join([
            f"{incident}: {on_one_line(after.title)}",
            f"Since {date_and_clock(since)} ({ago} ago): {entries}. All times are UTC.",
            standing(after, made),
            *(sections or ["Nothing was decided, and nothing changed."]),
        ])  # fmt: skip

    def part(self, title: str, lines: Sequence[str]) -> list[str]:
        """A heading and its newest lines; nothing where there are none."""
        left = len(lines) - MOST
        shown = [f"{left} earlier ones are in the timeline", *lines[left:]] if left > 0 else lines
        return list(section(title, shown))

    def decision(self, said: Said) -> str:
        return f"{self.when(said.at)} {self.name(said.by)}: {quoted(said)}"

    def update(self, told: Told) -> str:
        said = told.said
        return f"{self.when(said.at)} to {told.audience} by {self.name(said.by)}: {quoted(said)}"

    def change(self, one: Change) -> str:
        ours, colon, theirs = one.message.partition(": ") if one.people else ("", "", one.message)
        if one.kind in NAMES_AT_ITS_END:
            ours, colon, theirs = one.message, "", ""
        silent = one.by != SYSTEM and one.by not in {word.strip(AROUND) for word in ours.split(" ")}
        told = on_one_line(f"{naming(ours, one.people, self._names)}{colon}{theirs}")
        by = f"{self.name(one.by)}, " if silent else ""
        return f"{self.when(one.at)} {told} ({by}T{one.number})"

    def handover(self, one: Handover) -> str:
        title = role_title(one.role)
        holder = self.name(one.after) if one.after else "nobody"
        before = f", was {self.name(one.before)}" if one.before else ""
        return f"{title[:1].upper()}{title[1:]}: {holder}{before} ({self.when(one.at)})"

    def fix(self, action: Action) -> str:
        """`ACT-2 (Mei Tanaka): Restart the proxies, on proxies in eu-west-1, for 12 min`."""
        owner = f" ({self.name(action.owner)})" if action.owner else ""
        target = f", on {on_one_line(action.target)}" if action.target else ""
        region = f" in {on_one_line(action.region)}" if action.region else ""
        what = f"{action.id}{owner}: {on_one_line(action.description)}{target}{region}"
        return f"{what}{self.progress(action)}"

    def progress(self, action: Action) -> str:
        """Where a fix stands, beyond the heading that it stands under."""
        match action.status:
            case "in-progress":
                late = ", longer than estimated" if action.overdue else ""
                return f", for {span(self._now - (action.started_at or self._now))}{late}"
            case "proposed":
                approved = action.approved_by
                return f", approved by {self.name(approved)}" if approved else ", not approved"
            case _:
                at = f" {self.when(action.completed_at)}" if action.completed_at else ""
                return f", {action.status}{at}"

    def name(self, handle: str) -> str:
        return name_of(handle, self._names)

    def when(self, moment: datetime) -> str:
        """Only the clock for what was on the day of the reader."""
        today = moment.astimezone(UTC).date() == self._now.astimezone(UTC).date()
        return clock(moment) if today else f"{day(moment)} {clock(moment)}"


def quoted(said: Said) -> str:
    return f"{on_one_line(said.message)} (T{said.number})"


def standing(after: Incident, made: CatchUp) -> str:
    """Severity and state, and what they were where they are others now."""
    severity = f", was {made.severity.before}" if made.severity else ""
    state = f", was {made.state.before}" if made.state else ""
    verb = "It is" if after.status in ENDED else "Now"
    return f"Severity {after.severity}{severity}. {verb} {after.phase or after.status}{state}."
