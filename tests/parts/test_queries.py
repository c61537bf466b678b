"""No question of the product walks through a collection, and every index serves one.

Every public method of the store runs under MongoDB's own profiler, on enough documents that an
index is worth using. Left out is the change stream: it reads the oplog, which has no indexes.
"""

import asyncio
import hashlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from incident import shapes
from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.events import Attachment
from incident.core.oncall.schedule import Override, Schedule
from incident.core.owed import Owed
from incident.core.policy import BUILT_IN
from incident.store.attachments import Attachments, Stored
from incident.store.connection import Database, connect
from incident.store.credentials import Credentials, Token, digest
from incident.store.deadlines import Armed, Deadlines
from incident.store.deliveries import Deliveries, Delivery
from incident.store.directory import Directory, Person
from incident.store.feeds import Feed, Feeds
from incident.store.holds import Claim, Holds
from incident.store.journal import Journal
from incident.store.keys import Keys
from incident.store.lists import Filters, Lists
from incident.store.outbox import Item, Outbox
from incident.store.policies import Policies
from incident.store.presence import Here, Presence
from incident.store.revisions import Revisions
from incident.store.rotations import Rotations
from incident.store.servers import Servers
from incident.store.sought import Pins, of_numbers, of_types
from incident.store.standing import Register
from incident.store.ticks import Ticks
from tests.builders import NOON, acknowledged, held
from tests.parts.offices import Log, Office, office, real_time

INCIDENTS, ENTRIES, PEOPLE = 30, 30, 60
PROFILE_BYTES = 16 * 1024 * 1024
STORES = (
    Journal, Lists, Holds, Deadlines, Credentials, Directory, Presence, Servers, Keys, Register,
    Deliveries, Feeds, Outbox, Pins, Policies, Rotations, Revisions, Ticks,
    Attachments,
)  # fmt: skip

NOT_ASKED = {"Journal.prepare", "Lists.prepare", "Credentials.prepare", "Directory.prepare"}
NOT_ASKED |= {"Feeds.prepare", "Presence.prepare", "Servers.prepare"}
NOT_ASKED |= {"Attachments.prepare"}
NOT_ASKED |= {"Deliveries.prepare", "Outbox.prepare", "Policies.prepare", "Rotations.prepare"}
"""Making the indexes is no question."""

SWEEPING = {("sessions", "swept"), ("links", "swept"), ("presence", "swept")}
SWEEPING |= {("deliveries", "swept")}
"""Indexes by which the database itself removes what is over."""

LOCKING = {("deliveries", "lanes")}
"""Indexes that are only there to be unique."""

WHOLE = {"Lists.forget"}
"""What is about a whole collection: `incident rebuild` makes all rows anew."""

NARROW = {
    "Journal.latest",
    "Journal.at_seq",
    "Journal.since",
    "Journal.forwards",
    "Journal.backwards",
    "Journal.holding",
    "Journal.marking",
    "Journal.declaration",
    "Journal.latest_of",
    "Deadlines.until",
    "Deadlines.still",
    "Deliveries.due",
    "Outbox.unpacked",
    "Policies.newest",
    "Policies.at_revision",
    "Rotations.find",
    "Revisions.counts",
    "Credentials.session",
    "Credentials.token",
    "Presence.in_room",
    "Directory.find",
    "Lists.find.status",
    "Lists.find.newest",
    "Lists.queued",
    "Lists.queued_behind",
    "Attachments.find",
    "Attachments.pieces",
}
"""Asked all the time: these look at no document that they do not return."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The parts of a store that has something in it, and some of what that is."""

    office: Office
    credentials: Credentials
    directory: Directory
    presence: Presence
    servers: Servers
    keys: Keys
    deliveries: Deliveries
    outbox: Outbox
    policies: Policies
    rotations: Rotations
    revisions: Revisions
    register: Register
    feeds: Feeds
    feed: str
    session: str
    text: str
    token: Token
    link: str
    armed: Armed

    @property
    def journal(self) -> Journal:
        return self.office.journal

    @property
    def lists(self) -> Lists:
        return self.office.lists

    @property
    def holds(self) -> Holds:
        return self.office.holds


