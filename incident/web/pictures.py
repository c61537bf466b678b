"""Whether a file is a picture that browsers draw, and how large: read from its first bytes.

It reads as the bytes come and holds a few KB of them. Whether the rest is sound, only a
browser finds out; what is no picture here is never shown as one.
"""

import struct
from collections.abc import Generator
from dataclasses import dataclass

SIDE = 20_000
"""Pixels of the longer side."""
PIXELS = 64_000_000
"""In all: a quarter of a gigabyte once a browser has unpacked it."""
STEPS = 4_000
"""In which the size must be found; a file of a thousand parts before it is made to keep us busy."""
EXIF = 16 * 1024
"""Bytes of what a camera wrote in which we look for the side that is up."""

JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Marks of segments that begin with the size."""
JPEG_ENDS = frozenset({0xD9, 0xDA})
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Marks that have no length."""
ORIENTATION = 0x0112
LYING = range(5, 9)
"""Orientations in which a browser swaps the sides."""

Steps = Generator[int, bytes, "Picture | None"]
"""Yields how many bytes it wants next; how many it skips as a negative number."""


@dataclass(frozen=True, slots=True)
class Picture:
    type: str
    width: int
    height: int

    @property
    def is_drawable(self) -> bool:
        sides = (self.width, self.height)
        return min(sides) > 0 and max(sides) <= SIDE and self.width * self.height <= PIXELS


class Look:
    """Is shown the file piece by piece; `picture` is None as long as it is not known to be one."""

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self._held = bytearray()
        self._steps: Steps | None = steps()
        self._wants = next(self._steps)
        self._left = STEPS

    def feed(self, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest and self._steps is not None:
            if self._wants < 0:
                passed = min(-self._wants, len(rest))
                self._wants += passed
            else:
                passed = min(self._wants - len(self._held), len(rest))
                self._held += rest[:passed]
            rest = rest[passed:]
            if self._wants in {0, len(self._held)}:
                self._go_on()

    def _go_on(self) -> None:
        read = bytes(self._held)
        self._held.clear()
        self._wants = 0
        try:
            while self._wants == 0 and self._steps is not None:
                self._wants = self._steps.send(read)
                read = b""
                self._left -= 1
                if self._left == 0:
                    self._steps = None
        except StopIteration as end:
            self._steps = None
            found: Picture | None = end.value
            self.picture = found if found and found.is_drawable else None


def steps() -> Steps:
    head = yield 4
    if head == b"\x89PNG":
        return (yield from png())
    if head.startswith(b"\xff\xd8\xff"):
        return (yield from jpeg(head[3]))
    if head == b"GIF8":
        return (yield from gif())
    if head == b"RIFF":
        return (yield from webp())
    return None


def png() -> Steps:
    read = yield 20
    if not read.startswith(b"\r\n\x1a\n\x00\x00\x00\rIHDR"):
        return None
    return Picture("image/png", *struct.unpack(">II", read[12:]))


def gif() -> Steps:
    read = yield 6
    if read[:2] not in {b"7a", b"9a"}:
        return None
    return Picture("image/gif", *struct.unpack("<HH", read[2:]))


def webp() -> Steps:
    """One of three: with a table of what is inside, without loss, and the plain one."""
    read = yield 26
    kind, body = read[4:12], read[16:]
    bits = int.from_bytes(body[1:5], "little")
    match kind:
        case b"WEBPVP8X":
            sides = [int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7)]
        case b"WEBPVP8L" if body[0] == 0x2F:  # noqa: PLR2004 (its mark)
            sides = [(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1]
        case b"WEBPVP8 " if body[3:6] == b"\x9d\x01\x2a":
            sides = [side & 0x3FFF for side in struct.unpack("<HH", body[6:])]
        case _:
            return None
    return Picture("image/webp", *sides)


def jpeg(mark: int) -> Steps:
    """Segment by segment up to the one with the size; cameras write a lot before it."""
    lies = False
    while mark not in JPEG_ENDS:
        if mark not in JPEG_BARE:
            size = int.from_bytes((yield 2), "big") - 2
            if mark in JPEG_SIZES:
                height, width = struct.unpack(">HH", (yield 5)[1:])
                sides = (height, width) if lies else (width, height)
                return Picture("image/jpeg", *sides)
            if size < 0:
                return None
            if mark == 0xE1:  # noqa: PLR2004 (APP1, where Exif is)
                read = yield min(size, EXIF)
                lies = lies or orientation(read) in LYING
                size -= len(read)
            yield -size
        mark = yield from next_mark()
    return None


def next_mark() -> Generator[int, bytes, int]:
    """The mark of the next segment; that of the end where there is none."""
    if (yield 1) != b"\xff":
        return 0xD9
    mark = 0xFF
    while mark == 0xFF:  # noqa: PLR2004 (any number of these may stand in front)
        mark = (yield 1)[0]
    return mark


def orientation(segment: bytes) -> int:
    """Which side is up, by the first directory of Exif; 1 where it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(segment[6:8])
    if not segment.startswith(b"Exif\x00\x00") or order is None:
        return 1
    try:
        tiff = segment[6:]
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(min(count, 100)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == ORIENTATION:
                return int(value)
    except struct.error:
        pass  # it points outside
    return 1
