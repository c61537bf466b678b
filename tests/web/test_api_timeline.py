"""The timeline over the API: writing, marking, redacting, and reading it page by page."""

import asyncio

import pytest

from incident.core.commands import AddEntry
from incident.web import api_timeline
from tests.world import JSON, Actor, World


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def path(ada: Actor) -> str:
    """The address of a new incident."""
    return f"/api/incidents/{(await ada.declares())['id']}"


async def messages(actor: Actor, address: str) -> list[str]:
    return [entry["message"] for entry in await actor.reads(address)]


async def test_an_entry_is_answered_as_it_stands_in_the_timeline(ada: Actor, path: str) -> None:
    answer = await ada.http.post(
        f"{path}/timeline", json={"message": "It is DNS", "type": "decision"}
    )

    entry = answer.json()
    assert 201 == answer.status_code
    assert (2, 0, 3) == (entry["seq"], entry["index"], entry["number"])
    assert ("ada", "decision", "noted") == (entry["author"], entry["type"], entry["kind"])
    assert entry == (await ada.reads(f"{path}/timeline"))[-1]


async def test_an_entry_about_an_earlier_moment_is_marked_late(ada: Actor, path: str) -> None:
    told = {"message": "The alarm rang", "timestamp": "2026-01-31T18:00:00.000Z"}

    entry = await ada.does("POST", f"{path}/timeline", told)

    assert entry["late"]
    assert told["timestamp"] == entry["timestamp"]
    assert told["timestamp"] < entry["recordedAt"]


async def test_text_comes_back_as_it_was_written(ada: Actor, path: str) -> None:
    text = "<script>alert(1)</script> {{7*7}} \u202e \U0001f525 e\u0301 \t\r\n 'quoted' -- $where"

    entry = await ada.does("POST", f"{path}/timeline", {"message": text})

    assert text == entry["message"]
    assert text == (await messages(ada, f"{path}/timeline"))[-1]


async def test_an_amendment_keeps_what_the_entry_said(ada: Actor, path: str) -> None:
    await ada.does("POST", f"{path}/timeline", {"message": "It is DNS"})

    entry = await ada.does("PATCH", f"{path}/timeline/2/0", {"message": "It is the proxy"})

    assert ("It is DNS", "It is the proxy") == (entry["message"], entry["amended"]["message"])
    assert ("ada", 4) == (entry["amended"]["by"], entry["amended"]["number"])
    assert entry == (await ada.reads(f"{path}/timeline"))[2]
    assert [entry["number"], 4] == [
        one["number"] for one in await ada.reads(f"{path}/timeline?q=proxy")
    ]
    assert [] == await ada.reads(f"{path}/timeline?q=dns")
    assert None is (await ada.reads(f"{path}/replay?seq=2"))["timeline"][-1]["amended"]


async def test_an_entry_is_pinned_and_unpinned(ada: Actor, path: str) -> None:
    await ada.does("POST", f"{path}/timeline", {"message": "It is DNS"})

    pinned = await ada.does("PATCH", f"{path}/timeline/2/0", {"pinned": True})
    found = await messages(ada, f"{path}/timeline?pinned=true")
    again = await ada.does("PATCH", f"{path}/timeline/2/0", {"pinned": True})
    unpinned = await ada.does("PATCH", f"{path}/timeline/2/0", {"pinned": False})

    assert [True, True, False] == [one["pinned"] for one in (pinned, again, unpinned)]
    assert ["It is DNS"] == found
    assert [] == await messages(ada, f"{path}/timeline?pinned=true")


async def test_a_mark_cannot_be_marked(ada: Actor, path: str) -> None:
    await ada.does("PATCH", f"{path}/timeline/1/0", {"pinned": True})

    answer = await ada.http.patch(f"{path}/timeline/2/0", json={"message": "x"})

    assert (409, "not-amendable") == (answer.status_code, answer.json()["code"])


async def test_redacted_text_is_nowhere_any_more(world: World) -> None:
    ada, admin = await world.person("ada"), await world.admin()
    secret = "hunter2hunter2"
    incident = await ada.declares(title=f"Leaked {secret}", description=secret)
    path = f"/api/incidents/{incident['id']}"
    await ada.does("POST", f"{path}/timeline", {"message": f"The password is {secret}"})
    await ada.does("PATCH", f"{path}/timeline/2/0", {"message": f"It is {secret}!"})

    declared = await admin.does("DELETE", f"{path}/timeline/1/0")
    entry = await admin.does("DELETE", f"{path}/timeline/2/0")
    again = await admin.does("DELETE", f"{path}/timeline/2/0")

    assert declared["redacted"]
    assert (True, "[redacted]", "ada") == (entry["redacted"], entry["message"], entry["author"])
    assert entry == again
    for address in (path, f"{path}/timeline", f"{path}/replay?seq=3", f"{path}/postmortem.md"):
        assert secret not in (await ada.http.get(address)).text
    assert secret not in (await ada.http.get("/api/incidents")).text
    assert [] == (await ada.http.get(f"/api/incidents?q={secret}")).json()
    for name in await world.runtime.database.db.list_collection_names():
        async for stored in world.runtime.database.db[name].find():
            assert secret not in repr(stored)


