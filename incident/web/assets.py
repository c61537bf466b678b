"""Static files and templates: where they are, and how browsers may keep them.

Files go out under a path that names the whole set, so a browser keeps them for good and
never mixes two releases; without that name they are checked each time.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

from incident.core.weight import weight_of
from incident.web import modules, sheets
from incident.web.chunks import Chunks
from incident.web.denser import Denser
from incident.web.links import linked
from incident.web.packing import takes
from incident.web.shelf import File, Shelf, named
from incident.web.unseen import visibly

FOR_GOOD = "public, max-age=31536000, immutable"
RELEASE = re.compile("[0-9a-f]{12}")
MOST = 999_999_999
PART = re.compile(r"bytes=(\d{1,9})-(\d{1,9})?")
PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Path:
    """`static` or `templates`: inside the installed package, or beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


class Assets(StaticFiles):
    """Serves `static/` from memory, also under the name of its release."""

    def __init__(self, static: Path | None = None) -> None:
        static = static or folder("static")
        super().__init__(directory=static)
        self._shelf = Shelf(static)
        self._may_change = not static.is_relative_to(PACKAGE)
        self._prepare()

    def _prepare(self) -> None:
        """What pages ask for: the files, and what is joined of them."""
        found = self._shelf.files
        self._chunks = Chunks(found)
        self._files = {**found, **sheets.joined(found), **self._chunks.joined()}
        self.release = named(self._files)
        asked_for = [file for path, file in self._files.items() if is_asked_for(path)]
        _ = [file.packed for file in asked_for]  # now, and not while somebody waits for it
        self._denser = Denser(asked_for)
        self._needed: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}

    def look_again(self) -> None:
        """In a checkout, files may have been edited since the last page was drawn."""
        if self._may_change and self._shelf.look_again():
            self._prepare()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; a name of another release is still answered, but not kept."""
        name, _, rest = path.partition("/")
        response = await self._file(rest if RELEASE.fullmatch(name) else path, scope)
        if name == self.release:
            response.headers["Cache-Control"] = FOR_GOOD
            del response.headers["ETag"]  # it is never asked about again
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response

    async def _file(self, path: str, scope: Scope) -> Response:
        """From memory; what is not there, or is no question, is for the class above."""
        file = self._files.get(path)
        asked = Headers(scope=scope)
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            return await super().get_response(path, scope)
        self._denser.begin()
        return answer(file, asked, self._denser)

    def url(self, path: str) -> str:
        """Where a page finds the file."""
        return f"/static/{self.release}/{path}"

    def sheet(self, kind: str) -> str:
        """Where a page of this kind finds all its styles."""
        assert kind in sheets.SHEETS, kind
        return self.url(sheets.path_of(kind))

    def modules(self, entries: Iterable[str], ahead: Iterable[str] = ()) -> list[str]:
        """Where a page finds all that its entries import, and those `ahead`, which they bring."""
        asked = (tuple(entries), tuple(ahead))
        if asked not in self._needed:
            paths = self._chunks.of([*asked[0], *modules.needed(self._shelf.files, *asked)])
            self._needed[asked] = [path for path in paths if path not in asked[0]]
        return [self.url(path) for path in self._needed[asked]]


def is_asked_for(path: str) -> bool:
    """Whether pages name it: what is joined, and what is apart on purpose."""
    if path.endswith(".map"):
        return False
    apart = path in {"js/theme.js", "icons/icons.svg"}
    return apart or path.startswith(("joined/", "sheets/")) or "/" not in path


def answer(file: File, asked: Headers, denser: Denser) -> Response:
    """The file in the shortest encoding that was asked for, or that the browser still has it."""
    part = part_of(asked, file)
    coding, packed = ("", None) if part else encoded(file, asked, denser)
    tag = f'"{file.tag}-{coding}"' if packed else f'"{file.tag}"'
    headers = {"ETag": tag}
    if file.packed:
        headers["Vary"] = "Accept-Encoding"
    if has(asked.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(file.content)}"
        return Response(file.content[part.start : part.stop], 206, headers, file.media_type)
    if packed:
        headers["Content-Encoding"] = coding
    return Response(packed or file.content, 200, headers, file.media_type)


def encoded(file: File, asked: Headers, denser: Denser) -> tuple[str, bytes | None]:
    """Name and bytes of the encoding to answer with; none where it would make nothing shorter."""
    accepted = asked.get("accept-encoding", "")
    if takes("br", accepted) and (smaller := denser.of(file)):
        return "br", smaller
    return "gzip", file.packed if takes("gzip", accepted) else None


def part_of(asked: Headers, file: File) -> range | None:
    """The one part of the file that is asked for; anything else is answered with the whole."""
    named = PART.fullmatch(asked.get("range", ""))
    if not named or asked.get("if-range", f'"{file.tag}"') != f'"{file.tag}"':
        return None
    start, stop = int(named[1]), min(int(named[2] or MOST) + 1, len(file.content))
    return range(start, stop) if start < stop else None


def has(known: str, tag: str) -> bool:
    """Whether If-None-Match names `tag`."""
    tags = {one.strip().removeprefix("W/") for one in known.split(",")}
    return known.strip() == "*" or tag in tags


def templates(assets: Assets) -> Jinja2Templates:
    """The pages' templates: everything escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def of_this_moment(request: Request) -> dict[str, Any]:
        assets.look_again()
        return {}

    environment.filters["weight"] = weight_of
    environment.filters["visibly"] = visibly
    environment.filters["linked"] = linked
    environment.globals["asset"] = assets.url
    environment.globals["asset_css"] = assets.sheet
    environment.globals["asset_modules"] = assets.modules
    return Jinja2Templates(env=environment, context_processors=[of_this_moment])
