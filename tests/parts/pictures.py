"""Small pictures, and what begins like one: written here byte by byte, as formats say."""

import struct
import zlib


def png(width: int, height: int, filling: bytes = b"") -> bytes:
    """A grey picture. `filling`: bytes that nobody looks at, to make it larger."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    parts = [chunk(b"IHDR", head), chunk(b"tEXt", b"Comment\x00" + filling)]
    parts += [chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(12)


def segment(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int, order: str = ">") -> bytes:
    head = (b"MM\x00*" if order == ">" else b"II*\x00") + struct.pack(f"{order}I", 8)
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\x00\x00" + head + struct.pack(f"{order}H", 1) + entry + bytes(4))


def jpeg(width: int, height: int, before: bytes = b"", mark: int = 0xC0) -> bytes:
    """`before`: segments that stand before the size."""
    size = segment(mark, struct.pack(">BHH", 8, height, width) + bytes(9))
    return b"\xff\xd8" + segment(0xE0, b"JFIF\x00" + bytes(9)) + before + size + b"\xff\xd9"


def webp(kind: bytes, body: bytes) -> bytes:
    whole = b"WEBP" + kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def webp_plain(width: int, height: int) -> bytes:
    return webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height))


def webp_lossless(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", bits) + bytes(5))


def webp_extended(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", bytes(4) + sides)
