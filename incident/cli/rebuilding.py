"""Making again, from the log alone, everything that follows from it.

A log with a hole keeps its states: after the hole they are all that is known.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from incident import shapes
from incident.store.commit import Commit
from incident.store.journal import Journal
from incident.store.lists import Lists
from incident.verify_log import UNREADABLE, Progress, of_log, silent


@dataclass(slots=True)
class Made:
    """What was made: rows, and commits stored anew; `left` names broken incidents."""

    rows: int = 0
    commits: int = 0
    left: tuple[str, ...] = ()


async def rebuilt(journal: Journal, lists: Lists, *, progress: Progress = silent) -> Made:
    """Store wrong states anew, drop redacted text for good, and write every row again.

    Harmless while servers run: a row of theirs that is newer wins. Raises `StoreAway`.
    """
    made = Made()
    incidents = [incident async for incident, _ in journal.newest_seqs()]
    for incident in incidents:
        wrong = {finding.kind for finding in await of_log(journal, incident, progress)}
        if "log" in wrong:
            made.left += (incident,)
        elif wrong:
            made.commits += await journal.rewrite(incident)
    await lists.forget()
    for incident in incidents:
        with suppress(*UNREADABLE):  # such an incident is among those left
            await write_row(journal, lists, incident)
            made.rows += 1
    return made


async def write_row(journal: Journal, lists: Lists, incident: str) -> None:
    newest = await journal.latest(incident)
    assert newest is not None, "no incident is ever removed"
    await lists.write(newest, await row(journal, newest))


async def row(journal: Journal, newest: Commit) -> dict[str, Any]:
    """The row of an incident, with the last entry that was more than a mark on another."""
    whole = shapes.summary(newest)
    commit: Commit | None = newest
    while "lastEntry" not in whole and commit and commit.seq > 1:
        commit = await journal.at_seq(newest.incident, commit.seq - 1)
        last = shapes.summary(commit).get("lastEntry") if commit else None
        whole |= {"lastEntry": last} if last else {}
    return whole
