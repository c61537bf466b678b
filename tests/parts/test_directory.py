"""People by handle: added once, changed field by field."""

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError

from incident.store.connection import Database
from incident.store.directory import Directory, Notify, Person, Quiet, Taken
from tests.builders import LATER, NOON


@pytest.fixture
async def directory(database: Database) -> Directory:
    directory = Directory(database)
    await directory.prepare()
    return directory


def person(handle: str = "ada", **fields: object) -> Person:
    told = {"handle": handle, "name": handle.title(), "created_at": NOON}
    return Person.model_validate(told | fields)


async def test_a_person_is_found_as_they_were_added(directory: Directory) -> None:
    ada = person(email="ada@example.com", region="eu", timezone="Europe/Berlin")
    await directory.add(ada)

    assert await directory.find("ada") == ada
    assert await directory.find("nobody") is None


async def test_how_somebody_wants_to_be_told_is_kept(directory: Directory) -> None:
    quiet = Quiet(from_="22:00", to="07:30")
    await directory.add(person(phone="+1-555-123-4567", notify=Notify(email=False), quiet=quiet))
    before = await directory.find("ada")
    changed = await directory.change("ada", {"quiet": None, "notify": {"webhook": False}})

    assert before is not None
    assert (before.phone, before.quiet) == ("+1-555-123-4567", quiet)
    assert before.notify == Notify(email=False, webhook=True, browser=True)
    assert changed is not None
    assert (changed.quiet, changed.notify) == (None, Notify(webhook=False))


async def test_whoever_said_nothing_is_told_in_every_way_at_any_hour(directory: Directory) -> None:
    await directory.add(person())
    ada = await directory.find("ada")

    assert ada is not None
    assert (ada.notify, ada.quiet) == (Notify(email=True, webhook=True, browser=True), None)


async def test_a_handle_belongs_to_one_person(directory: Directory) -> None:
    added = await asyncio.gather(
        *(directory.add(person(name=f"Ada {n}")) for n in range(10)), return_exceptions=True
    )

    assert sorted(str(type(one).__name__) for one in added) == ["NoneType"] + ["Taken"] * 9
    with pytest.raises(Taken):
        await directory.add(person())


async def test_people_are_listed_by_handle(directory: Directory) -> None:
    for handle in ("mei", "ada", "bo"):
        await directory.add(person(handle))

    assert [one.handle for one in await directory.everyone()] == ["ada", "bo", "mei"]


async def test_a_change_leaves_the_rest_as_it_was(directory: Directory) -> None:
    await directory.add(person(region="eu"))

    changed = await directory.change("ada", {"name": "Ada L.", "disabled": True})

    assert changed == person(name="Ada L.", region="eu", disabled=True)
    assert await directory.change("nobody", {"name": "X"}) is None
    assert await directory.find("nobody") is None


async def test_somebody_but_the_bootstrap_person_has_to_be_the_admin(directory: Directory) -> None:
    before = await directory.has_admin()
    await directory.add(person("admin", role="admin"))
    with_bootstrap = await directory.has_admin()
    await directory.add(person("ada", role="admin"))

    assert (before, with_bootstrap, await directory.has_admin()) == (False, False, True)


async def test_when_somebody_was_seen_is_kept(directory: Directory) -> None:
    await directory.add(person())
    await directory.seen("ada", LATER)

    assert await directory.find("ada") == person(last_seen=LATER)


@pytest.mark.parametrize(
    "fields",
    [
        {"handle": "Ada"},
        {"handle": "a" * 41},
        {"name": "two\nlines"},
        {"email": "no address"},
        {"email": "a@b@c"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"role": "root"},
        {"phone": "call me"},
        {"quiet": {"from_": "22:00", "to": "24:00"}},
        {"notify": {"pigeon": True}},
        {"unheard_of": 1},
    ],
)
def test_what_is_no_person_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        person(**fields)
