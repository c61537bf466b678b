"""One open server: its database, its desk, its loops, all closed in the right order.

Pages, sockets and the command line use what is here; it knows none of them.
"""

import asyncio
import gc
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from incident import leftovers, mending, paging, watch
from incident.alarms import Alarms
from incident.channels.configured import channels
from incident.courier import Courier
from incident.desk import Desk
from incident.errands import Errands
from incident.feed import Feed
from incident.orders import Orders
from incident.policy_loading import Loading
from incident.settings import Settings
from incident.shift_ends import ShiftEnds
from incident.store.attachments import Attachments
from incident.store.clock import DatabaseClock
from incident.store.connection import Database, connect
from incident.store.credentials import Credentials
from incident.store.deadlines import Deadlines
from incident.store.deliveries import Deliveries
from incident.store.directory import Directory
from incident.store.embedded import embedded
from incident.store.errors import StoreAway
from incident.store.feeds import Feeds
from incident.store.holds import Holds
from incident.store.journal import Journal
from incident.store.lists import Lists
from incident.store.lock import running_uri
from incident.store.outbox import Outbox
from incident.store.policies import Policies
from incident.store.presence import Presence
from incident.store.revisions import Revisions
from incident.store.rotations import Rotations
from incident.store.servers import Servers
from incident.supervised import kept_running

GARBAGE = (5_000, 2, 100)
"""How often Python looks for cycles in new objects, in those that stayed, in all. Its own habits
stopped a busy server for a tenth of a second, several times a second."""
PULSE = 2.0
"""Seconds between two signs of life, which also look at the database's clock."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The parts of a server on one database. `origin` names this process."""

    settings: Settings
    origin: str
    database: Database
    clock: DatabaseClock
    journal: Journal
    attachments: Attachments
    holds: Holds
    lists: Lists
    directory: Directory
    credentials: Credentials
    presence: Presence
    servers: Servers
    policies: Policies
    rotations: Rotations
    deliveries: Deliveries
    feeds: Feeds
    orders: Orders
    feed: Feed
    desk: Desk
    alarms: Alarms
    shift_ends: ShiftEnds
    courier: Courier

    @property
    def loading(self) -> Loading:
        """Puts policy files into force."""
        revisions = Revisions(self.database)
        return Loading(self.policies, self.rotations, self.directory, revisions)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Runtime]:
    """The parts without the loops: for commands that do one thing and end.

    Uses the database of a server that is running on the same data folder, if there is one.
    Raises `Unusable` or `StoreAway` when there is no usable database.
    """
    async with AsyncExitStack() as stack:
        uri = address(settings) or running_uri(settings.data)
        if uri is None:
            uri = await own_database(stack, settings)
        database = await connect(uri)
        stack.push_async_callback(database.close)
        yield await assembled(settings, database)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Runtime]:
    """A whole server: the parts with their loops, until the block ends."""
    async with AsyncExitStack() as stack:
        uri = address(settings) or await own_database(stack, settings)
        database = await connect(uri)
        stack.push_async_callback(database.close)
        runtime = await assembled(settings, database)
        await policy_in_force(runtime)
        spare_the_collector()
        async with loops(runtime):
            yield runtime


