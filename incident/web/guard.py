"""One HTTP connection costs this process at most a few hundred KiB and cannot hang for ever.

It bounds what a single connection may send and how long it may take. How many connections a
person or an address may have, and how large a body may be, is the application's business.
"""

import asyncio
import json
import re
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

# How long sent bytes may stay unacknowledged, a closed window included, before the kernel
# gives the connection up: longer than any change of network, shorter than patience.
USER_TIMEOUT: Final = 30_000  # milliseconds

# What the kernel may hold for one connection; without it, it grows to megabytes a socket.
# It doubles the figure for its own bookkeeping.
SEND_BUFFER: Final = 128 * 1024  # bytes

WRITE_STALL: Final = 10.0  # seconds in which a full write buffer must shrink at all

UPLOAD: Final = re.compile(rb"/api/incidents/[^/?#]+/attachments(?:[?#]|$)")
"""Addresses that take files, for which 15 seconds are too short on a hotel's network."""

BACKLOG: Final = 2048  # connections waiting to be accepted: everybody's return after a restart


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket whose connections inherit the kernel's share of the limits."""
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    # asyncio sets this only on sockets that were made with their protocol's number, and these
    # are not: heads and bodies would wait 40 ms for each other.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; elsewhere the stall watch is all there is
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT)
    return listener


class StallWatch:
    """Gives up on a peer that takes nothing from a full write buffer for a whole `patience`.

    A slow peer is not a stalled one: as long as the buffer shrinks, it is left alone.
    """

    def __init__(
        self, transport: asyncio.Transport, patience: float, give_up: Callable[[], None]
    ) -> None:
        self._transport = transport
        self._patience = patience
        self._give_up = give_up
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Watch from now on; called when the buffer is full."""
        self.end()
        self._size = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._patience, self._look)

    def end(self) -> None:
        """Stop watching; called when the buffer has drained or the connection is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        if self._transport.get_write_buffer_size() < self._size:
            self.begin()
        else:
            self._give_up()


def refusal(status: HTTPStatus, code: str, title: str) -> bytes:
    """A whole response that says why the connection ends here."""
    problem = {"type": "about:blank", "title": title, "status": status, "code": code}
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "content-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\n"
        "cache-control: no-store\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body


UNREADABLE: Final = refusal(
    HTTPStatus.BAD_REQUEST, "unreadable-request", "This is not a request that can be read."
)
HEAD_TOO_LARGE: Final = refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "head-too-large",
    "The address and the header fields of the request are too large.",
)
TOO_MANY_REQUESTS: Final = refusal(
    HTTPStatus.TOO_MANY_REQUESTS,
    "too-many-pipelined",
    "Too many requests were sent without waiting for an answer.",
)


class Refused(Exception):
    """Raised inside the parser's callbacks; the parser stops and uvicorn answers."""


class GuardedHTTP(HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits on heads, on time and on what is not read.

    Its parser has no limit of its own, and its only clock runs between requests.
    """

    HEAD_BYTES = 32 * 1024  # address and fields; browsers stay under 8 KiB, proxies allow 16
    HEAD_FIELDS = 100  # a browser behind three proxies sends about 30
    RECEIVE_DEADLINE = 15.0  # seconds for a whole request: the largest body at 17 KiB a second
    PROGRESS_PERIOD = 10.0  # seconds after which a file must have come on
    PROGRESS_BYTES = 40 * 1024  # in a period: 4 KiB a second, 5 MB in twenty minutes
    PIPELINED = 16  # requests waiting for their turn; browsers send none
    WRITE_STALL = WRITE_STALL

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._refusal = UNREADABLE
        self._head_bytes = 0  # in the complete fields of the head at hand
        self._barren_bytes = 0  # of chunks that brought neither body nor the request's end
        self._steps = 0  # bodies' pieces and requests' ends so far
        self._head_complete = False
        self._arrived = 0  # bytes of a file in this period
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: StallWatch | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # the loop only makes transports that write
        super().connection_made(transport)
        self._stall = StallWatch(transport, self.WRITE_STALL, transport.abort)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._arm()  # also for bytes that begin no request: they stop uvicorn's own clock
        steps = self._steps
        super().data_received(data)
        if steps == self._steps and not self.transport.is_closing():
            self._count_barren(len(data))

    def handle_websocket_upgrade(self) -> None:
        self._rest()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the refusal says it better
        """What uvicorn calls when the parser stopped, be it for a limit or for bad HTTP."""
        self.transport.write(self._refusal)
        self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stall is not None:
            self._stall.begin()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.end()

    # What the parser calls, in this order.

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= self.PIPELINED:
            self._refuse(TOO_MANY_REQUESTS)
        super().on_message_begin()
        self._head_bytes = self._barren_bytes = 0
        self._head_complete = False
        self._arm()

    def on_url(self, url: bytes) -> None:
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(len(name) + len(value))
        if self._head_complete:
            return  # a trailer: uvicorn would slip it into the fields the app has already read
        if len(self.headers) >= self.HEAD_FIELDS:
            self._refuse(HEAD_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_complete = True
        super().on_headers_complete()
        if self.scope["method"] == "POST" and UPLOAD.match(self.url):
            self._await_progress()

    def on_body(self, body: bytes) -> None:
        self._steps += 1
        self._arrived += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._steps += 1
        self._disarm()
        super().on_message_complete()

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self.HEAD_BYTES:
            self._refuse(HEAD_TOO_LARGE)

    def _count_barren(self, size: int) -> None:
        """Bound what the parser holds back: one endless field, in the head or in a trailer."""
        self._barren_bytes += size
        if self._barren_bytes > self.HEAD_BYTES:
            self._refusal = HEAD_TOO_LARGE
            self.send_400_response("")

    def _refuse(self, refusal: bytes) -> None:
        self._refusal = refusal
        raise Refused

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.RECEIVE_DEADLINE, self.transport.abort)

    def _await_progress(self) -> None:
        """Bound a file by its pace instead of by one deadline for all of it."""
        self._disarm()
        self._arrived = 0
        self._deadline = self.loop.call_later(self.PROGRESS_PERIOD, self._look_for_progress)

    def _look_for_progress(self) -> None:
        """Go on waiting where enough has come, or where it is us who do not take more.

        Whoever has their answer already sends the rest in vain, and is not waited for.
        """
        comes = self._arrived >= self.PROGRESS_BYTES or self.flow.read_paused
        if comes and not self.cycle.response_complete:
            self._await_progress()
        else:
            self.transport.abort()

    def _rest(self) -> None:
        """This protocol has no clock running any more."""
        self._disarm()
        if self._stall is not None:
            self._stall.end()

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
