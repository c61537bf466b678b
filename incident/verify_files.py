"""Whether every file that an entry shows is there, to its last byte.

It changes nothing, and does not look into the files.
"""

from collections.abc import AsyncIterator

from incident.core.events import Attachment, EntryRedacted, Noted
from incident.store.attachments import Attachments
from incident.store.errors import UNREADABLE
from incident.store.journal import Journal
from incident.store.lists import number
from incident.verify_log import Finding


async def missing_files(journal: Journal, files: Attachments) -> AsyncIterator[Finding]:
    """Every file that is missing, incident by incident. Raises `StoreAway`."""
    incidents = [incident async for incident, _ in journal.newest_seqs()]
    for incident in sorted(incidents, key=number):
        try:
            missing = await missing_of(journal, files, incident)
            still = await shown_by(journal, incident) if missing else []
        except UNREADABLE:
            continue  # what is wrong with the log is told by who looks at that
        for entry, file in missing:
            if (entry, file) in still:  # a redaction may have come in between
                yield Finding("file", incident, f"a file of T{entry} is not there: {file.name}")


async def missing_of(
    journal: Journal, files: Attachments, incident: str
) -> list[tuple[int, Attachment]]:
    shown = await shown_by(journal, incident)
    whole = await files.whole(incident) if shown else set()
    return [(entry, file) for entry, file in shown if file.id not in whole]


async def shown_by(journal: Journal, incident: str) -> list[tuple[int, Attachment]]:
    """The files of all entries that are not redacted, with the numbers of these."""
    shown: dict[int, tuple[Attachment, ...]] = {}
    seq = 0
    while page := await journal.forwards(incident, seq):
        seq = page[-1].seq
        for commit in page:
            for place, event in enumerate(commit.events, start=commit.first):
                match event:
                    case Noted() if event.attachments:
                        shown[place] = event.attachments
                    case EntryRedacted():
                        shown.pop(event.entry, None)
                    case _:
                        pass
    return [(entry, file) for entry, those in shown.items() for file in those]
