"""What is decided with is kept in memory, and follows what anybody writes."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from incident import orders as orders_
from incident.core.oncall.schedule import Override, Schedule
from incident.core.policy import BUILT_IN, Policy
from incident.core.surroundings import Surroundings
from incident.core.values import Moment
from incident.orders import Orders
from incident.policy_file.faults import Unloadable
from incident.policy_file.reading import PolicyFile
from incident.policy_loading import Loaded, Loading
from incident.store.connection import Database
from incident.store.directory import Directory, Person
from incident.store.errors import StoreAway
from incident.store.policies import Policies, PolicyMoved, PolicyRevision
from incident.store.revisions import Counted, Revisions
from incident.store.rotations import Rotation, Rotations
from tests.builders import LATER, NOON

SHORT = (Path(__file__).parents[1] / "data/roles-short.yaml").read_text()
SMALL = "severities: {1: {name: Worst, respond_within: 1m}}"
OPS = Schedule.model_validate({"name": "ops", "role": "operations_lead", "members": ["ada"]})


@pytest.fixture
def loading(database: Database) -> Loading:
    return Loading(
        Policies(database), Rotations(database), Directory(database), Revisions(database)
    )


@pytest.fixture
async def orders(loading: Loading) -> Orders:
    orders = Orders(loading.policies, loading.rotations, loading.directory, loading.revisions)
    await orders.prepare()
    return orders


def person(handle: str = "ada", **fields: object) -> Person:
    return Person.model_validate({"handle": handle, "name": "A", "created_at": NOON} | fields)


async def loaded(loading: Loading, text: str) -> Loaded:
    verdict = await loading.read(text, NOON)

    assert verdict.file is not None, verdict.errors
    return await loading.load(verdict.file, "admin", NOON)


# Orders.


async def test_at_first_the_built_in_policy_holds_and_nobody_is_there(orders: Orders) -> None:
    assert orders.current() == Surroundings()


async def test_what_anybody_writes_is_taken_in(orders: Orders, loading: Loading) -> None:
    await loaded(loading, SMALL)
    await loading.rotations.put(OPS, "ada", NOON)
    await loading.directory.add(person())
    await loading.directory.add(person("bo"))
    await loading.directory.change("bo", {"disabled": True})
    await orders.refresh()
    around = orders.current()

    assert (around.revision, around.policy.severities[1].name) == (1, "Worst")
    assert around.roster.schedules == (OPS,)
    assert around.roster.people == {"ada"}
    assert [duty.person for duty in around.roster.on_call("operations_lead", [], NOON).people] == [
        "ada"
    ]


async def test_nothing_is_made_anew_while_nothing_changes(orders: Orders, loading: Loading) -> None:
    await loading.rotations.put(OPS, "ada", NOON)
    await orders.refresh()
    before = orders.current()
    await orders.refresh()
    await orders.reload()

    assert orders.current() is before


async def test_an_override_counts_at_once(orders: Orders, loading: Loading) -> None:
    await loading.directory.add(person())
    await loading.directory.add(person("bo"))
    await loading.rotations.put(OPS, "ada", NOON)
    cover = Override(
        id="o1", person="ada", with_person="bo", start=NOON, end=LATER, created_by="ada",
        created_at=NOON,
    )  # fmt: skip
    await loading.rotations.add_override("ops", cover)
    await orders.refresh()
    watch = orders.current().roster.of_rotation("ops", NOON)

    assert [duty.person for duty in watch.people] == ["bo"]


async def test_a_write_that_was_not_counted_is_found_all_the_same(
    orders: Orders, loading: Loading, database: Database
) -> None:
    await loading.rotations.put(OPS, "ada", NOON)
    await database.db["revisions"].delete_many({})
    await orders.refresh()
    missed = orders.current().roster.schedules
    await orders.reload()

    assert missed == ()
    assert orders.current().roster.schedules == (OPS,)


async def test_the_loop_outlives_a_database_that_is_away(
    orders: Orders, loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = asyncio.Queue[None]()
    counts = loading.revisions.counts

    async def away() -> dict[Counted, int]:
        looks.put_nowait(None)
        raise StoreAway("away")

    async def back() -> dict[Counted, int]:
        looks.put_nowait(None)
        return await counts()

    monkeypatch.setattr(orders_, "EVERY", 0.001)
    monkeypatch.setattr(loading.revisions, "counts", away)
    running = asyncio.create_task(orders.run())
    await looks.get()
    await looks.get()
    monkeypatch.setattr(loading.revisions, "counts", back)
    await loading.rotations.put(OPS, "ada", NOON)
    while not orders.current().roster.schedules:
        await looks.get()
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert orders.current().roster.schedules == (OPS,)


# Loading.


async def test_loading_the_short_form_makes_people_rotations_and_a_policy(
    loading: Loading,
) -> None:
    told = await loaded(loading, SHORT)
    noor = await loading.directory.find("noor.haddad")

    assert (told.revision, told.changed) == (1, True)
    assert len(told.told) == 9 + 3 + 1
    assert noor is not None
    assert (noor.email, noor.phone) == ("noor.haddad@example.com", "+1-555-010-2200")
    assert (noor.region, noor.timezone, noor.role) == (
        "us-west", "America/Los_Angeles", "responder",
    )  # fmt: skip
    assert [one.schedule.name for one in await loading.rotations.every()] == [
        "communications_lead", "incident_commander", "operations_lead",
    ]  # fmt: skip


async def test_loading_the_same_again_changes_nothing(loading: Loading, database: Database) -> None:
    await loaded(loading, SHORT)
    before = await loading.revisions.counts()
    again = await loaded(loading, SHORT)

    assert again == Loaded(revision=1, changed=False, told=())
    assert await loading.revisions.counts() == before
    assert len(await loading.policies.history()) == 1


async def test_people_who_are_there_stay_as_they_are(loading: Loading) -> None:
    await loading.directory.add(person("noor", email="NOOR.haddad@example.com", role="admin"))
    await loading.directory.add(person("ilse.brandt", name="Another Ilse"))
    told = await loaded(loading, SHORT)
    commander = await loading.rotations.find("incident_commander")
    ilse = await loading.directory.find("ilse.brandt")

    assert await loading.directory.find("noor.haddad") is None
    assert commander is not None
    assert commander.schedule.people() == {"noor", "ilse.brandt", "kenji.mori"}
    assert ilse is not None
    assert ilse.name == "Another Ilse"
    assert not any("Noor" in line for line in told.told)


async def test_a_changed_rotation_keeps_its_overrides(loading: Loading) -> None:
    rotation = "rotations: {ops: {role: operations_lead, members: [ada]}}"
    await loaded(loading, rotation)
    cover = Override(
        id="o1", person="ada", with_person="bo", start=NOON, end=LATER, created_by="ada",
        created_at=NOON,
    )  # fmt: skip
    await loading.rotations.add_override("ops", cover)
    same = await loaded(loading, rotation)
    told = await loaded(loading, rotation.replace("[ada]", "[ada, mei]"))
    found = await loading.rotations.find("ops")

    assert not same.changed
    assert told.told == ("The rotation ops has changed; its override stays.",)
    assert found is not None
    assert found.schedule.overrides == (cover,)


async def test_two_who_load_the_same_at_once_make_one_revision(loading: Loading) -> None:
    await asyncio.gather(*(loaded(loading, SHORT) for _ in range(4)))

    assert [one.revision for one in await loading.policies.history()] == [1]
    assert [one.revision for one in await loading.rotations.every()] == [1, 1, 1]


class Overtaken(Policies):
    """Somebody else is always a moment quicker."""

    async def add(
        self,
        policy: Policy,
        by: str,
        at: Moment,
        expect: int | None = None,
        source: str | None = None,
        changing: tuple[tuple[str, int], ...] = (),
    ) -> PolicyRevision:
        await super().add(BUILT_IN.model_copy(update={"escalation": ()}), "mei", at)
        return await super().add(policy, by, at, expect, source, changing)


async def read(loading: Loading, text: str) -> PolicyFile:
    file = (await loading.read(text, NOON)).file
    assert file is not None
    return file


async def test_a_file_that_came_too_late_has_stored_nobody_and_no_rotation(
    loading: Loading,
) -> None:
    await loading.policies.add(BUILT_IN.model_copy(update={"escalation": ()}), "mei", NOON)

    with pytest.raises(PolicyMoved):
        await loading.load(await read(loading, SHORT), "admin", NOON, "a text", expect=0)
    assert await loading.rotations.every() == []
    assert await loading.directory.everyone() == []


async def test_a_file_that_is_overtaken_by_a_moment_has_changed_nothing_that_was_there(
    loading: Loading, database: Database
) -> None:
    there = OPS.model_copy(update={"name": "operations_lead"})
    await loading.rotations.put(there, "mei", NOON)
    late = replace(loading, policies=Overtaken(database))

    with pytest.raises(PolicyMoved):
        await late.load(await read(loading, SHORT), "admin", NOON, "a text", expect=0)
    assert (await loading.policies.newest()).by == "mei"
    assert [(one.schedule.name, one.by) for one in await loading.rotations.every()] == [
        ("communications_lead", "admin"), ("incident_commander", "admin"),
        ("operations_lead", "mei"),
    ]  # fmt: skip


async def test_what_was_changed_or_removed_since_stays_when_a_file_is_sent_again(
    loading: Loading,
) -> None:
    file = await read(loading, SHORT)
    await loading.load(file, "admin", NOON, "a text", expect=0)
    mine = OPS.model_copy(update={"name": "operations_lead"})
    await loading.rotations.put(mine, "mei", NOON)
    await loading.rotations.remove("communications_lead", "mei", NOON)
    again = await loading.load(file, "admin", LATER, "a text", expect=0)
    found = await loading.rotations.find("operations_lead")

    assert again == Loaded(revision=1, changed=False, told=())
    assert found is not None
    assert found.schedule == mine
    assert await loading.rotations.find("communications_lead") is None


class Failing(Rotations):
    """Out of reach from the moment a policy is stored."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._policies = Policies(database)

    async def put(
        self, schedule: Schedule, by: str, at: Moment, expect: int | None = None
    ) -> Rotation:
        if (await self._policies.newest()).revision:
            raise StoreAway
        return await super().put(schedule, by, at, expect)


