"""The pages of rotations and of the policy, as the server draws them."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.world import JSON, Actor, World

ZONES = {
    "berlin": ("eu-central", "Europe/Berlin", "09:00", "17:00"),
    "singapore": ("ap-southeast", "Asia/Singapore", "08:00", "16:00"),
    "los-angeles": ("us-west", "America/Los_Angeles", "08:00", "16:00"),
}
"""Complete in winter; from 23:00 to 24:00 UTC there is nobody in summer."""
SUMMER, WINTER, AUTUMN = "2026-07-10", "2026-01-10", "2026-10-22"


@pytest.fixture(scope="module")
async def there(shared: World) -> World:
    """Where three regions hand over to each other."""
    root, who = await staffed(shared), dict(zip(ZONES, ("ada", "mei", "tomas"), strict=True))
    for name, (region, timezone, begin, end) in ZONES.items():
        layer: JSON = {"timezone": timezone, "starts": "2026-01-05", "members": [who[name]]}
        layer |= {"handoff": f"weekly Mon {begin}", "hours": {"from": begin, "to": end}}
        told = {"role": "operations_lead", "region": region, "layers": [layer]}
        await root.does("PUT", f"/api/rotations/{name}", told)
    return shared


@pytest.fixture
async def sun(there: World) -> httpx2.AsyncClient:
    """Ada's browser there."""
    return await there.browser_of("ada")


async def staffed(world: World) -> Actor:
    """An admin, with people to be on call."""
    for handle in ("ada", "mei", "tomas"):
        await world.person(handle)
    root = await world.admin()
    await world.runtime.orders.refresh()
    return root


async def nights(admin: Actor) -> None:
    """A rotation whose shifts are twelve hours by the clock on the wall."""
    layer: JSON = {"timezone": "Europe/Berlin", "starts": "2026-01-05", "handoff": "every 12h"}
    told = {"layers": [layer | {"members": ["ada", "mei"]}]}
    await admin.does("PUT", "/api/rotations/nights", told)


async def shown(browser: httpx2.AsyncClient, path: str) -> str:
    answer = await browser.get(path)

    assert answer.status_code == 200
    return answer.text


def gaps(page: str) -> list[str]:
    return re.findall(r'<g class="gap".*?<title>(.*?)</title>', page)


def bands(page: str) -> list[str]:
    return re.findall(r'<g class="band".*?<title>(.*?)\n', page)


async def test_a_gap_between_regions_is_hatched_and_says_when(sun: httpx2.AsyncClient) -> None:
    page = await shown(sun, f"/oncall?from={SUMMER}&days=7")

    assert len(gaps(page)) == 7
    assert gaps(page)[0] == "No one is on call, Fri 10 Jul 23:00-24:00 UTC"
    assert "No one 23:00-24:00</text>" in page
    assert page.count('fill="url(#hatch)"') == 7 * (1 + len(ZONES))


async def test_a_whole_winter_has_no_colour(sun: httpx2.AsyncClient) -> None:
    page = await shown(sun, f"/oncall?from={WINTER}&days=28")

    assert gaps(page) == []
    assert 'fill="url(#hatch)"' not in page


async def test_the_forecast_says_what_comes_and_why(sun: httpx2.AsyncClient) -> None:
    page = await shown(sun, "/oncall")

    assert "every day 23:00-24:00 UTC" in page
    assert "the clocks of America/Los_Angeles go forward" in page


async def test_each_shift_is_a_band_with_its_time_and_the_name(sun: httpx2.AsyncClient) -> None:
    page = await shown(sun, f"/oncall?from={SUMMER}&days=1")

    assert sorted(bands(page)) == [
        "Ada, berlin, Fri 10 Jul 07:00-15:00 UTC",
        "Mei, singapore, Fri 10 Jul 00:00-08:00 UTC",
        "Tomas, los-angeles, Fri 10 Jul 15:00-23:00 UTC",
    ]


async def test_a_shift_that_the_clocks_change_is_flagged(
    there: World, sun: httpx2.AsyncClient
) -> None:
    await nights(await there.admin())
    page = await shown(sun, f"/oncall?from={AUTUMN}&days=7")
    await (await there.admin()).does("DELETE", "/api/rotations/nights")

    (flagged,) = re.findall(r'class="leaps">.*<ul><li>(.*?)</li></ul>', page)
    assert "this shift is 13 h, not 12 h: the clocks go back on 2026-10-25" in flagged
    assert page.count("data-leap") == 1
    assert "· 13 h</text>" in page


