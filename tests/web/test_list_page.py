"""The home page as the server draws it: what is open, who is on call, what ended lately."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from incident.web.list_page import lately, told
from tests.world import Actor, World

NAMES = {"ada": "Ada Okafor", "mei": "Mei Tanaka"}
ROW = re.compile(r'<li class="row" data-id="(INC-\d+)"')
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
async def ada(world: World) -> Actor:
    return await world.person("ada")


async def shown(world: World, path: str = "/") -> str:
    browser: httpx2.AsyncClient = await world.browser_of("ada")
    answer = await browser.get(path)

    assert answer.status_code == 200
    return html.unescape(answer.text)


def rows(page: str) -> list[str]:
    before, _, _ = page.partition('<template id="row">')
    return ROW.findall(before)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["INC-2", "INC-1", "INC-3"]),
        ("?sev=1,2", ["INC-2"]),
        ("?severity=1&severity=3", ["INC-2", "INC-1"]),
        ("?state=open", ["INC-2", "INC-1"]),
        ("?state=ended", ["INC-3"]),
        ("?status=resolved", ["INC-3"]),
        ("?state=triage,resolved", ["INC-3"]),
        ("?sev=9&state=nonsense", ["INC-2", "INC-1", "INC-3"]),
        ("?service=ledger&sev=1,3", ["INC-1"]),
        ("?region=eu&service=ledger", ["INC-1"]),
        ("?role=ada", ["INC-2"]),
        ("?q=login", ["INC-2"]),
    ],
)
async def test_the_address_says_what_is_listed(
    world: World, ada: Actor, query: str, found: list[str]
) -> None:
    where = {"affectedServices": ["ledger"], "affectedRegions": ["eu"]}
    await ada.declares("Payments fail", severity=3, **where)
    await ada.declares("Login is slow", severity=1, commander="ada")
    over = (await ada.declares("It was nothing", severity=4))["id"]
    await ada.does("PUT", f"/api/incidents/{over}/status", {"status": "resolved"})

    assert rows(await shown(world, f"/{query}")) == found


async def test_a_row_has_the_summary_and_calls_people_by_name(world: World, ada: Actor) -> None:
    await world.person("mei")
    incident = (await ada.declares(severity=3, description="1 in 9 checkouts fails."))["id"]
    await ada.does("PUT", f"/api/incidents/{incident}/roles/scribe", {"assignee": "mei"})
    page = await shown(world)

    assert "<bdi>1 in 9 checkouts fails.</bdi>" in page
    assert "Mei is scribe" in page or "made Mei scribe" in page
    assert "made mei" not in page


async def test_what_waits_for_somebodys_word_is_on_top_of_their_page_alone(
    world: World, ada: Actor
) -> None:
    mei = await world.person("mei")
    incident = (await mei.declares(severity=1, commander="ada"))["id"]
    await mei.does("POST", f"/api/incidents/{incident}/actions", {"description": "Restart"})
    page = await shown(world)
    hers = await (await world.browser_of("mei")).get("/")

    assert f"ACT-1 waits for your approval in {incident}" in page
    assert f'href="/incidents/{incident}#ACT-1"' in page
    assert "waits for your approval" not in hers.text


async def test_who_is_on_call_is_told_by_region_and_to_whoever_it_is(
    world: World, ada: Actor
) -> None:
    before = await shown(world)
    root = await world.admin()
    layer: dict[str, Any] = {"timezone": "UTC", "starts": "2026-01-05", "handoff": "daily 00:00"}
    rotation = {"region": "eu-west", "layers": [layer | {"members": ["ada"]}]}
    await root.does("PUT", "/api/rotations/payments", rotation)
    page = await shown(world)
    band, _, _ = page.partition("Ended in the last 7 days")

    assert "On call now" not in before
    assert "You are on call for <b>payments</b>" in page
    assert re.search(r"<bdi>eu-west</bdi> <span><bdi>payments</bdi>", band)
    assert "<bdi>Ada</bdi>" in band
    assert "You are on call" not in (await (await world.browser_of("root")).get("/")).text


async def test_a_gap_later_today_is_told_in_words_and_drawn(world: World, ada: Actor) -> None:
    root = await world.admin()
    now = world.runtime.clock()
    hours = {"from": f"{now - timedelta(hours=1):%H}:00", "to": f"{now + timedelta(hours=3):%H}:00"}
    layer = {"timezone": "UTC", "starts": "2026-01-05", "handoff": "daily 00:00", "hours": hours}
    await root.does("PUT", "/api/rotations/payments", {"layers": [layer | {"members": ["ada"]}]})
    page = await shown(world)

    assert f"no one from {hours['to']} UTC" in page
    assert '<rect class="hole"' in page
    assert "No one is on call" in page  # the words of the hole


async def test_two_on_call_at_once_have_a_line_each(world: World, ada: Actor) -> None:
    root = await world.admin()
    await world.person("mei")
    layer = {"timezone": "UTC", "starts": "2026-01-05", "handoff": "daily 00:00"}
    rotation = {"layers": [layer | {"members": ["ada"]}]}
    await root.does("PUT", "/api/rotations/payments", rotation)
    now = world.runtime.clock()
    more = {
        "kind": "add",
        "person": "mei",
        "start": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
    }
    more |= {"end": f"{now + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"}
    await root.does("POST", "/api/rotations/payments/overrides", more)
    page = await shown(world)

    [two] = re.findall(r"<p><bdi>(\w+)</bdi>.*?<br><bdi>(\w+)</bdi>", page)
    assert {"Ada", "Mei"} == {*two}  # who began earlier stands first, and just after midnight Mei


async def test_who_asks_for_what_ended_is_not_told_of_what_is_open(
    world: World, ada: Actor
) -> None:
    await ada.declares("Payments fail", severity=3)
    nothing = await shown(world, "/?state=ended")
    over = (await ada.declares("It was nothing", severity=4))["id"]
    await ada.does("PUT", f"/api/incidents/{over}/status", {"status": "resolved"})
    found = await shown(world, "/?state=ended")

    assert "No ended incident matches these filters." in nothing
    assert '<h2 id="h-open" hidden>' in found
    assert re.search(r'data-empty="open" hidden', found)
    assert '<h2 id="h-open">' in await shown(world, "/?state=ended,open")


async def test_an_ended_incident_says_what_became_of_its_post_mortem(
    world: World, ada: Actor
) -> None:
    for severity in (1, 4):
        incident = (await ada.declares(severity=severity))["id"]
        await ada.does("PUT", f"/api/incidents/{incident}/status", {"status": "resolved"})
    page = await shown(world)
    told = re.findall(r'data-f="pmState">([^<]*)</b>', page)

    assert told[:2] == ["None asked for", "Not started"]
    assert "Ended in the last 7 days" in page


def test_what_ended_eight_days_ago_is_not_lately() -> None:
    def ended(days: int) -> dict[str, Any]:
        at = (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {"id": days, "resolutionTime": at, "closedTime": None, "updatedTime": at}

    assert [row["id"] for row in lately([ended(1), ended(6), ended(8)], NOW)] == [1, 6]


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        ("noted", "mei knows the index", ("Ada Okafor", "mei knows the index")),
        ("noted", "ada knows the index", ("Ada Okafor", "ada knows the index")),
        ("", "mei is scribe", ("Ada Okafor", "mei is scribe")),
        ("role_assigned", "mei leads, not ada", ("", "Mei Tanaka leads, not Ada Okafor")),
        ("action_started", "ACT-2 started by mei", ("Ada Okafor", "ACT-2 started by Mei Tanaka")),
        ("action_proposed", "ACT-1 proposed: ask mei", ("Ada Okafor", "ACT-1 proposed: ask mei")),
        ("paged", "Paged level 1: mei, ada", ("", "Paged level 1: Mei Tanaka, Ada Okafor")),
    ],
)  # fmt: skip
def test_people_are_called_by_name_but_in_their_own_words(
    kind: str, message: str, said: tuple[str, str]
) -> None:
    last = {"author": "ada", "message": message, "kind": kind}

    assert told(last, NAMES) == said
