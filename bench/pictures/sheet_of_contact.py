"""All pictures on one page, a row for each state, so that they can be looked over at once."""
# ruff: noqa: INP001 (part of a script, not a package)

import html
from itertools import groupby
from pathlib import Path

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pictures</title><style>
body { margin: 24px; background: #777; font: 15px sans-serif; }
section { margin-block-end: 28px; } h2 { margin: 0 0 6px; font-size: 15px; }
div { display: flex; gap: 10px; align-items: start; overflow-x: auto; }
img { display: block; block-size: 380px; max-inline-size: none; }
</style></head><body>
"""


def write_contact_sheet(folder: Path) -> None:
    """Of all that lies there, also from earlier runs."""
    parts, pictures = [HEAD], sorted(one.name for one in folder.glob("*.png"))
    for name, files in groupby(pictures, key=state_of):
        shown = "".join(
            f'<a href="{one}"><img src="{one}" alt="{one}" loading="lazy"></a>'
            for one in map(html.escape, files)
        )
        parts.append(
            f'<section id="{name}"><h2>{html.escape(name)}</h2><div>{shown}</div></section>\n'
        )
    (folder / "index.html").write_text("".join([*parts, "</body></html>\n"]))


def state_of(picture: str) -> str:
    """room-storm of room-storm-dark-1440x900.png."""
    return picture.rsplit("-", 2)[0]
