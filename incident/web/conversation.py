"""What one client says on its socket, and what it alone is told in answer.

Commands are parsed, submitted and acknowledged in the order they came, one at a time; what
they lead to reaches everybody through the room. Who may be connected is not asked here.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any

from incident import shapes
from incident.access import Visitor
from incident.command_shapes import time
from incident.core.commands import Command
from incident.runtime import Runtime
from incident.store.errors import StoreAway
from incident.store.presence import Here
from incident.web import messages
from incident.web.attaching import attached
from incident.web.people import refuse_unknown_people
from incident.web.problems import Problem, invalid, problem_of
from incident.web.reading import entry_number

STILL_HERE = 8.0
"""Seconds between two signs of life of a connection in a room."""

logger = logging.getLogger(__name__)


class Conversation:
    """One client, in one room or (`incident` None) in the lobby."""

    def __init__(
        self,
        runtime: Runtime,
        who: Visitor,
        incident: str | None,
        say: Callable[[bytes], None],
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        """`say` reaches this client alone; `moved` hears that it went elsewhere in its room."""
        self._runtime, self._who, self._incident = runtime, who, incident
        self._say, self._moved = say, moved
        self._connection = secrets.token_hex(8)
        self._place = ""
        self._on: str | None = None
        self._signed = 0.0

    async def heard(self, text: str | bytes | None) -> None:
        """Do what one message says and answer it."""
        envelope = messages.Envelope()
        try:
            if not isinstance(text, str):
                raise Problem(400, "unreadable", "Messages are JSON in text frames.")  # noqa: TRY301 (one way to refuse)
            envelope = messages.Envelope.model_validate_json(text)
            await self._do(messages.parsed(text, envelope))
        except Exception as error:  # noqa: BLE001 (every fault is an answer; `problem_of` logs ours)
            problem = problem_of(error, self._incident or "")
            ref = envelope.sound_ref
            self._tell({"type": "error", "ref": ref, "problem": problem.document()})

    async def be_at(self, place: str, on: str | None = None) -> bool:
        """Be seen in the room; whether that is news. It expires, so this has to be said again."""
        now = asyncio.get_running_loop().time()
        news = (place, on) != (self._place, self._on)
        if self._incident is None or not (news or now - self._signed >= STILL_HERE):
            return False
        self._place, self._on, self._signed = place, on, now
        here = Here(self._incident, self._who.handle, self._who.person.name, place, on)
        try:
            await self._runtime.presence.enter(self._connection, here, self._runtime.clock())
        except StoreAway as error:
            logger.warning("not seen in the room", extra={"error": str(error)})
        return news

    async def be_gone(self) -> None:
        try:
            await self._runtime.presence.leave(self._connection)
        except StoreAway:
            return  # it expires by itself

    async def _do(self, message: messages.Message) -> None:
        match message:
            case messages.Ping():
                self._tell({"type": "pong", "now": time(self._runtime.clock())})
                await self.be_at(self._place, self._on)
            case messages.Here():
                if await self.be_at(message.place, message.on):
                    self._moved()
            case _:
                await self._submit(message)

    async def _submit(self, message: messages.Command) -> None:
        if self._incident is None:
            raise invalid("type", msg="the lobby takes no commands; connect to the incident")
        await refuse_unknown_people(self._runtime, message)
        command = await self._command(message, self._incident)
        answer = await self._runtime.desk.submit(self._incident, command, key=message.ref)
        index = answer.index if answer.events else None
        self._tell({"type": "ack", "ref": message.ref, "seq": answer.commit.seq, "index": index})

    async def _command(self, message: messages.Command, incident: str) -> Command:
        by = self._who.handle
        if isinstance(message, messages.AmendEntry):
            number = await entry_number(self._runtime, incident, message.seq, message.index)
            command: Command = message.mark(by, number)
        elif isinstance(message, messages.AddTimeline):
            ids, ref = message.attachments, message.ref
            files = await attached(self._runtime, incident, ids, by=by, key=ref)
            command = message.command(by).model_copy(update={"attachments": files})
        else:
            command = message.command(by)
        return command.model_copy(update={"authority": self._who.authority})

    def _tell(self, frame: dict[str, Any]) -> None:
        self._say(shapes.encoded(frame))
