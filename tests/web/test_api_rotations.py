"""Rotations over the API: defined, read, looked ahead, and exceptions from them."""

from itertools import pairwise
from typing import Any

import pytest

from tests.web.test_problems import is_problem
from tests.world import JSON, Actor, World

BERLIN: JSON = {
    "role": "operations_lead",
    "region": "eu-central",
    "layers": [
        {
            "timezone": "Europe/Berlin",
            "starts": "2026-01-05",
            "handoff": "weekly Mon 09:00",
            "members": ["ada", "mei"],
        }
    ],
}
DAYS = "from=2026-03-23T00:00:00Z&to=2026-04-13T00:00:00Z"


@pytest.fixture
async def admin(world: World) -> Actor:
    for handle in ("ada", "mei", "tomas"):
        await world.person(handle)
    root = await world.admin()
    await world.runtime.orders.refresh()
    return root


@pytest.fixture
async def ada(world: World, admin: Actor) -> Actor:
    return await world.person("ada")


@pytest.fixture
async def berlin(admin: Actor) -> str:
    await admin.does("PUT", "/api/rotations/berlin", BERLIN)
    return "/api/rotations/berlin"


async def test_a_rotation_is_defined_and_read(admin: Actor) -> None:
    answer = await admin.http.put("/api/rotations/berlin", json=BERLIN)

    told = answer.json()
    assert (201, '"1"', "/api/rotations/berlin") == (
        answer.status_code, answer.headers["etag"], answer.headers["location"],
    )  # fmt: skip
    assert ("berlin", 1, "root", "operations_lead", []) == (
        told["name"], told["revision"], told["by"], told["role"], told["overrides"],
    )  # fmt: skip
    assert BERLIN["layers"][0].items() <= told["layers"][0].items()
    assert told == await admin.reads("/api/rotations/berlin")
    assert [told] == await admin.reads("/api/rotations")


async def test_what_was_read_can_be_sent_back(admin: Actor, berlin: str) -> None:
    before = await admin.reads(berlin)
    told = {name: before[name] for name in ("role", "region", "layers")}

    after = await admin.does("PUT", berlin, told)

    assert before["layers"] == after["layers"]
    assert before["revision"] + 1 == after["revision"]


async def test_hours_and_stations_are_told_as_they_were_sent(admin: Actor) -> None:
    hours = {"days": ["mon", "tue"], "from": "09:00", "to": "17:00"}
    stations = [{"region": "eu-central", "timezone": "Europe/Berlin", "members": ["ada"]}]
    layers: list[JSON] = [
        {"name": "day", "priority": 1, "members": ["mei"], "hours": hours},
        {"name": "sun", "handoff": "sun 09:00", "stations": stations},
    ]

    told = await admin.does("PUT", "/api/rotations/mixed", {"layers": layers})

    assert (hours, stations) == (told["layers"][0]["hours"], told["layers"][1]["stations"])


async def test_a_definition_on_an_old_version_is_refused(admin: Actor, berlin: str) -> None:
    changed = BERLIN | {"region": "eu-west"}
    late = await admin.http.put(berlin, json=changed, headers={"If-Match": '"9"'})
    twice = await admin.http.put(berlin, json=changed, headers={"If-None-Match": "*"})
    right = await admin.http.put(berlin, json=changed, headers={"If-Match": '"1"'})

    assert is_problem(late, 412, "if-match-failed")
    assert is_problem(twice, 412, "if-match-failed")
    assert (1, 200, '"2"') == (
        late.json()["revision"], right.status_code, right.headers["etag"],
    )  # fmt: skip


async def test_a_definition_that_was_taken_may_be_sent_again_under_its_condition(
    admin: Actor, berlin: str
) -> None:
    again = await admin.http.put(berlin, json=BERLIN, headers={"If-None-Match": "*"})
    changed = BERLIN | {"region": "eu-west"}
    conditions = {"If-Match": again.headers["etag"]}
    first = await admin.http.put(berlin, json=changed, headers=conditions)
    second = await admin.http.put(berlin, json=changed, headers=conditions)

    assert (200, '"1"') == (again.status_code, again.headers["etag"])
    assert (200, 200, '"2"') == (first.status_code, second.status_code, second.headers["etag"])
    assert first.json() == second.json()


async def test_a_rotation_is_removed(admin: Actor, berlin: str) -> None:
    answer = await admin.http.delete(berlin)

    assert (204, b"") == (answer.status_code, answer.content)
    assert is_problem(await admin.http.get(berlin), 404, "no-such-rotation")
    assert is_problem(await admin.http.delete(berlin), 404, "no-such-rotation")
    assert [] == await admin.reads("/api/rotations")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_only_admins_define_rotations(ada: Actor, berlin: str, method: str) -> None:
    answer = await ada.http.request(method, berlin, json=BERLIN)

    assert is_problem(answer, 403, "forbidden")


