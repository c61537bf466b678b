"""One WebSocket costs this process a bounded amount of memory, and it hands out its own wire.

It bounds frames, buffers and silence, and lets a room write ready frames to the transport. What
messages mean, who may send them and how often is the application's business.
"""

import asyncio
from collections.abc import Sequence
from typing import cast

from uvicorn import Config
from uvicorn._types import ASGIApplication, ASGISendEvent
from uvicorn.config import LifespanType
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import CTRL_OPCODES, DATA_OPCODES, Close, CloseCode, Frame, Opcode
from websockets.http11 import Request

from incident.web.frames import text_frame
from incident.web.guard import BACKLOG, WRITE_STALL, GuardedHTTP, StallWatch
from incident.web.members import EXTENSION, TRY_AGAIN_LATER, Hook, Sink, bye


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol with limits; the `incident.connection` of its scope."""

    HANDSHAKE_DEADLINE = 10.0  # seconds until the app must have accepted or refused
    MESSAGE_BYTES = 256 * 1024  # the longest text allowed takes 40 KiB
    FRAGMENTS = 256  # of one message: one a KiB of the longest
    CONTROL_FRAMES = 20  # a second; we ask for one pong in twenty
    WRITE_HIGH = 256 * 1024  # bytes waiting at which rooms stop writing
    WRITE_MAX = 1024 * 1024  # bytes waiting at which nobody may add to them
    WRITE_STALL = WRITE_STALL
    CLOSE_GRACE = 5.0  # seconds from a close frame to the abort: `close()` waits for ever
    LINGER_BYTES = 1024 * 1024  # read past a message that is too big, so that it hears why

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.on_pause: Hook = _nothing
        self.on_resume: Hook = _nothing
        self.on_close: Hook = _nothing
        self.gone = False
        self.close_timeout = self.CLOSE_GRACE
        self.conn.max_message_size = self.MESSAGE_BYTES
        self._fragments = 0
        self._control_frames = 0
        self._control_since = 0.0
        self._lingering: int | None = None  # bytes it may still send in vain
        self._stall: StallWatch | None = None
        self._handshake_timer: asyncio.TimerHandle | None = None
        self._abort_timer: asyncio.TimerHandle | None = None

    # What a member uses.

    @property
    def paused(self) -> bool:
        return not self.writable.is_set()

    @property
    def sink(self) -> Sink:
        assert self.handshake_complete, "frames follow the accepted handshake"
        return self.transport.write

    def write(self, frame: bytes) -> None:
        if self.gone:
            return
        if self.transport.get_write_buffer_size() > self.WRITE_MAX:
            self._abort()
        else:
            self.transport.write(frame)

    def cut(self, reason: str) -> None:
        if self.gone:
            return
        self.write(text_frame(bye(reason)))
        if not self.gone:
            self._part()
            self.conn.send_close(TRY_AGAIN_LATER, reason)
            self._say_close(Close(TRY_AGAIN_LATER, reason))

    # What uvicorn and the transport call.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.WRITE_HIGH)
        self._stall = StallWatch(self.transport, self.WRITE_STALL, self._abort)
        self._handshake_timer = self.loop.call_later(self.HANDSHAKE_DEADLINE, self._check_handshake)

    def connection_lost(self, exc: Exception | None) -> None:
        self._part()
        for timer in (self._handshake_timer, self._abort_timer):
            if timer is not None:
                timer.cancel()
        if self._stall is not None:
            self._stall.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stall is not None:
            self._stall.begin()
        self.on_pause()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.end()
        self.on_resume()

    def data_received(self, data: bytes) -> None:
        if self._lingering is None:
            super().data_received(data)
        else:
            self._lingering -= len(data)
            if self._lingering < 0:
                self._abort()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            cast("dict[str, object]", self.scope["extensions"])[EXTENSION] = self

    def handle_events(self) -> None:
        """Let uvicorn see one event after the other, as long as they stay within the limits."""
        for event in self.conn.events_received():
            if self.transport.is_closing() or self._lingering is not None:
                return
            if isinstance(event, Frame) and not self._allows(event):
                return
            self.conn.events.append(event)
            super().handle_events()

    def handle_close(self, event: Frame) -> None:
        self._part()
        super().handle_close(event)
        self._abort_later()

    def handle_parser_exception(self) -> None:
        self._part()
        if self.conn.close_sent is None:
            self._abort()  # bad bytes before the handshake was answered
        elif self.conn.close_sent.code == CloseCode.MESSAGE_TOO_BIG:
            self._linger(self.conn.close_sent)
        else:
            super().handle_parser_exception()
            self._abort_later()

    def keepalive_timeout(self) -> None:
        self._part()
        super().keepalive_timeout()
        self._abort_later()

    def shutdown(self) -> None:
        self._part()
        if not self.transport.is_closing():  # else uvicorn would close twice and raise
            super().shutdown()
        self._abort_later()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The app is done with this connection, so the room is too."""
        super().on_task_complete(task)
        self._part()
        self._abort_later()

    async def send(self, message: ASGISendEvent) -> None:
        if message["type"] != "websocket.close":
            await self.writable.wait()
            if self.gone:
                raise ClientDisconnected
            await super().send(message)
        elif not self.gone:
            self._part()
            self._abort_later()
            await super().send(message)

    # Limits.

    def _check_handshake(self) -> None:
        if not self.handshake_complete:
            self._abort()

    def _allows(self, frame: Frame) -> bool:
        if not self.handshake_complete:
            self._abort()  # a client waits for the answer before it sends
            return False
        elif frame.opcode in DATA_OPCODES:
            return self._allows_data(frame)
        elif frame.opcode in CTRL_OPCODES and frame.opcode != Opcode.CLOSE:
            return self._allows_control()
        else:
            return True

    def _allows_data(self, frame: Frame) -> bool:
        self._fragments += 1
        if self._fragments > self.FRAGMENTS:
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            self.handle_parser_exception()
            return False
        if frame.fin:
            self._fragments = 0
        return True

    def _allows_control(self) -> bool:
        now = self.loop.time()
        if now - self._control_since >= 1.0:
            self._control_since = now
            self._control_frames = 0
        self._control_frames += 1
        flooding = self._control_frames > self.CONTROL_FRAMES
        if flooding or self.transport.get_write_buffer_size() > self.WRITE_MAX:
            self._abort()  # it does not read its pongs, so it would not read a reason
            return False
        return True

    # Endings.

    def _part(self) -> None:
        """From here on no frame of a room may follow."""
        if not self.gone:
            self.gone = True
            self.on_close()
            self.on_pause = self.on_resume = self.on_close = _nothing

    def _linger(self, close: Close) -> None:
        """Say why, and read on a little: a reset would overtake the reason."""
        self._say_close(close)
        if self.transport.can_write_eof():
            self._lingering = self.LINGER_BYTES
            self.transport.write_eof()
        else:
            self.transport.close()  # over TLS there is no half of a connection

    def _say_close(self, close: Close) -> None:
        """Write the ready close frame, tell the app, and read on until the grace is over."""
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait(
            {"type": "websocket.disconnect", "code": close.code, "reason": close.reason}
        )
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.CLOSE_GRACE, self._abort)

    def _abort_later(self) -> None:
        """`close()` waits until all is written; a peer that does not read would keep it waiting."""
        if self._abort_timer is None and not self.disconnected:
            self._abort_timer = self.loop.call_later(self.CLOSE_GRACE, self._abort)

    def _abort(self) -> None:
        self._part()
        self.transport.abort()


def guarded(
    app: ASGIApplication,
    *,
    http: type[GuardedHTTP] = GuardedHTTP,
    ws: type[GuardedWebSocket] = GuardedWebSocket,
    lifespan: LifespanType = "auto",
    trusted_proxies: Sequence[str] = (),
) -> Config:
    """A configuration with every limit in place; serve it on a `listening_socket`."""
    return Config(
        app,
        http=http,
        ws=ws,
        lifespan=lifespan,
        backlog=BACKLOG,
        ws_max_size=ws.MESSAGE_BYTES,
        ws_per_message_deflate=False,  # twice the memory a socket, and bombs
        proxy_headers=bool(trusted_proxies),  # else anybody on this machine names any address
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=5,
        server_header=False,
        access_log=False,  # it writes query strings
        log_config=None,
        log_level="warning",
    )


def _nothing() -> None:
    """What a hook does before anybody listens, and after the end."""
