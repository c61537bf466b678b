"""The pages: rendered whole by the server, then kept live by the socket.

Everything on them is public protocol: the shapes of the API, as JSON and as a first paint.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from incident.access import Visitor, require_admin, visitor
from incident.command_shapes import time
from incident.runtime import Runtime
from incident.store.directory import Person
from incident.store.errors import StoreAway
from incident.web.first_ladder import first_ladder
from incident.web.problems import Problem, problem_of
from incident.web.reading import found, whole_incident
from incident.web.way_back import way_to_sign_in

OPEN = ("triage", "active", "mitigated")
FIRST_PAINT = 40
"""Entries that are readable before any script runs."""

SEVERITIES = (
    (1, "Critical", "Customers cannot use the product, or data is being lost."),
    (2, "High", "An important part fails for many, with no way around it."),
    (3, "Medium", "Some are affected, or there is a way around it."),
    (4, "Low", "A nuisance; it can wait for working hours."),
    (5, "Notice", "Nothing is broken yet; keep an eye on it."),
)
PRESELECTED = 3


def severities() -> list[dict[str, Any]]:
    return [
        {"number": n, "name": name, "definition": told, "selected": n == PRESELECTED}
        for n, name, told in SEVERITIES
    ]


async def declare(request: Request) -> Response:
    return await page(request, "incidents/declare.html", nav="incidents", severities=severities())


async def room(request: Request) -> Response:
    """The war room."""
    runtime: Runtime = request.app.state.runtime
    await known(request)
    commit = await found(runtime, request.path_params["incident"])
    whole = await whole_incident(runtime, commit)
    who = await known(request)
    boot = {
        "me": profile(who.person),
        "people": await everyone(runtime),
        "incident": whole,
        "now": time(runtime.clock()),
    }
    entries = whole["timeline"][-FIRST_PAINT:]
    told = {"incident": whole, "entries": entries, "boot": boot}
    paging = first_ladder(whole, who.person.handle)
    return await page(request, "incidents/room.html", nav="", paging=paging, **told)


async def short(request: Request) -> Response:
    """`/i/7` is `/incidents/INC-7`, wherever somebody pastes it; `?at=` is a moment of it."""
    moment = request.query_params.get("at")
    at = f"?{urlencode({'at': moment}, safe=':')}" if moment else ""
    return RedirectResponse(f"/incidents/INC-{request.path_params['number']}{at}", 307)


async def people(request: Request) -> Response:
    """Who is here, for admins; `issued` is a sign-in link that was just made."""
    return await directory_page(request, None)


async def people_link(request: Request) -> Response:
    """Make a sign-in link and show it once."""
    runtime: Runtime = request.app.state.runtime
    require_admin(await known(request))
    person = await runtime.directory.find(request.path_params["handle"])
    if person is None or person.disabled:
        raise Problem(404, "no-such-person", "There is nobody with that handle.")
    secret, expires = await runtime.credentials.issue_link(person.handle, runtime.clock())
    url = f"{own_address(request, runtime)}/welcome?token={secret}"
    issued = {"handle": person.handle, "url": url, "expires": time(expires)}
    return await directory_page(request, issued)


def own_address(request: Request, runtime: Runtime) -> str:
    """Where people reach this server: as configured, else as this request did."""
    return runtime.settings.base_url or str(request.base_url).rstrip("/")


async def directory_page(request: Request, issued: dict[str, Any] | None) -> Response:
    require_admin(await known(request))
    runtime: Runtime = request.app.state.runtime
    directory = [
        {**profile(person), "email": person.email, "phone": person.phone}
        for person in await runtime.directory.everyone()
    ]
    return await page(request, "people.html", nav="people", directory=directory, issued=issued)


async def reference(request: Request) -> Response:
    """The API, to read."""
    return await page(request, "docs.html", nav="docs", api=request.app.state.openapi)


async def page(request: Request, template: str, *, nav: str, **context: Any) -> Response:  # noqa: ANN401 (what a template shows)
    """A page for whoever is signed in."""
    return plain(request, template, {**await frame(request, nav), **context})


async def frame(request: Request, nav: str) -> dict[str, Any]:
    """What every page has around it for whoever is signed in."""
    runtime: Runtime = request.app.state.runtime
    who = await known(request)
    return {
        "me": profile(who.person),
        "people": await everyone(runtime),
        "open_count": await runtime.lists.count(OPEN),
        "now": time(runtime.clock()),
        "nav": nav,
    }


def plain(request: Request, template: str, context: dict[str, Any], status: int = 200) -> Response:
    """A page as it is, also for nobody."""
    nobody: dict[str, Any] = {"me": None, "people": {}, "open_count": 0, "now": "", "nav": ""}
    rendered: Response = request.app.state.templates.TemplateResponse(
        request, template, {**nobody, **context}, status_code=status
    )
    return rendered


async def known(request: Request) -> Visitor:
    """Who is asking; raises a 401 that becomes the way to the sign-in page."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = await visitor(request, request.app.state.runtime)
    if request.state.visitor is None:
        raise Problem(401, "unauthenticated", "Sign in first.")
    who: Visitor = request.state.visitor
    return who


async def everyone(runtime: Runtime) -> dict[str, dict[str, Any]]:
    """What any page knows of other people: how they are called."""
    return {one.handle: {"name": one.name} for one in await runtime.directory.everyone()}


def profile(person: Person) -> dict[str, Any]:
    """A person as pages show them; where they are reached is for admins, and for themselves."""
    return {
        "handle": person.handle,
        "name": person.name,
        "role": person.role,
        "region": person.region,
        "timezone": person.timezone,
        "disabled": person.disabled,
        "lastSeen": time(person.last_seen),
    }


TITLES = {
    400: "This cannot be read",
    403: "This is not open to you",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "This is not possible now",
    413: "That is too large",
    422: "Something in it does not fit",
    500: "A fault of ours",
    503: "The server cannot answer now",
}
"""What a page of refusal is called; the phrases of HTTP are for programs."""
HINTS = {
    401: "Ask an admin for a sign-in link.",
    404: "Check the address, or look for it in the list.",
    503: "The database is out of reach. What was saved is safe; this page tries again with you.",
}


async def show_problem(request: Request, error: Exception) -> Response:
    """A refusal as a page in plain words, or the way to the sign-in page."""
    problem = problem_of(error)
    if problem.status == 401:  # noqa: PLR2004 (unauthorized)
        return RedirectResponse(way_to_sign_in(request), 303)
    phrase = problem.document()["title"]
    told = {
        "status": problem.status,
        "title": TITLES.get(problem.status, phrase),
        "detail": problem.detail if problem.detail != phrase else "",
        "hint": HINTS.get(problem.status, ""),
    }
    around = await frame_if_known(request, problem)
    response = plain(request, "error.html", {**around, **told}, problem.status)
    response.headers.update(problem.headers)
    return response


async def frame_if_known(request: Request, problem: Problem) -> dict[str, Any]:
    """The ways on, for whoever is signed in; nothing is asked of a server that is in trouble."""
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return {}
    try:
        return await frame(request, "")
    except (Problem, StoreAway):
        return {}