async def test_shifts_are_whole_and_in_order_and_say_what_the_clocks_do(
    ada: Actor, berlin: str
) -> None:
    shifts = await ada.reads(f"{berlin}/shifts?{DAYS}")

    spring = next(one for one in shifts if one["note"])
    assert all(a["person"] != b["person"] for a, b in pairwise(shifts))
    assert 4 == len(shifts)
    assert all(a["until"] == b["since"] for a, b in pairwise(shifts))
    assert ("2026-03-23T08:00:00.000Z", "2026-03-30T07:00:00.000Z") == (
        spring["since"], spring["until"],
    )  # fmt: skip
    assert "2026-03-29" in spring["note"]


WINDOWS = [
    ("from=2026-01-01T00:00:00Z&to=2027-03-01T00:00:00Z", "bad-window"),
    ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "bad-window"),
    ("from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "bad-window"),
    ("from=10000-01-01T00:00:00Z", "invalid"),
    ("from=9999-12-30T00:00:00Z", "invalid"),
    ("from=2026-01-01", "invalid"),
    ("from=1", "invalid"),
    ("since=2026-01-01T00:00:00Z", "invalid"),
]


@pytest.mark.parametrize(("query", "code"), WINDOWS)
async def test_a_time_that_is_too_long_or_none_is_refused(
    ada: Actor, berlin: str, query: str, code: str
) -> None:
    answer = await ada.http.get(f"{berlin}/shifts?{query}")

    assert is_problem(answer, 422, code)


@pytest.mark.parametrize("year", ["0001", "1969", "2899", "9998"])
@pytest.mark.parametrize("field", ["from", "to"])
async def test_times_further_than_ten_years_away_are_refused(
    ada: Actor, berlin: str, field: str, year: str
) -> None:
    answer = await ada.http.get(f"{berlin}/shifts?{field}={year}-06-01T00:00:00Z")

    assert is_problem(answer, 422, "invalid")
    assert f"{field}: must be within 10 years of now." == answer.json()["detail"]


def layer(**fields: Any) -> JSON:  # noqa: ANN401 (JSON)
    return {"layers": [{"members": ["ada"], **fields}]}


DEFINITIONS: list[tuple[JSON, str]] = [
    ({}, "invalid"),
    ({"layers": []}, "invalid"),
    ({"layers": [{}] * 21}, "invalid"),
    ({"layers": [{}]}, "bad-rotation"),
    ({"name": "other", **layer()}, "invalid"),
    ({"overrides": [], **layer()}, "invalid"),
    ({"role": "Janitor", **layer()}, "invalid"),
    (layer(timezone="Mars/Base"), "invalid"),
    (layer(timezone="../../etc/passwd"), "invalid"),
    (layer(members=["Ada"]), "invalid"),
    (layer(members=["ada"] * 201), "invalid"),
    (layer(members=["ghost"]), "no-such-person"),
    (layer(handoff="daily 25:00"), "bad-rotation"),
    (layer(handoff="every 0h"), "bad-rotation"),
    (layer(handoff="every 9999h"), "bad-rotation"),
    (layer(handoff="sometimes"), "bad-rotation"),
    (layer(handoff="sun 09:00"), "bad-rotation"),
    (layer(handoff=7), "invalid"),
    (layer(starts="2026-02-30"), "bad-rotation"),
    (layer(starts="9999-01-01"), "bad-rotation"),
    (layer(starts="2026-01-05T09:00Z"), "bad-rotation"),
    (layer(hours={"from": "09:00"}), "invalid"),
    (layer(hours={"from": "9am", "to": "17:00"}), "bad-rotation"),
    (layer(hours={"from": "00:00", "to": "00:00"}), "bad-rotation"),
    (layer(hours={"days": ["noday"], "from": "09:00", "to": "17:00"}), "invalid"),
    (layer(hours={"days": [], "from": "09:00", "to": "17:00"}), "invalid"),
    (layer(priority=True), "invalid"),
    (layer(priority=10**9), "invalid"),
    (layer(advance="never"), "invalid"),
    ({"layers": [layer()["layers"][0]] * 2}, "bad-rotation"),
]


