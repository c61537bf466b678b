"""Static files and templates: where they are, and how browsers may keep them.

Files go out under a path that names the whole set, so a browser keeps them for good and
never mixes two releases; without that name they are checked each time.
"""

import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

FOR_GOOD = "public, max-age=31536000, immutable"
RELEASE = re.compile("[0-9a-f]{12}")
PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Path:
    """`static` or `templates`: inside the installed package, or beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def release(static: Path) -> str:
    """A name for exactly these files."""
    total = hashlib.sha256()
    for file in sorted(path for path in static.rglob("*") if path.is_file()):
        total.update(file.relative_to(static).as_posix().encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:12]


class Assets(StaticFiles):
    """Serves `static/`, also under the name of its release."""

    def __init__(self) -> None:
        super().__init__(directory=folder("static"))
        self.release = release(folder("static"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; a name of another release is still answered, but not kept."""
        name, _, rest = path.partition("/")
        if name == self.release:
            response = await super().get_response(rest, scope)
            response.headers["Cache-Control"] = FOR_GOOD
            return response
        response = await super().get_response(rest if RELEASE.fullmatch(name) else path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def url(self, path: str) -> str:
        """Where a page finds the file."""
        return f"/static/{self.release}/{path}"


def templates(assets: Assets) -> Jinja2Templates:
    """The pages' templates: everything escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets.url
    return Jinja2Templates(env=environment)
