"""A graph of errors as a PNG, so that a picture in the log looks like one. It measures nothing."""
# ruff: noqa: INP001 (part of a script, not a package)

import math
import struct
import zlib

WIDTH, HEIGHT = 1200, 630
GROUND, GRID, LINE = (250, 251, 251), (221, 228, 226), (200, 40, 30)
CELL, THICK = 90, 3
BEGINS, TURNS = 0.3, 0.8
"""Parts of the width at which errors begin, and fall again."""


def graph() -> bytes:
    rows = b"".join(
        b"\x00" + b"".join(bytes(colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT)
    )
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def colour(x: int, y: int) -> tuple[int, int, int]:
    if abs(y - CURVE[x]) <= THICK:
        return LINE
    return GRID if x % CELL == 0 or y % CELL == 0 else GROUND


def level(at: float) -> float:
    """The height of the curve, from 0 to 1."""
    noise = 0.03 * math.sin(at * 90) + 0.02 * math.sin(at * 230)
    if at < BEGINS:
        return 0.06 + noise
    rise = 1 - math.exp(-(at - BEGINS) * 9)
    return 0.06 + 0.8 * rise * (1 if at < TURNS else 1 - (at - TURNS) * 2) + noise


CURVE = [round(HEIGHT * (1 - level(x / WIDTH))) for x in range(WIDTH)]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