def spare_the_collector() -> None:
    """Never look at what is there already, and at the rest in small steps."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def address(settings: Settings) -> str | None:
    """The URI of the database that was asked for; None for one of our own."""
    return settings.mongodb_uri.get_secret_value() if settings.mongodb_uri else None


async def own_database(stack: AsyncExitStack, settings: Settings) -> str:
    """Start the embedded MongoDB for as long as `stack` is open; returns its URI."""
    uri: str = await stack.enter_async_context(embedded(settings.data))
    return uri


async def policy_in_force(runtime: Runtime) -> None:
    """Load the policy file that the settings name, if it is new. Raises `Unloadable`."""
    if runtime.settings.policy is None:
        return
    loaded = await runtime.loading.at_start(runtime.settings.policy, runtime.clock())
    if loaded is not None:
        logger.info("policy loaded", extra={"revision": loaded.revision})
        await runtime.orders.reload()


async def assembled(settings: Settings, database: Database) -> Runtime:
    """Join the parts on `database`, with their indexes in place."""
    origin = secrets.token_hex(6)
    clock = DatabaseClock(database)
    await clock.sync()
    journal, lists = Journal(database), Lists(database)
    attachments = Attachments(database)
    directory, credentials = Directory(database), Credentials(database)
    presence, servers = Presence(database), Servers(database)
    policies, rotations = Policies(database), Rotations(database)
    deliveries, outbox, feeds = Deliveries(database), Outbox(database), Feeds(database)
    orders = Orders(policies, rotations, directory, Revisions(database))
    for part in (journal, lists, directory, credentials, presence, servers, policies, rotations,
                 deliveries, outbox, feeds, orders, attachments):  # fmt: skip
        await part.prepare()
    feed, holds = Feed(journal), Holds(database)
    desk = Desk(journal, holds, lists, feed, clock, orders.current, origin)
    errands = Errands(
        deliveries=deliveries,
        journal=journal,
        directory=directory,
        channels=channels(settings),
        clock=clock,
        around=orders.current,
        origin=origin,
        base_url=settings.origin,
        report=paging.reporting(desk),
        still_due=paging.judging(journal),
    )
    return Runtime(
        settings=settings,
        origin=origin,
        database=database,
        clock=clock,
        journal=journal,
        attachments=attachments,
        holds=holds,
        lists=lists,
        directory=directory,
        credentials=credentials,
        presence=presence,
        servers=servers,
        policies=policies,
        rotations=rotations,
        deliveries=deliveries,
        feeds=feeds,
        orders=orders,
        feed=feed,
        desk=desk,
        alarms=Alarms(desk, Deadlines(database), clock, origin),
        shift_ends=ShiftEnds(desk, journal, lists, orders.current),
        courier=Courier(outbox, errands),
    )


@asynccontextmanager
async def loops(runtime: Runtime) -> AsyncIterator[None]:
    """Run the loops beside the block, and end them after the last command is answered."""
    silences = [runtime.feed.listen(one.heard) for one in (runtime.alarms, runtime.courier)]
    # Not a task group, which would put whatever goes wrong in the block into a group, too.
    tasks = [
        asyncio.create_task(kept_running("watch", lambda: watching(runtime))),
        asyncio.create_task(kept_running("alarms", runtime.alarms.run)),
        asyncio.create_task(kept_running("pulse", lambda: pulse(runtime))),
        asyncio.create_task(kept_running("mending", lambda: mended(runtime))),
        asyncio.create_task(kept_running("leftovers", lambda: cleared_up(runtime))),
        asyncio.create_task(kept_running("successors", runtime.desk.successors.run)),
        asyncio.create_task(kept_running("orders", runtime.orders.run)),
        asyncio.create_task(kept_running("shift ends", runtime.shift_ends.run)),
        asyncio.create_task(kept_running("courier", runtime.courier.run)),
    ]
    try:
        yield
    finally:
        for silence in silences:
            silence()
        await runtime.courier.close()
        for task in tasks:
            task.cancel()
        await runtime.desk.close()
        await say_goodbye(runtime)
        await asyncio.gather(*tasks, return_exceptions=True)


async def watching(runtime: Runtime) -> None:
    await watch.run(runtime.database, runtime.feed, runtime.desk.forget, runtime.origin)


async def mended(runtime: Runtime) -> None:
    await mending.run(runtime.journal, runtime.lists)


async def cleared_up(runtime: Runtime) -> None:
    await leftovers.run(runtime.attachments, runtime.journal, runtime.clock)


async def pulse(runtime: Runtime) -> None:
    """Keep the clock right and the list of living processes fresh, for ever."""
    while True:
        try:
            now = await runtime.clock.sync()
            await runtime.servers.here(runtime.origin, now)
            alive = tuple(await runtime.servers.alive(now))
            # Whoever has gone may have died between a commit and its row.
            runtime.lists.behind |= not set(runtime.alarms.alive) <= set(alive)
            runtime.alarms.alive = alive
        except StoreAway as error:
            logger.warning("no pulse", extra={"error": str(error)})
        await asyncio.sleep(PULSE)


async def say_goodbye(runtime: Runtime) -> None:
    try:
        await runtime.servers.gone(runtime.origin)
    except StoreAway:
        return  # the others notice by themselves