Question = Callable[[Stock], Awaitable[object]]
NOW = real_time()
SINCE = timedelta(hours=1)
FAR = NOW + timedelta(days=1)


def asking(**filters: object) -> Question:
    """Rows of the lists, narrowed."""
    narrowed: dict[str, Any] = dict(filters)
    return lambda s: s.lists.find(Filters(**narrowed), 20)


async def appended(stock: Stock) -> None:
    log = Log(stock.journal, "INC-3")
    log.commits = [commit async for commit in stock.journal.history("INC-3")]
    await log.add(acknowledged(), command="appended")


async def listed(stock: Stock) -> None:
    newest = await stock.office.newest("INC-3")
    await stock.lists.write(newest, shapes.summary(newest))


async def since(stock: Stock) -> object:
    base = await stock.journal.at_seq("INC-3", 10)
    assert base is not None
    return await stock.journal.since(base, 10)


async def unpacked(stock: Stock) -> None:
    [commit, *_] = await stock.outbox.unpacked(5)
    await stock.outbox.unpack(commit, [Item(owed, "email", "email p1") for owed in commit.owed])


async def parked(stock: Stock) -> None:
    await stock.outbox.park((await stock.outbox.unpacked(1))[0])


async def waiting(stock: Stock) -> list[Delivery]:
    return await stock.deliveries.due("email", real_time(), 5)


async def taken(stock: Stock) -> Delivery:
    """The first of those that wait, with a lease."""
    mine = await stock.deliveries.take((await waiting(stock))[0], "one")
    assert mine is not None
    return mine


async def ended(stock: Stock) -> None:
    await stock.deliveries.end(await taken(stock), "sent")


async def again(stock: Stock) -> None:
    await stock.deliveries.again(await taken(stock), SINCE, "x")


async def put_off(stock: Stock) -> None:
    await stock.deliveries.put_off(await taken(stock), NOW + SINCE, "x")


async def released(stock: Stock) -> None:
    await stock.deliveries.release(await taken(stock))


async def reported(stock: Stock) -> None:
    await stock.deliveries.was_reported((await waiting(stock))[0])


async def broke(stock: Stock) -> None:
    await stock.deliveries.broke(await taken(stock), SINCE)


def files(stock: Stock) -> Attachments:
    return Attachments(stock.office.database)


def content(number: int) -> tuple[bytes, Attachment]:
    written = b"file %d" % number
    name = hashlib.sha256(written).hexdigest()
    return written, Attachment(id=name, name="a.log", type="text/plain", size=len(written))


async def put(kept: Attachments, number: int) -> None:
    """A file that is there, and half of another one."""
    written, about = content(number)
    upload = await kept.begin(f"INC-{number % 9}", about.size, NOW)
    await upload.write(written)
    await upload.keep(about, "ada", NOW)
    await (await kept.begin(f"INC-{number % 9}", 9, NOW)).write(b"half")


async def kept_file(stock: Stock, number: int) -> Stored:
    found = await files(stock).find(f"INC-{number % 9}", content(number)[1].id)
    assert found is not None
    return found


async def pieces(stock: Stock) -> object:
    return await drained(files(stock).pieces(await kept_file(stock, 3)))


async def uploaded(stock: Stock) -> None:
    for number in (100, 3):  # a new one, and one that is there
        await put(files(stock), number)


async def still_wanted(stock: Stock) -> None:
    await files(stock).still_wanted(await kept_file(stock, 3), NOW)


async def forgotten(stock: Stock) -> None:
    await files(stock).forget(await kept_file(stock, 4), FAR, NOW)


async def drained(found: AsyncIterator[object]) -> list[object]:
    return [one async for one in found]


def claim(incident: str, target: str) -> Claim:
    told = held(incident=incident, target=target).model_dump()
    return Claim.model_validate(told | {"claim": incident})


def rotation(name: str) -> Schedule:
    return Schedule.model_validate({"name": name, "role": "scribe", "members": ["p1"]})