@pytest.mark.parametrize(("body", "code"), DEFINITIONS, ids=repr)
async def test_a_definition_that_is_wrong_is_refused(shared: World, body: JSON, code: str) -> None:
    await shared.person("ada")
    admin = await shared.admin()

    answer = await admin.http.put("/api/rotations/wrong", json=body)

    assert is_problem(answer, 422, code)
    assert 404 == (await admin.http.get("/api/rotations/wrong")).status_code


@pytest.mark.parametrize("name", ["Wrong", "a b", "$where", "-x", "x" * 81, "%00", "x.ics"])
async def test_a_rotation_needs_a_name_that_is_one(shared: World, name: str) -> None:
    await shared.person("ada")

    answer = await (await shared.admin()).http.put(f"/api/rotations/{name}", json=layer())

    assert answer.status_code in {404, 405, 422}
    assert is_problem(answer, answer.status_code, answer.json()["code"])


# Exceptions.


async def test_somebody_is_covered_for_a_while(ada: Actor, berlin: str) -> None:
    told = {
        "person": "me", "with": "tomas", "reason": "At the dentist",
        "start": "2026-03-24T08:00:00Z", "end": "2026-03-24T16:00:00Z",
    }  # fmt: skip
    on_duty = (await ada.reads(f"{berlin}/shifts?{DAYS}"))[1]["person"]
    told["person"] = "me" if on_duty == "ada" else on_duty

    answer = await ada.http.post(f"{berlin}/overrides", json=told)

    made = answer.json()
    shifts = await ada.reads(f"{berlin}/shifts?{DAYS}")
    covering = next(one for one in shifts if one["override"] == made["id"])
    assert 201 == answer.status_code, answer.text
    assert f"{berlin}/overrides/{made['id']}" == answer.headers["location"]
    assert ("replace", on_duty, "tomas", "ada", "At the dentist") == tuple(
        made[name] for name in ("kind", "person", "with", "createdBy", "reason")
    )
    assert ("tomas", "2026-03-24T08:00:00.000Z") == (covering["person"], covering["since"])
    assert [made] == (await ada.reads(berlin))["overrides"]


async def test_the_same_key_makes_one_exception(ada: Actor, berlin: str) -> None:
    told = {"kind": "add", "person": "tomas", "start": "2026-03-24T08:00:00Z",
            "end": "2026-03-24T16:00:00Z"}  # fmt: skip
    key = {"Idempotency-Key": "cover"}

    first = await ada.http.post(f"{berlin}/overrides", json=told, headers=key)
    again = await ada.http.post(f"{berlin}/overrides", json=told, headers=key)
    other = await ada.http.post(f"{berlin}/overrides", json=told | {"person": "mei"}, headers=key)
    await ada.does("DELETE", first.headers["location"])
    late = await ada.http.post(f"{berlin}/overrides", json=told, headers=key)

    assert first.content == again.content
    assert [None, "true"] == [one.headers.get("idempotency-replayed") for one in (first, again)]
    assert is_problem(other, 422, "idempotency-key-reused")
    assert is_problem(late, 409, "already-cancelled")
    assert [] == (await ada.reads(berlin))["overrides"]


async def test_an_exception_is_taken_back_by_whom_it_concerns(
    world: World, admin: Actor, ada: Actor, berlin: str
) -> None:
    told = {"kind": "add", "person": "mei", "start": "2096-03-24T08:00:00Z",
            "end": "2096-03-24T16:00:00Z"}  # fmt: skip
    made = [await ada.does("POST", f"{berlin}/overrides", told) for _ in range(3)]
    mei, tomas = await world.person("mei"), await world.person("tomas")

    stranger = await tomas.http.delete(f"{berlin}/overrides/{made[0]['id']}")
    for who, one in zip((ada, mei, admin), made, strict=True):
        await who.does("DELETE", f"{berlin}/overrides/{one['id']}")
    twice = await ada.http.delete(f"{berlin}/overrides/{made[0]['id']}")

    assert is_problem(stranger, 403, "forbidden")
    assert is_problem(twice, 404, "no-such-override")
    assert twice.json()["detail"].startswith("It was cancelled by ada at 20")
    assert [] == (await ada.reads(berlin))["overrides"]


async def test_who_took_an_exception_back_stays_to_be_read(
    admin: Actor, ada: Actor, berlin: str
) -> None:
    told = {"kind": "add", "person": "mei", "reason": "Both of us",
            "start": "2096-03-24T08:00:00Z", "end": "2096-03-24T16:00:00Z"}  # fmt: skip
    first, second = [await ada.does("POST", f"{berlin}/overrides", told) for _ in range(2)]
    for one in (first, second):
        await admin.does("DELETE", f"{berlin}/overrides/{one['id']}")

    left = await ada.reads(berlin)

    assert [] == left["overrides"]
    assert [second, first] == [
        {name: value for name, value in one.items() if not name.startswith("cancelled")}
        for one in left["cancelled"]
    ]
    assert ("ada", "root", left["at"]) == (
        left["cancelled"][0]["createdBy"],
        left["cancelled"][0]["cancelledBy"],
        left["cancelled"][0]["cancelledAt"],
    )


