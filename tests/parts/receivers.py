"""The other side of the channels: a real mail server and a small HTTP server, on loopback.

They keep what they are sent, and answer as they are told to; nothing is mocked.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

CUT, HANG = "cut", "hang"
"""Ways not to answer: the connection is closed, or nothing comes."""


@dataclass
class Mailbox:
    """What a mail server got. Each of `senders`, `recipients` and `answers` is used once.

    Letters to `held` are taken, and answered when the gate opens.
    """

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    senders: deque[str] = field(default_factory=deque)
    recipients: deque[str] = field(default_factory=deque)
    answers: deque[str] = field(default_factory=deque)
    held: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=never"

    async def handle_MAIL(  # noqa: N802 (as the library calls it)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        answer = self.senders.popleft() if self.senders else "250 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802 (likewise)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        answer = self.recipients.popleft() if self.recipients else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 (likewise)
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.envelopes.append(envelope)
        answer = self.answers.popleft() if self.answers else "250 OK"
        if answer == CUT:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if answer == HANG or self.held.intersection(envelope.rcpt_tos):
            await self.gate.wait()
        return answer if answer[0].isdigit() else "250 OK"


@asynccontextmanager
async def mail_server(
    box: Mailbox | None = None,
    **options: Any,  # noqa: ANN401 (of the library's server)
) -> AsyncIterator[Mailbox]:
    """A mail server that takes everything; a `box` that was open before is where it was."""
    box = box or Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, hostname="mail.test", ident="test", loop=loop, **options),
        "127.0.0.1",
        box.port,
    )
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        box.gate.set()
        server.close()
        await server.wait_closed()


@dataclass(frozen=True)
class Post:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What a webhook got. `answers`: a status, a status with headers, or how not to answer."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    raw: list[bytes] = field(default_factory=list)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def url(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/hook"

    def answer(self, *answers: object) -> None:
        self.answers.extend(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            self.posts.append(await read_post(reader, self.raw))
            answer = self.answers.popleft() if self.answers else 204
            if answer == HANG:
                await self.gate.wait()
            elif answer != CUT:
                writer.write(written(answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.tasks.discard(task)


async def read_post(reader: asyncio.StreamReader, raw: list[bytes]) -> Post:
    first = await reader.readexactly(1)
    if first == b"\x16":  # a TLS handshake: kept to be looked at
        raw.append(first + await reader.read(4096))
        raise ConnectionError
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
    line, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Post(line, headers, body)


def written(answer: Any) -> bytes:  # noqa: ANN401 (a status, or one with headers and a body)
    """An answer of HTTP."""
    status, headers, body = answer if isinstance(answer, tuple) else (answer, {}, b"")
    assert isinstance(body, bytes)
    told: Iterable[str] = (f"{name}: {value}" for name, value in headers.items())
    head = "\r\n".join([f"HTTP/1.1 {status} X", *told, f"Content-Length: {len(body)}"])
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + body


@asynccontextmanager
async def http_server() -> AsyncIterator[Receiver]:
    """A receiver that takes everything."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        receiver.gate.set()
        if receiver.tasks:
            await asyncio.wait(receiver.tasks)
        server.close()
        await server.wait_closed()