def cover(id_: str) -> Override:
    return Override(
        id=id_, person="p1", with_person="p2", start=NOW, end=NOW + SINCE, created_by="p1",
        created_at=NOW,
    )  # fmt: skip


MINE = claim("INC-3", "db3")
PERSON = Person(handle="new", name="New", created_at=NOW)
HERE = Here("INC-3", "ada", "Ada", "typing")

QUESTIONS: dict[str, Question] = {
    "Journal.next_number": lambda s: s.journal.next_number(),
    "Journal.append": appended,
    "Journal.latest": lambda s: s.journal.latest("INC-3"),
    "Journal.latest_of": lambda s: s.journal.latest_of(["INC-3", "INC-5", "INC-7"]),
    "Journal.at_seq": lambda s: s.journal.at_seq("INC-3", 5),
    "Journal.at_time": lambda s: s.journal.at_time("INC-3", NOON + SINCE),
    "Journal.since": since,
    "Journal.forwards": lambda s: s.journal.forwards("INC-3", 5, 10),
    "Journal.backwards": lambda s: s.journal.backwards("INC-3", 20, 10),
    "Journal.forwards.types": lambda s: s.journal.forwards("INC-3", 5, 10, of_types(["decision"])),
    "Journal.backwards.numbers": lambda s: s.journal.backwards(
        "INC-3", 20, 10, of_numbers([3, 9], 2)
    ),
    "Pins.ever": lambda s: Pins(s.office.database).ever("INC-3"),
    "Journal.history": lambda s: drained(s.journal.history("INC-3")),
    "Journal.marking": lambda s: s.journal.marking("INC-3", list(range(1, 20)), 2),
    "Journal.telling": lambda s: s.journal.telling("INC-3", [{"kind": "noted"}], NOON),
    "Journal.holding": lambda s: s.journal.holding("INC-3", ["mei:k3", "mei:k4", "mei:none"]),
    "Journal.declaration": lambda s: s.journal.declaration("ada:d3"),
    "Journal.newest_seqs": lambda s: drained(s.journal.newest_seqs()),
    "Journal.states": lambda s: drained(s.journal.states("INC-3")),
    "Journal.rewrite": lambda s: s.journal.rewrite("INC-4"),
    "Lists.write": listed,
    "Lists.find.newest": asking(),
    "Lists.find.page": asking(before=9),
    "Lists.find.status": asking(status=["active"]),
    "Lists.find.severity": asking(severity=[1, 2]),
    "Lists.find.service": asking(service=["service-3"]),
    "Lists.find.region": asking(region=["eu"]),
    "Lists.find.role": asking(role=["p3"]),
    "Lists.find.drill": asking(drill=False),
    "Lists.find.declared": asking(declared_from=NOON, declared_to=NOON + SINCE),
    "Lists.find.words": asking(q="service-3 inc-3"),
    "Lists.find.all": asking(status=["active"], severity=[3], q="number", drill=False, before=20),
    "Lists.queued": lambda s: s.lists.queued(),
    "Lists.queued_behind": lambda s: s.lists.queued_behind("INC-1/ACT-1"),
    "Lists.led": lambda s: s.lists.led(),
    "Lists.count": lambda s: s.lists.count(["active"]),
    "Lists.seqs": lambda s: s.lists.seqs(),
    "Holds.take": lambda s: s.holds.take(MINE),
    "Holds.take_anyway": lambda s: s.holds.take_anyway(claim("INC-4", "db3")),
    "Holds.has": lambda s: s.holds.has(MINE),
    "Holds.take_over": lambda s: s.holds.take_over(MINE, "condemned"),
    "Holds.drop": lambda s: s.holds.drop(MINE),
    "Holds.free": lambda s: s.holds.free("db3", "INC-4", "ACT-9"),
    "Holds.every": lambda s: s.holds.every(),
    "Deadlines.until": lambda s: s.office.deadlines.until(s.armed.wake_at, 10),
    "Deadlines.still": lambda s: s.office.deadlines.still([s.armed]),
    "Deadlines.clear": lambda s: s.office.deadlines.clear([s.armed]),
    "Outbox.unpacked": lambda s: s.outbox.unpacked(10),
    "Outbox.unpack": unpacked,
    "Outbox.park": parked,
    "Deliveries.due": waiting,
    "Deliveries.bring_forward": lambda s: s.deliveries.bring_forward(),
    "Deliveries.latest": lambda s: s.deliveries.latest(10),
    "Deliveries.latest.incident": lambda s: s.deliveries.latest(10, "INC-1003"),
    "Deliveries.release": released,
    "Deliveries.was_reported": reported,
    "Deliveries.end": ended,
    "Deliveries.again": again,
    "Deliveries.put_off": put_off,
    "Deliveries.broke": broke,
    "Deliveries.take": taken,
    "Credentials.open_session": lambda s: s.credentials.open_session("p1", NOW),
    "Credentials.session": lambda s: s.credentials.session(s.session, NOW),
    "Credentials.close_session": lambda s: s.credentials.close_session("nobody's"),
    "Credentials.close_sessions": lambda s: s.credentials.close_sessions("p9"),
    "Credentials.issue_token": lambda s: s.credentials.issue_token("p1", "x", NOW),
    "Credentials.adopt_token": lambda s: s.credentials.adopt_token("x" * 40, "p1", "x", NOW),
    "Credentials.token": lambda s: s.credentials.token(s.text, NOW),
    "Credentials.tokens": lambda s: s.credentials.tokens(),
    "Credentials.revoke_token": lambda s: s.credentials.revoke_token(s.token.id),
    "Credentials.issue_link": lambda s: s.credentials.issue_link("p1", NOW),
    "Credentials.link": lambda s: s.credentials.link(s.link, NOW),
    "Credentials.use_link": lambda s: s.credentials.use_link(s.link, NOW),
    "Policies.newest": lambda s: s.policies.newest(),
    "Policies.at_revision": lambda s: s.policies.at_revision(7),
    "Policies.history": lambda s: s.policies.history(10, before=20),
    "Policies.add": lambda s: s.policies.add(BUILT_IN, "ada", NOW),
    "Rotations.find": lambda s: s.rotations.find("r3"),
    "Rotations.every": lambda s: s.rotations.every(),
    "Rotations.put": lambda s: s.rotations.put(rotation("r3"), "ada", NOW),
    "Rotations.add_override": lambda s: s.rotations.add_override("r3", cover("o2")),
    "Rotations.cancel_override": lambda s: s.rotations.cancel_override("r3", "o1", "ada", NOW),
    "Rotations.remove": lambda s: s.rotations.remove("r4", "ada", NOW),
    "Revisions.counts": lambda s: s.revisions.counts(),
    "Revisions.count": lambda s: s.revisions.count("policy"),
    "Revisions.loaded": lambda s: s.revisions.loaded(),
    "Revisions.note_loaded": lambda s: s.revisions.note_loaded("digest"),
    "Directory.add": lambda s: s.directory.add(PERSON),
    "Directory.change": lambda s: s.directory.change("p3", {"name": "X"}),
    "Directory.find": lambda s: s.directory.find("p3"),
    "Directory.everyone": lambda s: s.directory.everyone(),
    "Directory.has_admin": lambda s: s.directory.has_admin(),
    "Directory.seen": lambda s: s.directory.seen("p3", NOW),
    "Presence.enter": lambda s: s.presence.enter("c3", HERE, NOW),
    "Presence.leave": lambda s: s.presence.leave("c4"),
    "Presence.in_room": lambda s: s.presence.in_room("INC-3", NOW),
    "Servers.here": lambda s: s.servers.here("server 3", NOW),
    "Servers.alive": lambda s: s.servers.alive(NOW),
    "Servers.gone": lambda s: s.servers.gone("server 4"),
    "Keys.claim": lambda s: s.keys.claim("k3", "digest"),
    "Keys.known": lambda s: s.keys.known("k3"),
    "Keys.release": lambda s: s.keys.release("k4"),
    "Feeds.issue": lambda s: s.feeds.issue(Feed("person", "p3", "p3"), NOW),
    "Feeds.find": lambda s: s.feeds.find(s.feed),
    "Feeds.revoke": lambda s: s.feeds.revoke(Feed("person", "p3", "p3")),
    "Register.standing": lambda s: s.register.standing([digest(s.session)], ["p1", "p2"], NOW),
    "Register.touch": lambda s: s.register.touch([digest(s.session)], NOW),
    "Ticks.told.whole": lambda s: Ticks(s.office.database).told("INC-3", 0, 20),
    "Ticks.told.new": lambda s: Ticks(s.office.database).told("INC-3", 10, 20),
    "Attachments.begin": uploaded,
    "Attachments.used": lambda s: files(s).used("INC-3"),
    "Attachments.find": lambda s: kept_file(s, 3),
    "Attachments.wanted": lambda s: files(s).wanted("INC-3", [content(3)[1].id], NOW),
    "Attachments.pieces": pieces,
    "Attachments.whole": lambda s: files(s).whole("INC-3"),
    "Attachments.unwanted": lambda s: files(s).unwanted(FAR, 10),
    "Attachments.still_wanted": still_wanted,
    "Attachments.forget": forgotten,
    "Attachments.delete": lambda s: files(s).delete("INC-3", [content(3)[1].id], NOW),
    "Attachments.clear": lambda s: files(s).clear(NOW + SINCE),
    "Lists.forget": lambda s: s.lists.forget(),
}
"""As the product asks them; those that remove what others need come last."""

