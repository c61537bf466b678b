"""Makes a font smaller by leaving out weights that no page uses, the same bytes each time.

It needs fontTools and Brotli in the versions named here, which nothing else does:
`pip install fonttools==4.68.0 brotli==1.2.1` into an environment of its own.
"""

from __future__ import annotations

import io
from importlib.metadata import PackageNotFoundError, version

TOOLS = {"fonttools": "4.68.0", "brotli": "1.2.1"}
WEIGHTS = (400, 700)
"""The pages write in 400 to 650, and a few words in 700; the files go from 200 to 800."""
FEATURES = ("ccmp", "frac", "kern", "locl", "mark", "mkmk", "pnum", "tnum")
HOW = f"weights {WEIGHTS[0]} to {WEIGHTS[1]}, {', '.join(f'{k} {v}' for k, v in TOOLS.items())}"


def narrowed(font: bytes) -> bytes:
    """The font with the same characters, between the two weights."""
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
    subsetter.populate(unicodes=list(read.getBestCmap()))
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
