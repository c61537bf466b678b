"""The pages: to whom they are shown, and what they say when something is wrong."""

import html
import json
import re

import httpx2
import pytest

from incident.store.connection import Database
from incident.store.errors import StoreAway
from tests.web.serving import raw
from tests.world import World, world_on

PAGES = ("/", "/declare", "/docs", "/incidents/{incident}")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HOSTILE = "</script><script>alert(1)</script>{{7*7}}<img src=x onerror=alert(2)>"


@pytest.fixture
async def ada(shared: World) -> httpx2.AsyncClient:
    """Ada's browser."""
    await shared.person("ada")
    return await shared.browser_of("ada")


@pytest.fixture
async def root(shared: World) -> httpx2.AsyncClient:
    """An administrator's browser."""
    await shared.admin()
    return await shared.browser_of("root")


@pytest.fixture
async def incident(shared: World) -> str:
    declared: str = (await (await shared.person("ada")).declares("Checkout is down"))["id"]
    return declared


def is_page(answer: httpx2.Response) -> bool:
    return answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_shown_to_whoever_is_signed_in(
    ada: httpx2.AsyncClient, incident: str, path: str
) -> None:
    answer = await ada.get(path.format(incident=incident))
    head = await ada.head(path.format(incident=incident))

    assert answer.status_code == 200
    assert is_page(answer)
    assert answer.text.rstrip().endswith("</html>")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", [*PAGES, "/people", "/incidents/INC-99999", "/incidents/x"])
async def test_nobody_else_sees_more_than_the_way_to_sign_in(
    shared: World, incident: str, path: str
) -> None:
    asked = path.format(incident=incident)
    answer = await shared.nobody().get(asked)

    way = "/signin" if asked == "/" else f"/signin?next={asked}"
    assert (answer.status_code, answer.headers["location"]) == (303, way)
    assert answer.content == b""
    assert (await shared.nobody().get("/signin")).status_code == 200