@pytest.mark.parametrize("touched", [False, True])
async def test_a_load_that_broke_off_is_finished_where_nobody_has_written_since(
    loading: Loading, database: Database, *, touched: bool
) -> None:
    there = OPS.model_copy(update={"name": "operations_lead"})
    mine = there.model_copy(update={"members": ("mei",)})
    await loading.rotations.put(there, "mei", NOON)
    file = await read(loading, SHORT)
    with pytest.raises(StoreAway):
        await replace(loading, rotations=Failing(database)).load(file, "admin", NOON, "t", expect=0)
    names = [one.schedule.name for one in await loading.rotations.every()]
    if touched:
        await loading.rotations.put(mine, "mei", NOON)
    again = await loading.load(file, "admin", LATER, "t", expect=0)
    once_more = await loading.load(file, "admin", LATER, "t", expect=0)
    found = await loading.rotations.find("operations_lead")
    told = () if touched else ("The rotation operations_lead has changed.",)

    assert names == ["communications_lead", "incident_commander", "operations_lead"]
    assert again == Loaded(revision=1, changed=not touched, told=told)
    assert once_more.told == ()
    assert found is not None
    assert (found.by, found.schedule == mine) == ("mei" if touched else "admin", touched)


class Looking(Policies):
    """Remembers which rotations there were when a policy was added."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.there: list[str] = []
        self._rotations = Rotations(database)

    async def add(
        self,
        policy: Policy,
        by: str,
        at: Moment,
        expect: int | None = None,
        source: str | None = None,
        changing: tuple[tuple[str, int], ...] = (),
    ) -> PolicyRevision:
        self.there = [one.schedule.name for one in await self._rotations.every()]
        return await super().add(policy, by, at, expect, source, changing)


@pytest.mark.parametrize("expect", [None, 0])
async def test_the_rotations_that_a_policy_may_name_are_there_before_it(
    loading: Loading, database: Database, expect: int | None
) -> None:
    looking = Looking(database)
    file = await read(loading, SHORT)
    await replace(loading, policies=looking).load(file, "admin", NOON, "a text", expect)

    assert looking.there == ["communications_lead", "incident_commander", "operations_lead"]


async def test_the_file_of_the_setting_is_loaded_once_and_again_when_it_changes(
    loading: Loading, tmp_path: Path
) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(SMALL)
    first = await loading.at_start(path, NOON)
    await loaded(loading, SMALL.replace("Worst", "Changed by hand"))
    second = await loading.at_start(path, NOON)
    by_hand = (await loading.policies.newest()).policy.severities[1].name
    path.write_text(SMALL.replace("Worst", "Newer"))
    third = await loading.at_start(path, NOON)

    assert first is not None
    assert (first.changed, second, by_hand) == (True, None, "Changed by hand")
    assert third is not None
    assert (await loading.policies.newest()).policy.severities[1].name == "Newer"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"severities: {9: {}}", "policy.yaml:1:14: error: severities.9: must be a severity"),
        (b"\xff", "is not UTF-8 text"),
        (None, "cannot be read: No such file"),
    ],
)
async def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(
    loading: Loading, tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "policy.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(Unloadable, match=told):
        await loading.at_start(path, NOON)
    assert await loading.policies.history() == []
    assert await loading.revisions.loaded() is None
