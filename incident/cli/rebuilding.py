"""Making again, from the log alone, everything that follows from it.

A log with a hole keeps its states: after the hole they are all that is known.
"""

from contextlib import suppress
from dataclasses import dataclass

from incident import mending
from incident.store.errors import UNREADABLE
from incident.store.journal import Journal
from incident.store.lists import Lists
from incident.store.scrubbing import scrub
from incident.verify_log import Progress, of_log, silent


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
            made.commits += await scrub(journal, incident)
    await lists.forget()
    for incident in incidents:
        with suppress(*UNREADABLE):  # such an incident is among those left
            await mending.write(journal, lists, incident)
            made.rows += 1
    return made
