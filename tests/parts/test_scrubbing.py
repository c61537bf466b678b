"""What was redacted stays gone, however two redactions meet."""

import asyncio

from incident.core import events as ev
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.journal import Journal
from incident.store.scrubbing import scrub
from tests.builders import NOON, noted
from tests.parts.offices import Log, everything


class Slow(Journal):
    """Writes what it has read once it may."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.has_read = asyncio.Event()
        self.may_write = asyncio.Event()

    async def _replace(self, commit: Commit) -> int:
        self.has_read.set()
        await self.may_write.wait()
        return await super()._replace(commit)


def redacted(entry: int) -> ev.EntryRedacted:
    return ev.EntryRedacted(by="ada", at=NOON, entry=entry)


async def test_a_redaction_that_is_slow_to_rewrite_puts_no_text_of_another_back(
    database: Database,
) -> None:
    slow, quick = Slow(database), Journal(database)
    await quick.prepare()
    log = Log(quick)
    await log.add()
    await log.add(noted("the password is swordfish"))
    await log.add(noted("the other is hunter2"))
    await log.add(redacted(2))
    first = asyncio.create_task(scrub(slow, "INC-1"))
    await slow.has_read.wait()
    await log.add(redacted(3))
    await scrub(quick, "INC-1")
    between = await everything(database)

    slow.may_write.set()
    await first

    assert "hunter2" not in between
    assert "hunter2" not in await everything(database)
    assert "swordfish" not in await everything(database)


async def test_an_incident_without_a_log_is_left_as_it_is(database: Database) -> None:
    journal = Journal(database)
    await journal.prepare()

    assert await scrub(journal, "INC-9") == 0
