"""Couriers on one database: each a process of its own, with what it reported.

Time is not waited for: what the database keeps is moved into the past instead.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incident.channels.email import Email
from incident.channels.parcel import Channel
from incident.channels.webhook import Webhook
from incident.core import escalation_events as ev
from incident.core.owed import Kind, Owed
from incident.core.surroundings import Surroundings
from incident.courier import Courier
from incident.errands import Errands
from incident.store.clock import DatabaseClock
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.deliveries import Deliveries, Delivery
from incident.store.directory import Directory, Person
from incident.store.journal import Journal
from incident.store.outbox import Outbox
from tests.builders import NOON, declared
from tests.parts.offices import Log, real_time
from tests.parts.receivers import Mailbox, Receiver

SECRET = "whsec_" + "a2V5" * 8


class Hands(DatabaseClock):
    """The database's clock, and what was added to it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return super().__call__() + self.ahead


@dataclass(kw_only=True)
class Station:
    """One process. `over` are deliveries that nobody waits for any more."""

    courier: Courier
    clock: Hands
    outbox: Outbox
    deliveries: Deliveries
    reports: list[dict[str, str]]
    over: set[str]

    async def turn(self, rounds: int = 1) -> None:
        """Unpack, begin what is due, and let it end; so many times."""
        for _ in range(rounds):
            await self.clock.sync()
            await self.begin()
            await self.ended()

    async def begin(self) -> None:
        await self.courier.round()

    async def ended(self) -> None:
        if lanes := list(self.courier._lanes.values()):
            await asyncio.wait(lanes)
            await asyncio.sleep(0)  # those who were told of it have their turn


async def station(
    database: Database, channels: Mapping[str, Channel], origin: str = "one", **more: Any  # noqa: ANN401 (of an errand)
) -> Station:  # fmt: skip
    """A process with a courier; nothing waits longer than it must."""
    clock, deliveries, outbox = Hands(database), Deliveries(database), Outbox(database)
    await clock.sync()
    for part in (Journal(database), Directory(database), deliveries, outbox):
        await part.prepare()
    reports: list[dict[str, str]] = []
    over: set[str] = set()

    async def report(**told: str) -> None:
        reports.append(told)

    async def still_due(delivery: Delivery) -> bool:
        return delivery.id not in over

    told: dict[str, Any] = {"report": report, "still_due": still_due, "jitter": no_delay}
    told |= {"around": Surroundings} | more
    errands = Errands(
        deliveries=deliveries,
        journal=Journal(database),
        directory=Directory(database),
        channels=channels,
        clock=clock,
        origin=origin,
        base_url="https://incidents.example.com",
        **told,
    )
    return Station(
        courier=Courier(outbox, errands),
        clock=clock,
        outbox=outbox,
        deliveries=deliveries,
        reports=reports,
        over=over,
    )


def no_delay(delay: timedelta) -> timedelta:
    return delay * 0


def by_mail(box: Mailbox) -> dict[str, Channel]:
    return {"email": Email(box.url, "incidents@example.com")}


def by_webhook(receiver: Receiver) -> dict[str, Channel]:
    source = "https://incidents.example.com"
    return {"webhook": Webhook(receiver.url(), SECRET, source, private=True)}


async def person(database: Database, handle: str = "mei", **fields: object) -> None:
    told = {"handle": handle, "name": handle, "email": f"{handle}@example.com", "created_at": NOON}
    await Directory(database).add(Person.model_validate(told | fields))


def page(
    to: str = "mei", *, kind: Kind = "page", urgent: bool = True, index: int = 0
) -> tuple[Owed, ...]:
    return (Owed(index=index, person=to, kind=kind, urgent=urgent),)


async def incident(
    database: Database, name: str = "INC-7", deliver: tuple[Owed, ...] = (), **fields: object
) -> Log:
    """An incident whose declaration owes something."""
    log = Log(Journal(database), name)
    first = declared(title="Card payments failing", severity=1, **fields)
    await log.add(first, deliver=deliver, at=real_time())
    return log


async def paged(log: Log, *people: str, **fields: Any) -> Commit:  # noqa: ANN401 (of a commit)
    """A commit that pages these people."""
    called = tuple(ev.Called(person=one, why="on call") for one in people)
    event = ev.Paged(by="system", at=NOON, round=1, turn=1, level=1, people=called)
    owes = tuple(one for who in people for one in page(who))
    told: dict[str, Any] = {"deliver": owes, "at": real_time()}
    return await log.add(event, **told | fields)


async def stored(database: Database) -> dict[str, dict[str, Any]]:
    """Every delivery as it is kept, by its id."""
    return {one["_id"]: one async for one in database.db.deliveries.find()}


async def only(database: Database) -> dict[str, Any]:
    [one] = (await stored(database)).values()
    return one


async def states(database: Database) -> dict[str, str]:
    return {name: one["state"] for name, one in (await stored(database)).items()}


async def pass_time(database: Database, by: timedelta) -> None:
    """Everything that the database keeps was that much longer ago."""
    back = int(by.total_seconds() * 1000)
    await database.db.deliveries.update_many(
        {"due_at": {"$exists": True}}, [{"$set": {"due_at": {"$subtract": ["$due_at", back]}}}]
    )
    await database.db.deliveries.update_many(
        {"lease": {"$exists": True}},
        [{"$set": {"lease.until": {"$subtract": ["$lease.until", back]}}}],
    )