async def test_nothing_is_looked_up_for_somebody_unknown(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway

    monkeypatch.setattr(shared.runtime.lists, "find", away)
    monkeypatch.setattr(shared.runtime.journal, "latest", away)

    for path in ("/", "/incidents/INC-1"):
        assert (await shared.nobody().get(path)).status_code == 303


async def test_the_page_of_an_incident_carries_what_the_api_says(
    shared: World, ada: httpx2.AsyncClient, incident: str
) -> None:
    answer = await ada.get(f"/incidents/{incident}")

    boot = json.loads(html.unescape(answer.text.split('id="boot">')[1].split("</script>")[0]))
    told = (await ada.get(f"/api/incidents/{incident}")).json()
    assert boot["incident"] == told
    assert boot["me"]["handle"] == "ada"
    assert boot["people"]["ada"] == {"name": "Ada"}


@pytest.mark.parametrize("path", [*PAGES, "/oncall", "/policy", "/you"])
async def test_nobodys_address_is_on_a_page_that_everybody_sees(
    shared: World, ada: httpx2.AsyncClient, incident: str, path: str
) -> None:
    root = await shared.admin()
    private = {"email": "root@private.test", "phone": "+15550100"}
    await shared.runtime.directory.change("root", private)
    await root.notes(incident, "Looking")

    text = (await ada.get(path.format(incident=incident))).text
    theirs = (await (await shared.browser_of("root")).get("/people")).text

    assert [told for told in private.values() if told in text] == []
    assert [told for told in private.values() if told in html.unescape(theirs)] != []


async def test_the_list_says_what_waits_for_whom_before_any_script_runs(
    shared: World, ada: httpx2.AsyncClient, incident: str
) -> None:
    root = await shared.admin()
    await root.does("POST", f"/api/incidents/{incident}/escalate", {"people": ["ada"]})
    told = f"Root paged you for {incident}"

    before = (await ada.get("/")).text
    await (await shared.person("ada")).notes(incident, "On it")

    assert told in before
    assert told not in (await ada.get("/")).text
    assert told not in (await (await shared.browser_of("root")).get("/")).text


async def test_a_row_that_an_older_version_wrote_is_shown(
    shared: World, ada: httpx2.AsyncClient, incident: str
) -> None:
    rows = shared.runtime.database.db["incidents"]
    later = ("calls", "askedUntil", "noCommanderSince", "paging", "offers", "pageRound")
    await rows.update_one({"_id": incident}, {"$unset": {f"row.{name}": "" for name in later}})

    answer = await ada.get("/")

    assert answer.status_code == 200
    assert f'data-id="{incident}"' in answer.text


async def test_who_is_called_to_command_is_not_told_of_its_offer_as_well(
    shared: World, ada: httpx2.AsyncClient, incident: str
) -> None:
    rows = shared.runtime.database.db["incidents"]
    offers = {"incident_commander": "ada", "scribe": "ada"}
    asked = {"row.calls": [{"person": "ada", "by": "system"}], "row.offers": offers}
    await rows.update_one({"_id": incident}, {"$set": asked})

    called = (await ada.get("/")).text
    await rows.update_one({"_id": incident}, {"$set": {"row.calls": []}})
    offered = (await ada.get("/")).text

    line = f"You are offered incident commander of {incident}"
    assert f"Nobody commands {incident}" in called
    assert f"You are offered scribe of {incident}" in called
    assert (False, True) == (line in called, line in offered)


async def test_who_is_paged_and_called_to_command_is_asked_once(
    shared: World, ada: httpx2.AsyncClient, incident: str
) -> None:
    rows = shared.runtime.database.db["incidents"]
    asked = {"row.calls": [{"person": "ada", "by": "system"}], "row.paging": ["ada"]}
    asked |= {"row.acknowledgedBy": None, "row.title": "Payment \u202efails"}
    await rows.update_one({"_id": incident}, {"$set": asked})

    page = (await ada.get("/")).text

    assert f"Nobody commands {incident}" in page
    assert f"You are paged for {incident}" not in page
    assert "SEV3 <bdi>Payment [U+202E]fails</bdi>" in page
    assert "\u202e" not in page


async def test_what_people_write_stays_text(shared: World, ada: httpx2.AsyncClient) -> None:
    actor = await shared.person("ada")
    incident = (await actor.declares(HOSTILE, affectedServices=[HOSTILE[:100]]))["id"]
    await actor.notes(incident, HOSTILE)
    await actor.does("POST", f"/api/incidents/{incident}/actions", {"description": HOSTILE})

    for path in ("/", f"/incidents/{incident}", f"/?q={HOSTILE}", f"/?service={HOSTILE}"):
        text = (await ada.get(path)).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "49" not in re.findall(r"script&gt;([0-9]+)", text)


async def test_a_short_link_leads_to_the_incident(shared: World) -> None:
    answer = await shared.nobody().get("/i/7")

    assert (answer.status_code, answer.headers["location"]) == (307, "/incidents/INC-7")


async def test_a_short_link_keeps_the_moment_and_nothing_else(shared: World) -> None:
    answer = await shared.nobody().get("/i/7?at=2026-11-21T02:44:10Z%0d%0a&next=//evil.test")

    assert answer.headers["location"] == "/incidents/INC-7?at=2026-11-21T02:44:10Z%0D%0A"


NOWHERE = [
    "/incidents/INC-99999",
    "/incidents/INC-0",
    "/incidents/inc-1",
    "/incidents/INC-1%00",
    "/incidents/" + "x" * 2_000,
    "/incidents/<script>alert(1)</script>",
    "/nowhere",
    "/i/x",
    "/i/-1",
    "/welcome/x",
    "//evil.test/",
    "/%2f%2fevil.test/",
    "/index.php",
    "/.git/config",
    "/..%2f..%2fetc/passwd",
]


@pytest.mark.parametrize("path", NOWHERE)
async def test_what_is_not_there_is_told_on_a_page(ada: httpx2.AsyncClient, path: str) -> None:
    answer = await ada.get(str(ada.base_url).rstrip("/") + path)

    assert answer.status_code == 404
    assert is_page(answer)
    assert "<script>alert" not in answer.text
    assert "All incidents" in answer.text
    assert "Not Found" not in answer.text  # HTTP's words
    assert 'aria-label="Main"' in answer.text  # the ways on


@pytest.mark.parametrize("path", ["/api/nowhere", "/static/nowhere.css", "/ws", "/api/"])
async def test_what_is_not_there_is_a_problem_for_programs(
    ada: httpx2.AsyncClient, path: str
) -> None:
    answer = await ada.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"), ("DELETE", "/incidents/INC-1"), ("GET", "/signout"), ("OPTIONS", "/"),
        ("PUT", "/welcome"), ("GET", "/people/ada/link"), ("OPTIONS", "/people"),
    ],
)  # fmt: skip
async def test_a_page_takes_only_what_it_is_for(
    ada: httpx2.AsyncClient, method: str, path: str
) -> None:
    answer = await ada.request(method, path)

    assert answer.status_code == 405
    assert is_page(answer)
    assert answer.headers["allow"]


async def test_people_are_for_administrators(
    shared: World, ada: httpx2.AsyncClient, root: httpx2.AsyncClient
) -> None:
    before = await shared.stored()

    refused = [await ada.get("/people"), await ada.post("/people/ada/link")]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert all(is_page(answer) for answer in refused)
    assert await shared.stored() == before
    assert (await root.get("/people")).status_code == 200


