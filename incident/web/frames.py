"""WebSocket text frames as a server sends them: whole, unmasked, never compressed.

Nothing here reads what a client sends; that is the protocol library's work.
"""

import struct
from collections.abc import Iterator

FIN_TEXT = 0x81  # the only frame that ever leaves here: final, opcode 1
SHORT = 125  # the longest payload whose length fits into the second byte
MEDIUM = 0xFFFF  # the longest payload whose length fits into two more bytes


def text_frame(payload: bytes) -> bytes:
    """The frame around `payload`; legal on every connection, deflate negotiated or not."""
    length = len(payload)
    if length <= SHORT:
        return bytes((FIN_TEXT, length)) + payload
    elif length <= MEDIUM:
        return struct.pack("!BBH", FIN_TEXT, 126, length) + payload
    else:
        return struct.pack("!BBQ", FIN_TEXT, 127, length) + payload


def payloads(frames: bytes) -> Iterator[bytes]:
    """The payloads of frames that `text_frame` made and somebody joined."""
    start = 0
    while start < len(frames):
        start, length = _head(frames, start)
        yield frames[start : start + length]
        start += length


def _head(frames: bytes, start: int) -> tuple[int, int]:
    """Where the payload of the frame at `start` begins, and its length."""
    length = frames[start + 1]
    if length == 126:  # noqa: PLR2004 - RFC 6455: the length is in the next two bytes
        return start + 4, int.from_bytes(frames[start + 2 : start + 4])
    elif length == 127:  # noqa: PLR2004 - RFC 6455: the length is in the next eight bytes
        return start + 10, int.from_bytes(frames[start + 2 : start + 10])
    else:
        return start + 2, length
