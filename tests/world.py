"""A whole server in this process: real database, real loops, real sockets, and people in it.

Everybody acts through the public protocol; what is stored can be looked at beside it.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import httpx2
from starlette.applications import Starlette
from uvicorn import Server
from uvicorn._types import ASGIApplication
from websockets.asyncio.client import ClientConnection, connect

from incident.access import COOKIE
from incident.runtime import Runtime, assembled, loops
from incident.settings import Settings
from incident.store.connection import Database
from incident.store.directory import Person
from incident.web.app import create_app
from incident.web.connection import guarded
from incident.web.guard import listening_socket

JSON = dict[str, Any]


@dataclass(slots=True)
class World:
    """One server on a database of its own."""

    runtime: Runtime
    app: Starlette
    port: int
    _clients: AsyncExitStack
    _people: dict[str, "Actor"] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def person(
        self, handle: str = "ada", role: Literal["responder", "admin"] = "responder"
    ) -> "Actor":
        """Somebody with a token, made when first asked for."""
        if handle not in self._people:
            now = self.runtime.clock()
            person = Person(handle=handle, name=handle.title(), role=role, created_at=now)
            await self.runtime.directory.add(person)
            await self.runtime.orders.refresh()  # as whoever adds somebody does
            _, token = await self.runtime.credentials.issue_token(handle, "test", now)
            client = self.client({"Authorization": f"Bearer {token}"})
            self._people[handle] = Actor(handle, token, self, client)
        return self._people[handle]

    async def admin(self) -> "Actor":
        return await self.person("root", "admin")

    def nobody(self) -> httpx2.AsyncClient:
        """A client without an identity."""
        return self.client({})

    async def browser_of(self, handle: str) -> httpx2.AsyncClient:
        """A client that is signed in by cookie, as a page of ours would be."""
        secret = await self.runtime.credentials.open_session(handle, self.runtime.clock())
        return self.client({"Cookie": f"{COOKIE}={secret}", "Origin": self.address})

    def client(self, headers: dict[str, str]) -> httpx2.AsyncClient:
        # Nothing is encrypted here; reading the authorities would take 50 ms a client.
        client = httpx2.AsyncClient(
            base_url=self.address, headers=headers, timeout=30, verify=False
        )
        self._clients.push_async_callback(client.aclose)
        return client

    async def commits(self, incident: str | None = None) -> int:
        """How many commits are stored, of one incident or of all."""
        where = {"incident": incident} if incident else {}
        return int(await self.runtime.database.db["commits"].count_documents(where))

    async def stored(self) -> dict[str, int]:
        """How many documents each collection has, but for what time alone changes."""
        db = self.runtime.database.db
        names = sorted(set(await db.list_collection_names()) - {"servers", "presence"})
        return {name: await db[name].count_documents({}) for name in names}


@dataclass(slots=True)
class Actor:
    """One person, acting over the API and the socket with a token."""

    handle: str
    token: str
    world: World
    http: httpx2.AsyncClient

    async def declares(self, title: str = "Card payments failing", **fields: Any) -> JSON:  # noqa: ANN401 (JSON)
        """A new incident, as the API tells it."""
        told: JSON = await self.does("POST", "/api/incidents", {"title": title, **fields})
        return told

    async def notes(self, incident: str, message: str, **fields: Any) -> JSON:  # noqa: ANN401 (JSON)
        body = {"message": message, **fields}
        told: JSON = await self.does("POST", f"/api/incidents/{incident}/timeline", body)
        return told

    async def reads(self, path: str) -> Any:  # noqa: ANN401 (JSON)
        return await self.does("GET", path)

    async def does(self, method: str, path: str, body: JSON | None = None) -> Any:  # noqa: ANN401 (JSON)
        """A request that must succeed; its answer as JSON."""
        answer = await self.http.request(method, path, json=body)

        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def socket(self, query: str = "") -> connect:
        """A connection to `/ws`; use it with `async with`."""
        return connect(
            f"ws://127.0.0.1:{self.world.port}/ws{query}",
            additional_headers={"Authorization": f"Bearer {self.token}"},
            compression=None,
            max_size=None,
        )


Socket = ClientConnection


@asynccontextmanager
async def world_on(database: Database, settings: Settings | None = None) -> AsyncIterator[World]:
    """A server on `database` until the block ends, stopped as SIGTERM would stop it."""
    async with AsyncExitStack() as stack:
        runtime = await assembled(settings or Settings(), database)
        await stack.enter_async_context(loops(runtime))
        app = create_app(runtime)
        port = await stack.enter_async_context(served(app))
        clients = await stack.enter_async_context(AsyncExitStack())
        yield World(runtime, app, port, clients)


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[int]:
    """Serve `app` with its lifespan on a free port of loopback, as the command line does."""
    config = guarded(cast("ASGIApplication", app), lifespan="on")
    config.load()
    server = Server(config)
    server.lifespan = config.lifespan_class(config)
    listener = listening_socket("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    await server.startup(sockets=[listener])
    try:
        yield port
    finally:
        await server.shutdown(sockets=[listener])
