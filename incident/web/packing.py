"""Pages and JSON go out compressed to who asks for it, where nothing secret is in them.

What is compressed together with words of others tells its length, and by that its content to
who may choose those words: addresses that show a link, a token or how a person is reached are
not in the list, and no answer to a write is compressed. A tag stays the version of the incident
in either encoding: nothing of this is kept by caches, or served in parts.
"""

import asyncio
import gzip
import re
from collections.abc import Callable

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WHERE = re.compile(
    r"/|/(?:declare|oncall|policy|docs)|/incidents/[^/]+"
    r"|/api/(?:incidents|oncall|policy|rotations|coverage)(?:/.*)?|/api/openapi\.json"
)
"""Addresses whose answers hold no secret. Another one is not compressed until it stands here."""
WHAT = ("text/html", "application/json")
WORTH = 1024
"""Bytes; less fits into the first packet as it is."""
LEVEL = 6
"""Two milliseconds for a room of 60 KB; the highest level takes twice that for one byte in 100."""
QUALITY = 5
"""Of Brotli: shorter than gzip in the same time. Higher ones take several times as long."""
LONG = 64 * 1024
"""Bytes from which on another thread does it."""


def with_brotli(body: bytes) -> bytes:
    smaller: bytes = brotli.compress(body, quality=QUALITY)
    return smaller


def with_gzip(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)


CODINGS: dict[str, Callable[[bytes], bytes]] = {"br": with_brotli, "gzip": with_gzip}
"""The best first."""


class Packing:
    """Plain ASGI: whole answers only; what is streamed goes by as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_concerned(scope):
            accepted = Headers(scope=scope).get("accept-encoding", "")
            wanted = next((coding for coding in CODINGS if takes(coding, accepted)), None)
            send = Packer(send, wanted).send
        await self._app(scope, receive, send)


def is_concerned(scope: Scope) -> bool:
    reads = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
    return reads and WHERE.fullmatch(scope["path"]) is not None


class Packer:
    """One answer: its head waits for the body, to say how long that has become."""

    def __init__(self, send: Send, wanted: str | None) -> None:
        self._send, self._wanted = send, wanted
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and may_be_packed(message):
            self._head = message
            return
        if self._head is not None:
            head, self._head = self._head, None
            if self._wanted and message["type"] == "http.response.body":
                message = await packed(head, message, self._wanted)
            await self._send(head)
        await self._send(message)


def may_be_packed(head: Message) -> bool:
    """Whether it is a page or JSON; then caches are told that there are two of it."""
    headers = MutableHeaders(scope=head)
    media_type = headers.get("content-type", "").partition(";")[0].strip()
    if head["status"] == 206 or media_type not in WHAT or "content-encoding" in headers:  # noqa: PLR2004 (a part)
        return False
    headers.add_vary_header("Accept-Encoding")
    return True


async def packed(head: Message, message: Message, coding: str) -> Message:
    """The body compressed, and said so in the head, if it is all there and worth it."""
    body: bytes = message.get("body", b"")
    if message.get("more_body") or len(body) < WORTH:
        return message
    if len(body) < LONG:
        smaller = CODINGS[coding](body)
    else:
        smaller = await asyncio.to_thread(CODINGS[coding], body)
    headers = MutableHeaders(scope=head)
    headers["Content-Encoding"] = coding
    headers["Content-Length"] = str(len(smaller))
    return {**message, "body": smaller}


def takes(coding: str, accepted: str) -> bool:
    """Whether Accept-Encoding names `coding` and does not rule it out (RFC 9110, 12.5.3)."""
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() == coding:
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False