Asked = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
async def database(mongo_uri: str) -> AsyncIterator[Database]:
    """One database for all tests of this module."""
    opened = await connect(mongo_uri.replace("/incident?", "/test_queries?"))
    yield opened
    await opened.client.drop_database("test_queries")
    await opened.close()


@pytest.fixture(scope="module")
async def asked(database: Database) -> Asked:
    """What the database did for each question."""
    stock = await stocked(database)
    return {name: await profiled(database, question(stock)) for name, question in QUESTIONS.items()}


async def stocked(database: Database) -> Stock:
    """Incidents with long logs, people, credentials, presence and holds."""
    one = await office(database)
    await asyncio.gather(*(logged(one, number) for number in range(INCIDENTS)))
    credentials, directory = Credentials(database), Directory(database)
    presence, servers, keys = Presence(database), Servers(database), Keys(database)
    feeds = Feeds(database)
    await feeds.prepare()
    deliveries, outbox = Deliveries(database), Outbox(database)
    policies, rotations = Policies(database), Rotations(database)
    for part in (credentials, directory, presence, servers, deliveries, outbox):
        await part.prepare()
    await owing(one, outbox)
    attachments = Attachments(database)
    await attachments.prepare()
    for number in range(PEOPLE):
        handle = f"p{number}"
        await put(attachments, number)
        await directory.add(Person(handle=handle, name="X", created_at=NOW))
        await credentials.open_session(handle, NOW)
        await credentials.issue_token(handle, "x", NOW)
        await credentials.issue_link(handle, NOW)
        await presence.enter(f"c{number}", Here(f"INC-{number % 7}", handle, "X", "typing"), NOW)
        await servers.here(f"server {number}", NOW)
        await keys.claim(f"k{number}", "digest")
        await one.holds.take(claim(f"INC-{number}", f"db{number}"))
        await policies.add(BUILT_IN, "ada", NOW)
        await rotations.put(rotation(f"r{number}"), "ada", NOW)
        await rotations.add_override(f"r{number}", cover("o1"))
    token, text = await credentials.issue_token("p1", "x", NOW - SINCE)
    return Stock(
        office=one,
        credentials=credentials,
        directory=directory,
        presence=presence,
        servers=servers,
        keys=keys,
        deliveries=deliveries,
        outbox=outbox,
        policies=policies,
        rotations=rotations,
        revisions=Revisions(database),
        register=Register(database),
        feeds=feeds,
        feed=await feeds.issue(Feed("person", "p1", "p1"), NOW),
        session=await credentials.open_session("p1", NOW - SINCE),
        text=text,
        token=token,
        link=(await credentials.issue_link("p1", NOW))[0],
        armed=(await one.deadlines.until(FAR, 1))[0],
    )


