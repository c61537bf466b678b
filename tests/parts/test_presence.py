"""Who is in a room, and which processes live: told lately, or gone."""

from datetime import timedelta

import pytest

from incident.store import presence as presences
from incident.store import servers as processes
from incident.store.connection import Database
from incident.store.presence import Here, Presence
from incident.store.servers import Servers
from tests.builders import MINUTE
from tests.parts.offices import real_time

NOW = real_time() + timedelta(days=1)
"""Ahead of the database's own clock, by which it sweeps away what is over."""


@pytest.fixture
async def presence(database: Database) -> Presence:
    presence = Presence(database)
    await presence.prepare()
    return presence


@pytest.fixture
async def servers(database: Database) -> Servers:
    servers = Servers(database)
    await servers.prepare()
    return servers


def here(
    handle: str = "ada", place: str = "timeline", incident: str = "INC-1", on: str | None = None
) -> Here:
    return Here(incident, handle, handle.title(), place, on)


async def handles(presence: Presence, incident: str = "INC-1") -> list[str]:
    return [one["handle"] for one in await presence.in_room(incident, NOW)]


async def test_whoever_entered_is_there_in_the_order_they_came(presence: Presence) -> None:
    await presence.enter("c1", here("mei"), NOW - presences.LIFE / 4)
    await presence.enter("c2", here("ada"), NOW - presences.LIFE / 2)
    await presence.enter("c3", here("bo", incident="INC-2"), NOW)

    assert await handles(presence) == ["ada", "mei"]
    assert await handles(presence, "INC-2") == ["bo"]


async def test_a_person_with_two_windows_is_there_once_where_they_last_were(
    presence: Presence,
) -> None:
    came = NOW - presences.LIFE / 2
    await presence.enter("c1", here(place="timeline"), came)
    await presence.enter("c2", here(place="fixes", on="ACT-4"), NOW)

    (one,) = await presence.in_room("INC-1", NOW)

    assert one == {
        "handle": "ada", "name": "Ada", "place": "fixes", "on": "ACT-4", "since": came,
    }  # fmt: skip


async def test_a_sign_of_life_keeps_since_when_somebody_is_there(presence: Presence) -> None:
    came = NOW - presences.LIFE / 2
    await presence.enter("c1", here(on="H1"), came)
    await presence.enter("c1", here(place="fixes"), NOW)

    (one,) = await presence.in_room("INC-1", NOW + presences.LIFE / 2)

    assert (one["since"], one["place"], one["on"]) == (came, "fixes", None)


async def test_whoever_left_or_fell_silent_is_gone(presence: Presence) -> None:
    await presence.enter("c1", here("ada"), NOW)
    await presence.enter("c2", here("mei"), NOW - presences.LIFE)
    await presence.enter("c3", here("bo"), NOW)
    await presence.leave("c3")
    await presence.leave("never there")

    assert await handles(presence) == ["ada"]


async def test_a_process_lives_while_it_gives_signs_of_life(servers: Servers) -> None:
    await servers.here("one", NOW)
    await servers.here("two", NOW - processes.LIFE)
    await servers.here("three", NOW - processes.LIFE / 2)
    await servers.here("three", NOW)
    await servers.here("four", NOW)
    await servers.gone("four")

    assert sorted(await servers.alive(NOW)) == ["one", "three"]
    assert await servers.alive(NOW + MINUTE) == []