async def test_an_override_is_drawn_and_can_be_taken_back_by_whom_it_concerns(
    there: World, sun: httpx2.AsyncClient
) -> None:
    now, root = there.runtime.clock(), await there.admin()
    start, end = now - timedelta(days=1), now + timedelta(days=2)
    told: dict[str, Any] = {"person": "ada", "with": "mei", "reason": "<b>Dentist</b>"}
    told |= {"start": start.isoformat(), "end": end.isoformat()}
    made: JSON = await root.does("POST", "/api/rotations/berlin/overrides", told)

    hers = await shown(sun, "/oncall")
    others = await shown(await there.browser_of("tomas"), "/oncall")

    assert any(words.startswith("Mei covers Ada, berlin") for words in bands(hers))
    assert "data-override data" in hers
    assert "&lt;b&gt;Dentist&lt;/b&gt;" in hers
    assert f'data-cancel="{made["id"]}"' in hers
    assert "data-cancel=" not in others


async def test_hours_are_told_in_utc_and_by_the_viewers_clock(
    there: World, sun: httpx2.AsyncClient
) -> None:
    await there.runtime.directory.change("ada", {"timezone": "Asia/Kolkata"})

    page = await shown(sun, f"/oncall?from={SUMMER}&days=7")

    assert "<span>Kolkata</span>" in page
    assert re.search(r'y="35" dx="6">06</text><text class="local"[^>]*>11:30</text>', page)


@pytest.mark.parametrize(
    "query",
    [
        "from=x", "from=9999-12-31", "from=0001-01-01", "days=0", "days=999", "days=x", "from=%00",
        "from=2026-02-30&days=7", "from=1990-01-01&days=28", "from=2199-12-31&days=28",
        "from=%F0%9F%92%A9", "from=2026-07-10T23:30:00Z",
    ],
)  # fmt: skip
async def test_the_page_is_shown_whatever_is_asked_of_it(
    sun: httpx2.AsyncClient, query: str
) -> None:
    assert "Rotations" in await shown(sun, f"/oncall?{query}")


async def test_a_place_without_rotations_says_where_they_come_from(world: World) -> None:
    await staffed(world)

    assert "There is no rotation yet." in await shown(await world.browser_of("ada"), "/oncall")


async def test_no_page_writes_style_or_script_into_itself(sun: httpx2.AsyncClient) -> None:
    for path in (f"/oncall?from={SUMMER}", "/policy"):
        page = await shown(sun, path)

        assert " style=" not in page
        assert re.findall(r"\son[a-z]+=", page) == []


async def test_everybody_reads_the_policy_and_admins_edit_it(there: World) -> None:
    ada, root = [await there.browser_of(who) for who in ("ada", "root")]
    hers, theirs = await shown(ada, "/policy"), await shown(root, "/policy")

    for page in (hers, theirs):
        assert "Single point of decision-making authority" in page
        assert "every 30 min" in page
    assert "<textarea" not in hers
    assert "<textarea" in theirs


async def test_the_policy_says_where_the_ladder_repeats(there: World) -> None:
    """The built-in one has four levels."""
    text = await shown(await there.browser_of("ada"), "/policy?revision=0")

    assert "it repeats from level 3, 5 turns in all" in text


async def test_the_policy_has_a_history(world: World) -> None:
    admin = await staffed(world)
    text = "severities:\n  1: {name: Everything burns, respond_within: 2m}\n"
    headers = {"Content-Type": "application/yaml"}
    saved = await admin.http.put("/api/policy", content=text, headers=headers)
    assert saved.status_code == 200
    ada = await world.browser_of("ada")

    now, before = await shown(ada, "/policy"), await shown(ada, "/policy?revision=0")

    assert "Everything burns" in now
    assert "by Root" in now
    assert "Everything burns" not in before
    assert "This held earlier." in before


@pytest.mark.parametrize("number", ["7", "-1", "x", "%00", "9" * 50, "1e3", "²"])
async def test_a_revision_that_is_not_there_is_told_on_a_page(
    sun: httpx2.AsyncClient, number: str
) -> None:
    assert (await sun.get(f"/policy?revision={number}")).status_code == 404


async def test_what_people_are_called_stays_text(world: World) -> None:
    root = await staffed(world)
    hostile = "</script><script>alert(1)</script>\"'{{7*7}}"
    await world.runtime.directory.change("ada", {"name": hostile, "region": hostile})
    layer: JSON = {"timezone": "UTC", "starts": "2026-01-05", "handoff": "daily 09:00"}
    told = {"region": hostile, "layers": [layer | {"members": ["ada", "mei"]}]}
    await root.does("PUT", "/api/rotations/nights", told)
    browser = await world.browser_of("root")

    for path in ("/oncall", "/policy", "/people", "/you"):
        page = await shown(browser, path)
        assert "<script>alert" not in page
        assert "{{7*7}}" in page or "7*7" not in page


async def test_everybody_says_how_they_want_to_be_told(there: World) -> None:
    person = {"quiet": {"from_": "22:15", "to": "06:45"}}
    await there.runtime.directory.change("mei", person)

    page = await shown(await there.browser_of("mei"), "/you")

    assert 'value="22:15"' in page
    assert "An admin changes these." in page
