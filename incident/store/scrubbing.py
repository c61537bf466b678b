"""Redacted text leaves the log for good, also where two redactions meet.

`Journal.rewrite` stores what it read; one that read before another redaction, and writes after
that one has written, would put a text back. Which entries are redacted is not decided here.
"""

from incident.store.journal import Journal


async def scrub(journal: Journal, incident: str) -> int:
    """Rewrite until nothing was redacted meanwhile; returns how often a commit was changed.

    Harmless while others write, and when it is run again. Raises `StoreAway`.
    """
    changed = 0
    known = await redacted(journal, incident)
    while True:
        changed += await journal.rewrite(incident)
        before, known = known, await redacted(journal, incident)
        if known <= before:
            return changed


async def redacted(journal: Journal, incident: str) -> frozenset[int]:
    """Numbers of the entries that are redacted now."""
    newest = await journal.latest(incident)
    return frozenset(newest.state.redacted if newest else ())
