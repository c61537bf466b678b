"""What one client says on its socket, and what it alone is told in answer.

Commands are parsed, submitted and acknowledged in the order they came; what they lead to
reaches everybody through the room.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from pydantic import ValidationError
from starlette.exceptions import HTTPException

from incident import shapes
from incident.access import Visitor
from incident.core.commands import Command
from incident.runtime import Runtime
from incident.store.errors import StoreAway
from incident.store.presence import Here
from incident.web import messages
from incident.web.people import refuse_unknown_people
from incident.web.problems import Problem, problem_of
from incident.web.reading import entry_number

STILL_HERE = 8.0
"""Seconds between two signs of life of a connection in a room."""
CHECK = 8.0
"""Seconds between two looks at whether the person may still be here."""

logger = logging.getLogger(__name__)


class Conversation:
    """One client, in one room or (`incident` None) in the lobby."""

    def __init__(
        self,
        runtime: Runtime,
        who: Visitor,
        incident: str | None,
        say: Callable[[bytes], None],
        recognised: Callable[[], Awaitable[Visitor | None]],
    ) -> None:
        """`say` reaches this client alone; `recognised` asks again who it is."""
        self.signed_out = False
        self._recognised = recognised
        self._runtime, self._who, self._incident, self._say = runtime, who, incident, say
        self._place = "timeline"
        self._connection: str | None = None
        self._signed = self._checked = asyncio.get_running_loop().time()

    async def heard(self, text: str | bytes | None) -> None:
        """Do what one message says and answer it."""
        ref = None
        try:
            if not isinstance(text, str):
                raise Problem(400, "unreadable", "Messages are JSON in text frames.")  # noqa: TRY301 (one way to refuse)
            message = messages.MESSAGE.validate_json(text)
            ref = getattr(message, "ref", None)
            await self._do(message)
        except ValidationError as error:
            self._refuse(error, ref_in(text))
        except Exception as error:  # noqa: BLE001 (every fault is an answer; `problem_of` logs ours)
            self._refuse(error, ref)

    async def be_here(self, connection: str, place: str) -> None:
        """Be seen in the room, or still be seen."""
        self._connection, self._place = connection, place
        self._signed = asyncio.get_running_loop().time()
        assert self._incident is not None
        here = Here(self._incident, self._who.handle, self._who.person.name, place)
        await self._runtime.presence.enter(connection, here, self._runtime.clock())

    async def be_gone(self, connection: str) -> None:
        try:
            await self._runtime.presence.leave(connection)
        except StoreAway:
            return  # it expires by itself

    async def _do(self, message: messages.Command | messages.Ping | messages.Here) -> None:
        match message:
            case messages.Ping():
                now = shapes.time(self._runtime.clock())
                self._say(shapes.encoded({"type": "pong", "now": now}))
                await self._still_here()
            case messages.Here():
                if self._connection:
                    await self.be_here(self._connection, message.place)
            case _:
                await self._submit(message)

    async def _submit(self, message: messages.Command) -> None:
        if self._incident is None:
            raise HTTPException(409, "The lobby takes no commands. Open the incident.")
        await refuse_unknown_people(self._runtime, message)
        answer = await self._runtime.desk.submit(
            self._incident, await self._command(message), key=message.ref
        )
        ack = {"type": "ack", "ref": message.ref}
        place = {"seq": answer.commit.seq, "index": answer.index if answer.events else None}
        self._say(shapes.encoded(ack | place))

    async def _command(self, message: messages.Command) -> Command:
        by = self._who.handle
        if isinstance(message, messages.AmendEntry):
            assert self._incident is not None
            number = await entry_number(self._runtime, self._incident, message.seq, message.index)
            command: Command = message.mark(by, number)
        else:
            command = message.command(by)
        return command.model_copy(update={"authority": self._who.authority})

    async def _still_here(self) -> None:
        """At a client's heartbeat: stay visible, and see whether its person still may be here."""
        now = asyncio.get_running_loop().time()
        if self._connection and now - self._signed > STILL_HERE:
            await self.be_here(self._connection, self._place)
        if now - self._checked > CHECK:
            self._checked = now
            self.signed_out = await self._recognised() is None

    def _refuse(self, error: Exception, ref: str | None) -> None:
        problem = problem_of(error, self._incident or "")
        frame = {"type": "error", "ref": ref, "problem": problem.document()}
        self._say(shapes.encoded(frame))


def ref_in(text: str | bytes | None) -> str | None:
    """The `ref` of a message that is wrong otherwise, so that its sender recognises it."""
    try:
        envelope = messages.ENVELOPE.validate_json(text or b"")
    except ValidationError:
        return None
    return envelope.ref
