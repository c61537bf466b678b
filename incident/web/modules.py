"""Which modules a module needs before it runs: read from the files, so no list can be wrong.

A page tells the browser of all of them at once, which would otherwise find them one level of
imports at a time. What is imported only when it is used, `import("./x.js")`, is not among them.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from incident.web.shelf import File

IMPORTED = re.compile(
    r"(?:^|[;}])\s*(?:import|export)\s*"  # at the start of a statement
    r"(?:[\w$*{,][^\"'();=]*?\bfrom\s*)?"  # names, if any
    r"[\"'](\.{1,2}/[^\"']+)[\"']",
    re.MULTILINE,
)


def needed(
    files: Mapping[str, File], entries: Sequence[str], ahead: Sequence[str] = ()
) -> list[str]:
    """Paths of all modules that `entries` import, and of `ahead` with theirs; not the entries."""
    met: dict[str, None] = {}
    waiting = [*entries, *ahead]
    while waiting:
        path = waiting.pop(0)
        if path in files and path not in met:  # one that is missing fails in the browser, loudly
            met[path] = None
            waiting.extend(imports(files[path].content.decode(), path))
    return [path for path in met if path not in entries]


@lru_cache(maxsize=4096)
def imports(source: str, path: str) -> tuple[str, ...]:
    """What a module at `path` imports itself, as paths; remembered, as each is asked for often."""
    folder = posixpath.dirname(path)
    written = (found[1] for found in IMPORTED.finditer(source))
    return tuple(posixpath.normpath(posixpath.join(folder, one)) for one in written)
