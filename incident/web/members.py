"""A member hears what its room writes, in order, over the fast path or over plain ASGI.

It knows bytes, pauses and an end; what it lacks, and when it is told, is the room's business.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import takewhile
from typing import Protocol

from starlette.types import Scope, Send
from starlette.websockets import WebSocketDisconnect

from incident.web.frames import payloads

EXTENSION = "incident.connection"  # where an ASGI scope carries its `Connection`
TRY_AGAIN_LATER = 1013  # close code: come back with `after` = the last seq you saw

Hook = Callable[[], None]
Sink = Callable[[bytes], object]

# What a server's `send` raises once the connection is gone.
GONE = (OSError, RuntimeError, WebSocketDisconnect)


class Connection(Protocol):
    """What a member needs of a connection: `GuardedWebSocket` offers it, `PlainConnection` too."""

    on_pause: Hook  # its write buffer is full: write nothing more
    on_resume: Hook  # the buffer has drained
    on_close: Hook  # called once, before the first moment at which a frame would be illegal

    @property
    def paused(self) -> bool: ...

    @property
    def gone(self) -> bool:
        """Whether `on_close` has been called."""

    @property
    def sink(self) -> Sink:
        """The shortest way to the wire; to be called only between pauses and before the end."""

    def write(self, frame: bytes) -> object:
        """Write whole frames, or nothing once the connection is gone."""

    def cut(self, reason: str) -> None:
        """Say bye, close with 1013 and, where that does not get through in time, abort."""


class Audience(Protocol):
    """What a member tells its room."""

    def cool(self, member: "Member") -> None: ...

    def settle(self, member: "Member") -> None: ...

    def leave(self, member: "Member") -> None: ...


def member_of(scope: Scope, send: Send) -> "Member":
    """The fastest member that the server of this accepted connection allows."""
    connection: Connection | None = scope.get("extensions", {}).get(EXTENSION)
    if connection is None:
        return PlainMember(send)
    else:
        return FastMember(connection)


def bye(reason: str) -> bytes:
    """The last message before the server hangs up."""
    return json.dumps({"type": "bye", "reason": reason}, separators=(",", ":")).encode()


class Member:
    """One connection in at most one room. `closed` is set when nothing can reach it any more."""

    def __init__(self, connection: Connection) -> None:
        self.closed = asyncio.Event()
        self.room: Audience | None = None
        self.asides: list[tuple[int, bytes]] = []  # frames of its own, each due after a seq
        self._connection = connection
        connection.on_pause = self._pause
        connection.on_resume = self._resume
        connection.on_close = self._close
        if connection.gone:
            self.closed.set()

    @property
    def paused(self) -> bool:
        return self._connection.paused

    @property
    def sink(self) -> Sink:
        return self._connection.sink

    def write(self, frames: bytes) -> None:
        self._connection.write(frames)

    def due(self, seq: int) -> list[bytes]:
        """Take the asides, first come first served, that one who has heard `seq` may hear."""
        due = [frame for _, frame in takewhile(lambda aside: aside[0] <= seq, self.asides)]
        del self.asides[: len(due)]
        return due

    def cut(self, reason: str) -> None:
        self._connection.cut(reason)

    def _pause(self) -> None:
        if self.room is not None:
            self.room.cool(self)

    def _resume(self) -> None:
        if self.room is not None:
            self.room.settle(self)

    def _close(self) -> None:
        self.closed.set()
        if self.room is not None:
            self.room.leave(self)


class FastMember(Member):
    """Around the connection that our own server hands out: ready frames go to its transport."""


class PlainMember(Member):
    """Around any ASGI server's `send`: the same behaviour, one message at a time."""

    def __init__(self, send: Send) -> None:
        super().__init__(PlainConnection(send))


class PlainConnection:
    """A small buffer and a task that empties it; pauses and resumes as a transport does."""

    HIGH_WATER = 256 * 1024  # bytes waiting at which it pauses, as the fast connection does
    LOW_WATER = 64 * 1024  # bytes waiting at which it resumes
    CLOSE_GRACE = 5.0  # seconds that saying bye may take

    def __init__(self, send: Send) -> None:
        self.on_pause: Hook = _nothing
        self.on_resume: Hook = _nothing
        self.on_close: Hook = _nothing
        self.paused = False
        self.gone = False
        self._send = send
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._pump: asyncio.Task[None] | None = None

    @property
    def sink(self) -> Sink:
        return self.write

    def write(self, frame: bytes) -> None:
        if self.gone:
            return
        for payload in payloads(frame):
            self._waiting.append(payload)
            self._bytes += len(payload)
        if self._bytes > self.HIGH_WATER and not self.paused:
            self.paused = True
            self.on_pause()
        if self._pump is None:
            # Ends with the buffer, or when `send` raises because the connection is gone.
            self._pump = asyncio.create_task(self._empty())

    def cut(self, reason: str) -> None:
        if self.gone:
            return
        self._part()
        if self._pump is not None:
            self._pump.cancel()
        # Ends by itself after the grace at the latest.
        self._pump = asyncio.create_task(self._say_bye(reason))

    async def _empty(self) -> None:
        try:
            while self._waiting:
                await self._send_one(self._waiting.popleft())
            self._pump = None
        except GONE:
            self._part()
            self.on_close()

    async def _send_one(self, payload: bytes) -> None:
        await self._send({"type": "websocket.send", "text": payload.decode()})
        self._bytes -= len(payload)
        if self.paused and self._bytes <= self.LOW_WATER:
            self.paused = False
            self.on_resume()

    async def _say_bye(self, reason: str) -> None:
        farewell = {"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": reason}
        with suppress(*GONE, TimeoutError):
            async with asyncio.timeout(self.CLOSE_GRACE):
                await self._send({"type": "websocket.send", "text": bye(reason).decode()})
                await self._send(farewell)
        self.on_close()

    def _part(self) -> None:
        self.gone = True
        self._waiting.clear()


def _nothing() -> None:
    """What a hook does before anybody listens."""
