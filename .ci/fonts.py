"""Makes fonts smaller: weights that no page uses are left out, and what English needs comes first.

It needs fontTools and Brotli in the versions named here, which nothing else does:
`pip install fonttools==4.68.0 brotli==1.2.1` into an environment of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from importlib.metadata import PackageNotFoundError, version

TOOLS = {"fonttools": "4.68.0", "brotli": "1.2.1"}
WEIGHTS = (400, 700)
"""The pages write in 400 to 650, and a few words in 700; the files go from 200 to 800."""
FEATURES = ("ccmp", "frac", "kern", "locl", "mark", "mkmk", "pnum", "tnum")
FIRST = {*range(0x20, 0x7F), 0xA0, 0xB0, 0xB7, 0xD7, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D}
FIRST |= {0x2026, 0x2191, 0x2193, 0x2212}
"""Characters that every page is written in; `css/tokens.css` names the same ones.

The other Latin letters are a file of their own, fetched where one of them is shown.
"""
HOW = f"weights {WEIGHTS[0]} to {WEIGHTS[1]}, {', '.join(f'{k} {v}' for k, v in TOOLS.items())}"


def smaller(path: str, font: bytes) -> Iterator[tuple[str, bytes]]:
    """The files that come of one, by path: two of `-latin.woff2`, one of any other."""
    if path.endswith("-latin.woff2"):
        yield path, narrowed(font, only=FIRST)
        yield path.replace("-latin", "-latin-more"), narrowed(font, without=FIRST)
    else:
        yield path, narrowed(font)


def narrowed(
    font: bytes, *, only: AbstractSet[int] = frozenset(), without: AbstractSet[int] = frozenset()
) -> bytes:
    """The font between the two weights, with those of its characters."""
    missing = [f"{name}=={wanted}" for name, wanted in TOOLS.items() if installed(name) != wanted]
    if missing:
        raise SystemExit(f"Making the fonts again needs: pip install {' '.join(missing)}")

    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 (only here is it needed)
    from fontTools.ttLib import TTFont  # noqa: PLC0415 (as above)
    from fontTools.varLib.instancer import (  # noqa: PLC0415 (as above)
        instantiateVariableFont,
    )

    read = TTFont(io.BytesIO(font), recalcTimestamp=False)
    options = Options(hinting=False, layout_features=list(FEATURES), notdef_outline=True)
    subsetter = Subsetter(options)
    characters = {one for one in read.getBestCmap() if not only or one in only}
    subsetter.populate(unicodes=sorted(characters - without))
    subsetter.subset(read)
    read.flavor = None
    between = io.BytesIO()
    read.save(between)
    again = TTFont(io.BytesIO(between.getvalue()), recalcTimestamp=False)
    narrow = instantiateVariableFont(again, {"wght": WEIGHTS})
    narrow.flavor = "woff2"
    made = io.BytesIO()
    narrow.save(made)
    return made.getvalue()


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
