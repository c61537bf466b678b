"""Whether an incident's log is whole, its states follow from it, and redacted text is gone.

It reads and compares, and changes nothing.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

from incident.core.events import EntryAmended
from incident.core.incident import Incident
from incident.core.redaction import without_text
from incident.store.commit import Commit
from incident.store.errors import UNREADABLE
from incident.store.journal import Journal

REASON_LIMIT = 200
"""Characters of such an error that are shown: it may quote what is stored."""

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong. `subject` is an incident's id."""

    kind: Literal["log", "state", "redaction", "row", "hold", "file"]
    subject: str
    message: str


def silent(incident: str, seq: int) -> None:
    """Progress that nobody is told of."""


async def of_log(journal: Journal, incident: str, progress: Progress = silent) -> list[Finding]:
    """No hole in the log, every entry numbered, every state what the log folds to."""
    walk = Walk(incident)
    states = journal.states(incident)
    try:
        async for commit in journal.history(incident):
            if not walk.joins(commit):
                break
            walk.step(commit, await stored(states))
            progress(incident, walk.seq)
    except UNREADABLE as error:
        walk.wrong("log", f"what follows seq {walk.seq} cannot be read: {reason(error)}")
    if walk.newest and walk.newest.state.redacted:
        walk.findings += await of_redactions(journal, walk.newest)
    return walk.summed_up()


async def stored(states: AsyncIterator[tuple[int, Incident | None]]) -> Incident | None:
    """The next stored state; None where none was stored, or a server wrote it just now."""
    _, state = await anext(states, (0, None))
    return state


class Walk:
    """One pass over the commits of an incident, oldest first."""

    def __init__(self, incident: str) -> None:
        self.incident = incident
        self.seq = 0
        self.newest: Commit | None = None
        self.findings: list[Finding] = []
        self._different: list[tuple[int, str]] = []

    def wrong(self, kind: Literal["log", "state"], message: str) -> None:
        self.findings.append(Finding(kind, self.incident, message))

    def joins(self, commit: Commit) -> bool:
        """Whether it is the very next one. After a hole nothing can be folded any more."""
        if commit.seq == self.seq + 1:
            return True
        self.wrong("log", f"seq {self.seq + 1} is missing; what follows cannot be checked")
        return False

    def step(self, commit: Commit, state: Incident | None) -> None:
        expected = 1 + (self.newest.state.entries if self.newest else 0)
        if commit.first != expected:
            said = f"seq {commit.seq} begins with T{commit.first}, but T{expected} is next"
            self.wrong("log", said)
        if state is not None and state != commit.state:
            self._different.append((commit.seq, different(state, commit.state)))
        self.seq, self.newest = commit.seq, commit

    def summed_up(self) -> list[Finding]:
        """One line for all states: an event that was tampered with changes every later one."""
        for seq, names in self._different[:1]:
            count = len(self._different)
            states = "a stored state differs" if count == 1 else f"{count} stored states differ"
            self.wrong("state", f"{states} from the log, at seq {seq} in {names}")
        return self.findings


def different(one: Incident, other: Incident) -> str:
    names = [name for name in Incident.model_fields if getattr(one, name) != getattr(other, name)]
    return ", ".join(names)


def reason(error: Exception) -> str:
    """The kind of an error and what its first line says."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__} {first}"[:REASON_LIMIT]


async def of_redactions(journal: Journal, newest: Commit) -> list[Finding]:
    """Text that was redacted and is still in the log."""
    gone = set(newest.state.redacted)
    kept: list[int] = []
    async for commit in journal.history(newest.incident):
        for entry, event in enumerate(commit.events, start=commit.first):
            speaks_of = event.entry if isinstance(event, EntryAmended) else entry
            if gone & {entry, speaks_of} and event != without_text(event):
                kept.append(entry)
    told = "was redacted, but its text is still stored"
    return [Finding("redaction", newest.incident, f"T{entry} {told}") for entry in kept]
