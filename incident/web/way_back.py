"""Where somebody who had to sign in first wanted to go, kept over the one-time link.

The link is often opened from a letter or a chat, so the browser keeps it in a cookie. Only
paths of this server are ever followed, and nothing else is remembered.
"""

import re
from datetime import timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from incident.access import is_secure
from incident.runtime import Runtime

COOKIE = "incident_next"
KEPT = timedelta(hours=1)
"""As long as it takes to be given a link; after that the list is as good."""
PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,499}")
"""From the root of this host: visible ASCII, no backslash, and no second slash to begin with."""
FORMS = re.compile(r"/(?:signin|signout|welcome)\b.*")
"""Nobody goes back to where they came in or out."""


def wanted(request: Request, said: str | None = None) -> str | None:
    """The path to go back to: as `said`, as the address has it, or as the browser kept it."""
    asked = said or request.query_params.get("next") or request.cookies.get(COOKIE)
    return asked if asked and is_ours(asked) else None


def is_ours(path: str) -> bool:
    return PATH.fullmatch(path) is not None and FORMS.fullmatch(path) is None


def way_to_sign_in(request: Request) -> str:
    """The sign-in page, which leads back to the page that was asked for."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    leads_back = request.method == "GET" and request.url.path != "/" and is_ours(path)
    return f"/signin?next={quote(path, safe='/')}" if leads_back else "/signin"


def remember(request: Request, response: Response, path: str) -> None:
    runtime: Runtime = request.app.state.runtime
    response.set_cookie(
        COOKIE,
        path,
        max_age=int(KEPT.total_seconds()),
        path="/",
        secure=is_secure(request, runtime),
        httponly=True,
        samesite="lax",
    )


def forget(request: Request, response: Response) -> None:
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
