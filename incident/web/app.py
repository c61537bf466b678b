"""The product as one list of routes, and what is wired around them.

Reading the list is reading the product. Known by nobody but the command line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from incident.access import refuse_foreign
from incident.runtime import Runtime
from incident.settings import Settings
from incident.supervised import kept_running
from incident.web import heavy, list_page, oncall_page, pages, policy_page, signin, you_page
from incident.web.api_metrics import metrics_of
from incident.web.api_route import NO_LIMIT
from incident.web.assets import Assets, templates
from incident.web.doors import Doors
from incident.web.exchange import BODY_LIMIT, SAFE, content
from incident.web.forecasts import Forecasts
from incident.web.headers import Headers
from incident.web.live import live
from incident.web.lobby import Lobby
from incident.web.openapi import api_routes, document
from incident.web.packing import Packing
from incident.web.problems import answer_with_problem
from incident.web.warrooms import WarRooms

FOR_PROGRAMS = ("/api/", "/ical/", "/static/", "/ws", "/healthz", "/readyz", "/metrics")

Page = Callable[[Request], Awaitable[Response]]


def routes(assets: Assets) -> list[BaseRoute]:
    """Everything that is served."""
    return [
        page("/", list_page.incidents),
        page("/declare", pages.declare),
        page("/incidents/{incident}", pages.room),
        doorway("/i/{number:int}", pages.short),
        page("/oncall", oncall_page.oncall),
        page("/policy", policy_page.policy),
        page("/people", pages.people),
        page("/people/{handle}/link", pages.people_link, "POST"),
        page("/you", you_page.you),
        page("/docs", pages.reference),
        doorway("/signin", signin.signin),
        doorway("/signout", signin.signout, "POST"),
        doorway("/welcome", welcome, "GET", "POST"),
        WebSocketRoute("/ws", live),
        Mount("/static", assets),
        *api_routes(),
    ]


async def welcome(request: Request) -> Response:
    """A one-time link: looking at it, and using it."""
    if request.method == "POST":
        return await signin.enter(request)
    return await signin.welcome(request)


def page(path: str, shown: Page, *methods: str) -> Route:
    """A page for whoever is signed in."""

    async def within(request: Request) -> Response:
        await pages.known(request)
        return await shown(request)

    return doorway(path, within, *methods)


def doorway(path: str, shown: Page, *methods: str) -> Route:
    """A page for anybody; bodies are bounded by `content`, whose refusal is a page too."""
    return Route(path, guarded(shown), methods=methods or ("GET",), max_body_size=NO_LIMIT)


def guarded(shown: Page) -> Page:
    """The page, whose refusals are pages too."""

    async def answer(request: Request) -> Response:
        try:
            if request.method not in SAFE:
                refuse_foreign(request, request.app.state.runtime)
                await content(request)
            return await shown(request)
        except ClientDisconnect:
            return Response(status_code=400)  # which nobody reads
        except Exception as error:  # noqa: BLE001 (every fault becomes a page; ours are logged)
            return await pages.show_problem(request, error)

    return answer


def create_app(runtime: Runtime) -> Starlette:
    """The application on an open runtime, whose lifetime is its caller's."""
    assets = Assets()
    app = Starlette(
        routes=routes(assets),
        middleware=[Middleware(Headers, secure=is_https(runtime.settings)), Middleware(Packing)],
        exception_handlers={HTTPException: nowhere},
        lifespan=lifespan,
        max_body_size=BODY_LIMIT,
    )
    app.state.runtime = runtime
    app.state.templates = templates(assets)
    app.state.openapi = document()
    app.state.warrooms = WarRooms(runtime)
    app.state.lobby = Lobby(runtime)
    app.state.forecasts = Forecasts()
    app.state.heavy = asyncio.Semaphore(heavy.AT_A_TIME)
    app.state.sockets = Doors(runtime)
    metrics_of(app)  # counts from the first commit on, not from the first request
    return app


def is_https(settings: Settings) -> bool:
    return settings.base_url is not None and settings.base_url.startswith("https:")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The lobby and the doors are looked after as long as the application runs."""
    tasks = [  # cancelled below
        asyncio.create_task(kept_running("lobby", app.state.lobby.run)),
        asyncio.create_task(kept_running("doors", app.state.sockets.run)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def nowhere(request: Request, error: Exception) -> Response:
    """No such address, or not in this way: a problem for programs, a page for people."""
    if request.url.path.startswith(FOR_PROGRAMS):
        return await answer_with_problem(request, error)
    return await pages.show_problem(request, error)