async def owing(one: Office, outbox: Outbox) -> None:
    """Commits that owe something, and what others owed on its way."""
    for number in range(2 * PEOPLE):
        log = Log(one.journal, f"INC-{1000 + number}")
        owed = Owed(index=0, person=f"p{number}", kind="page")
        await log.add(deliver=(owed,), at=NOW, command=f"owes {number}")
    for commit in (await outbox.unpacked(2 * PEOPLE))[PEOPLE:]:
        lane = f"email {commit.owed[0].person}"
        await outbox.unpack(commit, [Item(commit.owed[0], "email", lane)])


async def logged(one: Office, number: int) -> None:
    """An incident with a log of some length."""
    declare = do.Declare(
        by="ada",
        title=f"Incident number {number}",
        severity=number % 5 + 1,
        affected_services=(f"service-{number % 7}",),
        roles={"scribe": f"p{number % 9}"},
    )
    incident = (await one.desk.declare(declare, key=f"d{number}")).commit.incident
    for n in range(ENTRIES):
        note = do.AddEntry(by="mei", message=f"note {n}")
        await one.desk.submit(incident, note, key=f"k{n}")
    await one.desk.submit(incident, do.PinEntry(by="ada", entry=5))
    if number % 3 == 0:
        await one.desk.submit(incident, do.SetStatus(by="ada", status="resolved"))
    if number % 7 == 0:
        for _ in range(2):
            await one.proposes(incident, None)
        await one.desk.submit(
            incident, work.ChangeAction(by="ada", action="ACT-2", run_after="ACT-1")
        )


