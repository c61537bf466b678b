"""Two real server processes on one database, ten minutes apart by their own clocks.

Each has a mail server of its own, so that it is known who sent what; what they did is read
from the log that they share.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from incident.core.escalation_events import Paged
from incident.store.commit import Commit
from incident.store.connection import Database, connect
from incident.store.journal import Journal
from tests.parts.receivers import Mailbox, mail_server
from tests.parts.stations import stored
from tests.process import ServerProcess
from tests.scenarios.ladders import PEOPLE, letters_to, until
from tests.scenarios.wrong_clocks import off_by

APART = timedelta(minutes=10)


def quick(first: str = "2s", second: str = "1h") -> str:
    """A policy: how long until the second level is due, and the third."""
    return f"""
severities:
  3: {{name: Medium, respond_within: 10h}}
escalation:
  - {{level: 1, page: {{people: [ana]}}, respond_within: {first}, escalate_after: {first}}}
  - {{level: 2, page: {{people: [bo]}}, respond_within: {second}, escalate_after: {second}}}
  - {{level: 3, page: {{people: [cy]}}, respond_within: 30m, escalate_after: 1h}}
  - {{level: 4, page: {{people: [dee]}}, respond_within: 1h, escalate_after: 2h}}
"""


Letter = tuple[str, bool]


@dataclass(kw_only=True)
class Pair:
    """`two` is ten minutes ahead. `boxes` are their mail servers, open while `mail` is."""

    one: ServerProcess
    two: ServerProcess
    boxes: tuple[Mailbox, Mailbox]
    mail: AsyncExitStack
    database: Database
    journal: Journal

    @property
    def both(self) -> tuple[ServerProcess, ServerProcess]:
        return self.one, self.two

    async def declares(self, server: ServerProcess | None = None, **fields: Any) -> str:  # noqa: ANN401 (JSON)
        """A new incident; returns its id."""
        body = {"title": "Card payments failing", "severity": 3} | fields
        answer = await (server or self.one).call("POST", "/api/incidents", body)

        assert answer.status_code == 201, answer.text
        declared: str = answer.json()["id"]
        return declared

    async def commits(self, incident: str) -> list[Commit]:
        return [commit async for commit in self.journal.history(incident)]

    async def pages(self, incident: str) -> list[Paged]:
        commits = await self.commits(incident)
        return [event for c in commits for event in c.events if isinstance(event, Paged)]

    async def levels(self, incident: str) -> list[int]:
        """The levels that were paged, in order."""
        return [page.level for page in await self.pages(incident)]

    async def paged(self, *incidents: str, level: int = 2) -> None:
        """Return when that level of each was."""
        for incident in incidents:

            async def there(incident: str = incident) -> bool:
                return level in await self.levels(incident)

            await until(there, f"level {level} of {incident}")

    async def passed(self, moment: datetime | None) -> None:
        """Return when it is later than that for the database."""
        assert moment is not None

        async def later() -> bool:
            return await self.database.now() > moment

        await until(later, f"{moment}")

    async def delivered(self) -> None:
        """Return when nobody is owed anything any more."""

        async def nothing() -> bool:
            if await self.database.db.commits.find_one({"deliver": {"$exists": True}}):
                return False
            states = {one["state"] for one in (await stored(self.database)).values()}
            return "waiting" not in states

        await until(nothing, "what is owed")

    async def kill(self) -> None:
        await asyncio.gather(*(one.kill() for one in self.both))

    async def mail_away(self) -> None:
        """Both mail servers refuse connections."""
        await self.mail.aclose()

    async def mail_back(self) -> None:
        for box in self.boxes:
            await self.mail.enter_async_context(mail_server(box))

    def letters(self, person: str, incident: str = "") -> list[Letter]:
        """What a person got, of one incident or of all; see `letters_to`."""
        return letters_to(person, *self.boxes, incident=incident)

    async def letter(self, person: str, incident: str) -> None:
        """Return when the mail server has one."""

        async def there() -> bool:
            return bool(self.letters(person, incident))

        await until(there, f"a letter to {person}")

    async def delivery(self, person: str, incident: str) -> dict[str, Any]:
        """The one that this person has of it."""
        return (await stored(self.database))[f"{incident}/2/0/page/{person}/email"]

    async def reset(self) -> None:
        """Both run, their mail servers take everything, and nobody has got any yet."""
        for box in self.boxes:
            box.held.clear()
            box.gate.set()
        for server in self.both:
            if server.runs:
                server.thaw()
            else:
                await server.start()
        await self.delivered()
        for box in self.boxes:
            box.gate.clear()
            box.letters.clear()


@asynccontextmanager
async def pair(
    folder: Path, uri: str, policy: str = "", seen_by_one: str = ""
) -> AsyncIterator[Pair]:
    """Both run, with the people of the ladder in the directory, until the block ends.

    `seen_by_one`: where the first finds the database, if not at `uri`.
    """
    file = folder / "policy.yaml"
    file.write_text(policy or quick())
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(AsyncExitStack())
        boxes = [await mail.enter_async_context(mail_server()) for _ in range(2)]
        database = await connect(uri)
        stack.push_async_callback(database.close)
        told = [
            {"INCIDENT_MONGODB_URI": at, "INCIDENT_POLICY": str(file), "INCIDENT_SMTP_URL": box.url,
             "INCIDENT_MAIL_FROM": "incidents@example.com"}
            for box, at in zip(boxes, (seen_by_one or uri, uri), strict=True)
        ]  # fmt: skip
        one = ServerProcess(folder / "one", **told[0])
        two = ServerProcess(folder / "two", **told[1], **off_by(APART))
        for server in (one, two):
            stack.push_async_callback(server.end)
        await one.start()
        for handle in PEOPLE:
            await add_person(one, handle)
        await two.start()
        yield Pair(
            one=one,
            two=two,
            boxes=(boxes[0], boxes[1]),
            mail=mail,
            database=database,
            journal=Journal(database),
        )


async def add_person(server: ServerProcess, handle: str) -> None:
    body = {"handle": handle, "name": handle.title(), "email": f"{handle}@example.com"}
    answer = await server.call("POST", "/api/people", body)

    assert answer.status_code == 201, answer.text


def ahead(server: ServerProcess) -> timedelta:
    """How far the clock of a server was ahead when it last wrote a line, at least."""
    lines = re.findall(r"^(\S+)Z [A-Z]+ ", server.output.read_text(), re.MULTILINE)
    return datetime.fromisoformat(lines[-1]).replace(tzinfo=UTC) - datetime.now(UTC)
