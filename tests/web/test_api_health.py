"""What monitoring asks: alive, ready with each component, and counters."""

from dataclasses import replace
from typing import Any

from incident.channels.nowhere import Nowhere
from incident.courier import Courier
from incident.store.errors import StoreAway
from incident.store.outbox import Outbox
from tests.world import World


class Away:
    """A database that is out of reach."""

    async def ping(self) -> None:
        raise StoreAway("away")


class Frozen:
    """A database that does not answer until it is asked to give up."""

    async def ping(self) -> None:
        import asyncio  # noqa: PLC0415 (nothing else here waits)

        await asyncio.Event().wait()


async def ready_with(world: World, database: Any) -> tuple[int, Any]:  # noqa: ANN401 (stands for a database)
    world.app.state.runtime = replace(world.runtime, database=database)
    try:
        answer = await world.nobody().get("/readyz")
    finally:
        world.app.state.runtime = world.runtime
    return answer.status_code, answer.json()


async def test_a_server_is_alive_whatever_its_database_does(shared: World) -> None:
    answer = await shared.nobody().get("/healthz")

    assert (200, {"status": "ok"}) == (answer.status_code, answer.json())


async def test_a_server_is_ready_when_its_signs_of_life_arrive(shared: World) -> None:
    await shared.runtime.servers.here(shared.runtime.origin, shared.runtime.clock())

    answer = await shared.nobody().get("/readyz")

    components = {"database": "ok", "writes": "ok"}
    assert 200 == answer.status_code
    assert {"status": "ok", "components": components} == answer.json()


async def test_a_way_to_people_that_is_out_of_order_is_told(shared: World) -> None:
    await shared.runtime.servers.here(shared.runtime.origin, shared.runtime.clock())
    courier = Courier(
        Outbox(shared.runtime.database),
        replace(shared.runtime.courier._errands, channels={"email": Nowhere(configured=True)}),
    )
    before = {"email": courier._breakers["email"].state.name}
    for _ in range(5):
        courier._breakers["email"].failed("no answer")

    shared.app.state.runtime = replace(shared.runtime, courier=courier)
    try:
        answer = await shared.nobody().get("/readyz")
    finally:
        shared.app.state.runtime = shared.runtime

    assert before == {"email": "closed"}
    assert 200 == answer.status_code
    assert ("degraded", "degraded") == (
        answer.json()["status"],
        answer.json()["components"]["email"],
    )


async def test_a_server_without_its_database_is_down(shared: World) -> None:
    status, told = await ready_with(shared, Away())

    assert 503 == status
    assert {"database": "down", "writes": "down"} == told["components"]


async def test_the_question_whether_it_is_ready_never_hangs(shared: World) -> None:
    status, told = await ready_with(shared, Frozen())

    assert (503, "down") == (status, told["status"])


async def test_the_counters_count(world: World) -> None:
    ada, admin = await world.person("ada"), await world.admin()
    incident = await ada.declares()
    await ada.notes(incident["id"], "Looking")
    await ada.http.get("/api/incidents/INC-999")
    await ada.http.request("PROPFIND", "/api/incidents")

    async with ada.socket(f"?incident={incident['id']}") as socket:
        await socket.recv()
        answer = await admin.http.get("/metrics")

    lines = answer.text.splitlines()
    one, many = "/api/incidents/{incident}", "/api/incidents"
    assert answer.headers["content-type"].startswith("text/plain")
    assert "incident_commits_total 2.0" in lines
    assert "incident_command_seconds_count 2.0" in lines
    assert "incident_sockets 1.0" in lines
    for method, route, status in (
        ("POST", many, 201), ("POST", f"{one}/timeline", 201), ("GET", one, 404),
        ("other", many, 405),
    ):  # fmt: skip
        labels = f'method="{method}",route="{route}",status="{status}"'
        assert f"incident_http_requests_total{{{labels}}} 1.0" in lines


async def test_counters_are_told_to_admins_alone(shared: World) -> None:
    ada, admin = await shared.person("ada"), await shared.admin()

    strangers = await shared.nobody().get("/metrics")
    responders = await ada.http.get("/metrics")
    admins = await admin.http.get("/metrics")

    assert [401, 403, 200] == [one.status_code for one in (strangers, responders, admins)]
    assert "problem+json" in strangers.headers["content-type"]