async def test_a_local_time_is_of_the_zone_of_the_rotation(ada: Actor, berlin: str) -> None:
    told = {"kind": "add", "person": "tomas"}
    told |= {"start": "2026-07-01T09:00", "end": "2026-07-01 17:00:00"}

    made = await ada.does("POST", f"{berlin}/overrides", told)
    elsewhere = await ada.does(
        "POST", f"{berlin}/overrides", told | {"timezone": "America/New_York"}
    )

    assert ("2026-07-01T07:00:00.000Z", "2026-07-01T15:00:00.000Z") == (
        made["start"], made["end"],
    )  # fmt: skip
    assert "2026-07-01T13:00:00.000Z" == elsewhere["start"]


@pytest.mark.parametrize(
    ("field", "local", "moments"),
    [
        ("start", "2026-03-29T02:30", ["2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z"]),
        ("end", "2026-10-25T02:30", ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]),
    ],
)
async def test_a_local_time_that_is_none_or_two_is_refused_with_what_it_may_mean(
    ada: Actor, berlin: str, field: str, local: str, moments: list[str]
) -> None:
    told = {"kind": "add", "person": "tomas"}
    told |= {"start": "2026-01-01T00:00:00Z", "end": "2026-11-01T00:00:00Z", field: local}

    answer = await ada.http.post(f"{berlin}/overrides", json=told)

    assert is_problem(answer, 422, "ambiguous-time")
    assert (field, moments) == (answer.json()["field"], answer.json()["candidates"])
    assert [field] == answer.json()["errors"][0]["loc"]


START, END = "2026-03-24T08:00:00Z", "2026-03-24T16:00:00Z"
OVERRIDES: list[tuple[JSON, str]] = [
    ({"person": "ada", "start": START, "end": END}, "bad-override"),
    ({"kind": "add", "person": "ada", "with": "mei", "start": START, "end": END}, "bad-override"),
    ({"person": "ada", "with": "me", "start": START, "end": END}, "bad-override"),
    ({"kind": "add", "person": "ada", "start": END, "end": START}, "bad-override"),
    ({"kind": "add", "person": "ada", "start": START, "end": START}, "bad-override"),
    ({"kind": "add", "person": "ada", "start": START, "end": "2028-01-01T00:00:00Z"},
     "bad-override"),
    ({"kind": "add", "person": "ghost", "start": START, "end": END}, "no-such-person"),
    ({"person": "ada", "with": "ghost", "start": START, "end": END}, "no-such-person"),
    ({"kind": "swap", "person": "ada", "start": START, "end": END}, "invalid"),
    ({"kind": "add", "person": "ada", "start": START}, "invalid"),
    ({"kind": "add", "person": "ada", "start": 5, "end": END}, "invalid"),
    ({"kind": "add", "person": "ada", "start": "10000-01-01T00:00:00Z", "end": END}, "invalid"),
    ({"kind": "add", "person": "ada", "start": "2026-13-01T00:00", "end": END}, "invalid"),
    ({"kind": "add", "person": "ada", "start": "0001-01-01T00:00", "end": END}, "bad-override"),
    ({"kind": "add", "person": "ada", "start": START, "end": END, "timezone": "Mars/Base"},
     "invalid"),
    ({"kind": "add", "person": "ada", "start": START, "end": END, "id": "x"}, "invalid"),
    ({"kind": "add", "person": "ada", "start": START, "end": END, "reason": "x" * 1_001},
     "invalid"),
    ({"with_person": "mei", "person": "ada", "start": START, "end": END}, "invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code"), OVERRIDES, ids=repr)
async def test_an_exception_that_is_wrong_is_refused(shared: World, body: JSON, code: str) -> None:
    ada, admin = await shared.person("ada"), await shared.admin()
    await shared.person("mei")
    await admin.does("PUT", "/api/rotations/east", {"layers": [
        {"timezone": "Asia/Tokyo", "members": ["ada"]},
    ]})  # fmt: skip

    answer = await ada.http.post("/api/rotations/east/overrides", json=body)

    assert is_problem(answer, 422, code)
    assert [] == (await ada.reads("/api/rotations/east"))["overrides"]
