"""The product as one list of routes, and what is wired around them.

Reading the list is reading the product. Known by nobody but the command line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from incident.access import refuse_foreign
from incident.runtime import Runtime
from incident.supervised import kept_running
from incident.web import pages, signin
from incident.web.assets import Assets, templates
from incident.web.headers import Headers
from incident.web.live import live
from incident.web.lobby import Lobby
from incident.web.openapi import api_routes, document
from incident.web.problems import answer_with_problem
from incident.web.warrooms import WarRooms

BODY_LIMIT = 256 * 1024
"""Bytes of a request body."""

Page = Callable[[Request], Awaitable[Response]]


def routes(assets: Assets) -> list[BaseRoute]:
    """Everything that is served."""
    return [
        Route("/", guarded(pages.incidents)),
        Route("/declare", guarded(pages.declare)),
        Route("/incidents/{incident}", guarded(pages.room)),
        Route("/i/{number:int}", pages.short),
        Route("/people", guarded(pages.people)),
        Route("/people/{handle}/link", guarded(pages.people_link), methods=["POST"]),
        Route("/docs", guarded(pages.reference)),
        Route("/signin", guarded(signin.signin)),
        Route("/signout", guarded(signin.signout), methods=["POST"]),
        Route("/welcome", guarded(welcome), methods=["GET", "POST"]),
        WebSocketRoute("/ws", live),
        Mount("/static", assets),
        *api_routes(),
    ]


async def welcome(request: Request) -> Response:
    """A one-time link: looking at it, and using it."""
    if request.method == "POST":
        return await signin.enter(request)
    return await signin.welcome(request)


def guarded(page: Page) -> Page:
    """`page`, whose refusals are pages too."""

    async def shown(request: Request) -> Response:
        try:
            if request.method not in {"GET", "HEAD"}:
                refuse_foreign(request, request.app.state.runtime)
            return await page(request)
        except Exception as error:  # noqa: BLE001 (every fault becomes a page; ours are logged)
            return await pages.show_problem(request, error)

    return shown


def create_app(runtime: Runtime) -> Starlette:
    """The application on an open runtime, whose lifetime is its caller's."""
    assets = Assets()
    app = Starlette(
        routes=routes(assets),
        middleware=[Middleware(Headers)],
        exception_handlers={Exception: answer_with_problem, 404: not_found, 405: not_found},
        lifespan=lifespan,
        max_body_size=BODY_LIMIT,
    )
    app.state.runtime = runtime
    app.state.templates = templates(assets)
    app.state.openapi = document()
    app.state.warrooms = WarRooms(runtime)
    app.state.lobby = Lobby(runtime)
    app.state.sockets = set()
    return app


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The lobby runs as long as the application does."""
    lobby = asyncio.create_task(kept_running("lobby", app.state.lobby.run))  # cancelled below
    try:
        yield
    finally:
        lobby.cancel()
        await asyncio.gather(lobby, return_exceptions=True)


async def not_found(request: Request, error: Exception) -> Response:
    """No such address: a problem for programs, a page for people."""
    if request.url.path.startswith(("/api/", "/static/", "/healthz", "/readyz", "/metrics")):
        return await answer_with_problem(request, error)
    return await pages.show_problem(request, error)
