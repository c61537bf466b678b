"""Rows as text: columns as wide as they need to be, readable by people and by awk.

No cell can break its row.
"""

from datetime import datetime

from incident.cli.ending import printable, say


def day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as they need to be."""
    lines = [head, *(tuple(map(printable, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        say("  ".join(padded).rstrip())
