"""An address of the web in a note is a link, however long it is."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import NARROW, Someone, axe, overflow, someone
from tests.process import ServerProcess, served

LONG = "https://grafana.example/d/ledger?" + "&".join(f"var-{n}=primary" for n in range(40))


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("links") / "data") as running:
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada", size=NARROW)
    yield who
    assert who.faults == []
    await who.context.close()


async def test_addresses_lead_out_of_the_room_and_wrap(server: ServerProcess, ada: Someone) -> None:
    body = {"title": "Card payments fail", "severity": 5}
    path = str((await server.call("POST", "/api/incidents", body)).headers["Location"])
    await server.call("POST", f"{path}/timeline", {"message": f"`ls` says {LONG}."})
    await ada.open_room(path.rsplit("/", 1)[-1])
    link = ada.page.locator("#entries .c a[target=_blank]")
    await link.wait_for()
    await expect(ada.page.locator("#entries code")).to_have_text("ls")
    found = [await link.get_attribute(name) for name in ("href", "rel")]
    shown = await link.inner_text()
    box = await link.bounding_box()
    wide, wrong = await overflow(ada.page), await axe(ada.page)

    assert found == [LONG, "noopener noreferrer"]
    assert shown == LONG
    assert box is not None
    assert box["x"] + box["width"] <= NARROW[0]
    assert (wide, wrong) == (0, [])