async def test_an_update_is_an_entry_and_a_promise(ada: Actor, path: str) -> None:
    told = {"audience": "customers", "message": "We are on it", "nextUpdateIn": "PT30M"}

    answer = await ada.http.post(f"{path}/updates", json=told)

    incident = await ada.reads(path)
    channel = incident["communications"]["customers"]
    assert 201 == answer.status_code
    assert ("communication", "update_posted") == (answer.json()["type"], answer.json()["kind"])
    assert channel["dueAt"] > channel["lastSentAt"]
    assert not channel["missed"]


@pytest.fixture
async def long(ada: Actor, path: str) -> str:
    """An incident of nine commits: its declaration, and notes 1 to 8 of two types."""
    for number in range(1, 9):
        kind = "decision" if number % 4 == 0 else "info"
        await ada.does("POST", f"{path}/timeline", {"message": f"Note {number}", "type": kind})
    return f"{path}/timeline"


def notes(*numbers: int) -> list[str]:
    return [f"Note {number}" for number in numbers]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("after=1", notes(1, 2, 3, 4, 5, 6, 7, 8)),
        ("after=7", notes(7, 8)),
        ("after=9", []),
        ("after=99", []),
        ("after=1&limit=2", notes(1, 2)),
        ("after=2&before=5", notes(2, 3)),
        ("after=2&before=5&limit=1", notes(2)),
        ("before=5&limit=2", notes(2, 3)),
        ("before=99&limit=2", notes(7, 8)),
        ("type=decision", notes(4, 8)),
        ("type=decision&limit=1", notes(4)),
        ("type=decision&before=99&limit=1", notes(8)),
        ("type=decision,info&after=7", notes(7, 8)),
        ("type=decision&type=info&after=8", notes(8)),
        ("q=note%203", notes(3)),
        ("q=NOTE&after=7", notes(7, 8)),
        ("q=.*", []),
        ("pinned=false&after=8", notes(8)),
        ("pinned=true", []),
    ],
)
async def test_a_page_holds_what_was_asked_for(
    ada: Actor, long: str, query: str, expected: list[str]
) -> None:
    assert expected == await messages(ada, f"{long}?{query}")


@pytest.mark.parametrize(
    "query", ["limit=2", "limit=4&type=info,decision,milestone", "limit=1&q=e", "before=9&limit=3"]
)
async def test_following_the_links_shows_everything_once(ada: Actor, long: str, query: str) -> None:
    pages: list[list[JSON]] = []
    following = f"{long}?{query}"
    while following:
        answer = await ada.http.get(following)
        pages.append(answer.json())
        following = answer.links.get("next", {}).get("url", "")

    seqs = [[entry["seq"] for entry in page] for page in pages]
    numbers = [entry["number"] for page in pages for entry in page]
    last = 8 if "before" in query else 9
    assert all(page == sorted(page) for page in seqs)
    assert list(range(1, last + 1)) == sorted({seq for page in seqs for seq in page})
    assert len(numbers) == len(set(numbers))
    assert len(pages) > 1


async def test_a_page_never_cuts_a_commit_in_two(ada: Actor, shared: World) -> None:
    await shared.person("mei")
    # Of a severity that pages nobody: that a page reaches nobody would be a commit of its own.
    roles = {"commander": "ada", "commsLead": "mei", "opsLead": "mei"}
    incident = await ada.declares(severity=5, **roles)
    path = f"/api/incidents/{incident['id']}/timeline"
    await ada.notes(incident["id"], "Looking")

    answer = await ada.http.get(f"{path}?limit=2")
    following = await ada.http.get(answer.links["next"]["url"])

    assert [1, 1, 1, 1] == [entry["seq"] for entry in answer.json()]
    assert [2] == [entry["seq"] for entry in following.json()]
    assert "next" not in following.links


async def test_one_request_looks_through_as_many_entries_however_commits_hold_them(
    ada: Actor, shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident: str = (await ada.declares(severity=5))["id"]

    async def at_once(count: int) -> None:
        one = AddEntry(by="ada", message="The pool is full", type="alert")
        await asyncio.gather(*(shared.runtime.desk.submit(incident, one) for _ in range(count)))

    await at_once(1_000)
    await ada.notes(incident, "The needle in it")
    await at_once(500)
    for _ in range(120):
        await at_once(1)
    monkeypatch.setattr(api_timeline, "SCANNED", 700)
    monkeypatch.setattr(api_timeline, "PAGE_LIMIT", 100)

    path = f"/api/incidents/{incident}/timeline?q=needle&before=9999999"
    assert ["The needle in it"] == await messages(ada, path)


async def test_entries_that_share_a_commit_are_told_apart_by_their_index(
    ada: Actor, path: str
) -> None:
    answers = await asyncio.gather(
        *(ada.does("POST", f"{path}/timeline", {"message": f"Note {n}"}) for n in range(20))
    )

    places = {(entry["seq"], entry["index"]) for entry in answers}
    assert 20 == len(places)
    assert {f"Note {n}" for n in range(20)} == {entry["message"] for entry in answers}
    for entry in answers[:3]:
        pinned = await ada.does(
            "PATCH", f"{path}/timeline/{entry['seq']}/{entry['index']}", {"pinned": True}
        )
        assert entry["message"] == pinned["message"]
    found = await ada.reads(f"{path}/timeline?pinned=true")
    assert sorted(entry["number"] for entry in answers[:3]) == [one["number"] for one in found]
