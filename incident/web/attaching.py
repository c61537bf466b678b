"""Files beside an entry: found by their ids before it is written, let go when it is redacted.

Where they are kept, and how they come and go over the API, is not known here.
"""

from collections.abc import Sequence

from incident.core.events import Attachment, Noted
from incident.leftovers import shown
from incident.runtime import Runtime
from incident.store.commit import Told
from incident.web.problems import invalid


async def attached(
    runtime: Runtime, incident: str, ids: Sequence[str], *, by: str, key: str | None
) -> tuple[Attachment, ...]:
    """The files with these ids, in their order; raises a 422 that names the first unknown one.

    What `by` wrote under `key` before has the files that it had then: they may be gone by now,
    with its text, and it is no less done.
    """
    if not ids:
        return ()
    found = {one.id: one for one in await kept(runtime, incident, ids)}
    for place, name in enumerate(ids):
        if name not in found:
            written = await written_before(runtime, incident, f"{by}:{key}") if key else None
            if written is not None:
                return written.attachments
            told = f"{incident} has no file {name}; upload it first"
            raise invalid("attachments", place, msg=told, code="no-such-attachment")
    return tuple(found[name] for name in ids)


async def written_before(runtime: Runtime, incident: str, command: str) -> Noted | None:
    """The entry that the command with this id wrote; None where there is none."""
    for commit in await runtime.journal.holding(incident, [command]):
        for accepted in commit.commands:
            if accepted.id == command:
                return next((one for one in accepted.events if isinstance(one, Noted)), None)
    return None


async def let_go(runtime: Runtime, told: Told, index: int) -> None:
    """Delete the files of a redacted entry that no other entry shows.

    To be called before its text is removed from the log: only there are their ids.
    """
    event = told.events[index]
    ids = [one.id for one in event.attachments] if isinstance(event, Noted) else []
    free = [name for name in ids if not await shown_elsewhere(runtime, told, index, name)]
    if free:
        await deleted(runtime, told.incident, free)


async def shown_elsewhere(runtime: Runtime, told: Told, index: int, name: str) -> bool:
    """Whether another entry that is not redacted shows the file."""
    besides = (told.first + index,)
    return await shown(runtime.journal, told.incident, name, besides=besides)


async def kept(runtime: Runtime, incident: str, ids: Sequence[str]) -> list[Attachment]:
    """Those of these files that were uploaded to `incident`."""
    return await runtime.attachments.wanted(incident, ids, runtime.clock())


async def deleted(runtime: Runtime, incident: str, ids: Sequence[str]) -> None:
    """Remove these files for good."""
    await runtime.attachments.delete(incident, ids, runtime.clock())