async def profiled(database: Database, question: Awaitable[object]) -> list[dict[str, Any]]:
    """Every operation that answering the question took, and that had a plan."""
    await database.db.command("profile", 0)
    await database.db.drop_collection("system.profile")
    await database.db.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
    await database.db.command("profile", 2)
    try:
        await question
    finally:
        await database.db.command("profile", 0)
    planned = {"planSummary": {"$exists": True}}
    return [op async for op in database.db["system.profile"].find(planned)]


def test_every_method_of_the_store_is_asked() -> None:
    methods = {
        f"{store.__name__}.{name}"
        for store in STORES
        for name, member in inspect.getmembers(store, inspect.isroutine)
        if not name.startswith("_")
    }

    assert {".".join(name.split(".")[:2]) for name in QUESTIONS} == methods - NOT_ASKED


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name not in WHOLE])
async def test_a_question_is_answered_by_an_index(asked: Asked, name: str) -> None:
    walked = [
        f"{op['ns']}: {op['planSummary']} looked at {op['docsExamined']} documents"
        for op in asked[name]
        if "COLLSCAN" in op["planSummary"] and op.get("docsExamined", 0)
    ]

    assert walked == []


@pytest.mark.parametrize("name", sorted(NARROW))
async def test_what_is_asked_all_the_time_looks_at_nothing_in_vain(asked: Asked, name: str) -> None:
    questions = [
        op
        for op in asked[name]
        if op["op"] in {"query", "getmore"} or "aggregate" in op.get("command", {})
    ]

    assert questions
    for op in questions:
        assert op["docsExamined"] <= op["nreturned"], op["planSummary"]
        assert op["keysExamined"] <= 3 * op["nreturned"] + 5, op["planSummary"]


async def test_every_index_serves_a_question(asked: Asked, database: Database) -> None:
    unused = set()
    for name in await database.db.list_collection_names():
        if name.startswith("system."):
            continue
        async for index in database.db[name].aggregate([{"$indexStats": {}}]):
            if not index["accesses"]["ops"] and index["name"] != "_id_":
                unused.add((name, index["name"]))

    assert unused == SWEEPING | LOCKING