async def test_an_administrator_makes_a_link_that_works(
    shared: World, ada: httpx2.AsyncClient, root: httpx2.AsyncClient
) -> None:
    answer = await root.post("/people/ada/link")

    (url,) = set(re.findall(r"http://[^\s\"<]+/welcome\?token=[\w-]{43}", answer.text))
    guest = shared.client({"Origin": shared.address})
    entered = await guest.post("/welcome", data={"token": url.partition("token=")[2]})
    assert url.startswith(shared.address)
    assert entered.status_code == 303


@pytest.mark.parametrize("handle", ["zed", "gone", "$ne", "%00", "..%2fada"])
async def test_nobody_gets_a_link_who_is_not_there_or_disabled(
    shared: World, root: httpx2.AsyncClient, handle: str
) -> None:
    await shared.person("gone")
    await shared.runtime.directory.change("gone", {"disabled": True})
    before = await shared.stored()

    answer = await root.post(f"/people/{handle}/link")

    assert answer.status_code == 404
    assert await shared.stored() == before


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%ff%fe", "q=" + "a" * 5_000, "q=.*", "q=(a%2b)%2b$", "severity=9",
        "severity=1&severity=2&severity=x", "status=none", "status[$ne]=x", "service=%00",
        "region=$where", "role=../..", "q=%F0%9F%92%A9", "&&&=&=", "q=%ED%A0%80",
    ],
)  # fmt: skip
async def test_a_list_is_shown_whatever_is_asked_of_it(ada: httpx2.AsyncClient, query: str) -> None:
    answer = await ada.get(f"/?{query}")

    assert answer.status_code == 200


async def test_a_filtered_list_shows_what_matches(shared: World, ada: httpx2.AsyncClient) -> None:
    actor = await shared.person("ada")
    await actor.declares("Only this kiwi", severity=1)
    await actor.declares("And not that plum", severity=2)

    found = (await ada.get("/?q=kiwi&severity=1")).text
    other = (await ada.get("/?q=kiwi&severity=2")).text

    assert ("Only this kiwi" in found, "not that plum" in found) == (True, False)
    assert ("Only this kiwi" in other, "not that plum" in other) == (False, False)


@pytest.mark.parametrize("path", ["/signout", "/welcome", "/people/ada/link"])
@pytest.mark.parametrize("announced", ["announced", "in pieces"])
async def test_a_form_that_is_too_large_is_refused_in_words(
    root: httpx2.AsyncClient, path: str, announced: str
) -> None:
    body = b"token=" + b"x" * 10_000_000

    async def pieces() -> object:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    content = body if announced == "announced" else pieces()
    answer = await root.post(path, content=content, headers=FORM)  # type: ignore[arg-type]  # both are taken

    assert answer.status_code == 413
    assert is_page(answer)
    assert "A body has at most 256 KiB." in answer.text


async def test_a_form_that_ends_too_early_is_no_fault_of_ours(
    shared: World, caplog: pytest.LogCaptureFixture
) -> None:
    fields = {"Host": "x", "Origin": "http://x", "Content-Length": "100", **FORM}
    head = "\r\n".join(["POST /welcome HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items())])
    for _ in range(5):
        async with raw(shared.port) as client:
            await client.send(f"{head}\r\n\r\ntoken=".encode())
            assert (await shared.nobody().get("/signin")).status_code == 200
    assert (await shared.nobody().get("/signin")).status_code == 200

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_pages_say_that_the_database_is_away(
    shared: World, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, incident: str
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway

    monkeypatch.setattr(shared.runtime.journal, "latest", away)
    one = await ada.get(f"/incidents/{incident}")
    monkeypatch.setattr(shared.runtime.credentials, "session", away)
    monkeypatch.setattr(shared.runtime.credentials, "link", away)
    others = [await ada.get("/"), await ada.get("/welcome?token=x"), await ada.post("/signout")]
    monkeypatch.undo()

    for answer in (one, *others[:2]):
        assert answer.status_code == 503
        assert is_page(answer)
        assert answer.headers["retry-after"] == "2"
        assert "The database is out of reach" in answer.text
    assert others[2].status_code == 303


async def test_a_fault_of_ours_is_a_page_with_a_number(
    shared: World,
    ada: httpx2.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("mongodb://root:hunter2@db")

    monkeypatch.setattr(shared.runtime.lists, "find", broken)
    answer = await ada.get("/")

    (fault,) = {record.__dict__["fault"] for record in caplog.records if "fault" in record.__dict__}
    assert answer.status_code == 500
    assert is_page(answer)
    assert fault in answer.text
    assert "hunter2" not in answer.text


async def test_a_new_server_shows_an_empty_list(database: Database) -> None:
    async with world_on(database) as world:
        await world.person("ada")

        assert (await (await world.browser_of("ada")).get("/")).status_code == 200
