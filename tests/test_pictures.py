"""The list of states that are pictured leaves no screen out, and its page shows what there is."""

from pathlib import Path

import pytest
from starlette.routing import Route

from bench.pictures.sheet_of_contact import write_contact_sheet
from bench.screenshots import README, STATES
from incident.web.app import FOR_PROGRAMS, routes
from incident.web.assets import Assets

SCREENS = {
    "/": "list", "/declare": "declare", "/incidents/{incident}": "room", "/oncall": "oncall",
    "/policy": "policy", "/people": "people", "/you": "you", "/docs": "docs", "/signin": "signin",
    "/welcome": "welcome",
}  # fmt: skip
"""What the pages are called in the list."""
NO_SCREENS = {"/i/{number:int}", "/people/{handle}/link", "/signout"}
"""They only lead to another page."""
OVER_PAGES = {
    "log", "sheet", "composer", "outbox", "link", "replay", "tape", "catch_up", "palette", "keys",
    "wall", "print", "error",
}  # fmt: skip
"""What is no page of its own."""


def test_every_page_of_the_product_is_pictured() -> None:
    shown = {
        route.path
        for route in routes(Assets())
        if isinstance(route, Route) and not route.path.startswith(FOR_PROGRAMS)
    }

    assert shown == SCREENS.keys() | NO_SCREENS
    assert {name.split("-")[0] for name in STATES} == {*SCREENS.values()} | OVER_PAGES


@pytest.mark.parametrize("screen", ["list", "room", "oncall", "policy", "people", "you", "docs"])
def test_a_screen_is_pictured_in_forced_colours_on_a_narrow_phone_and_enlarged(screen: str) -> None:
    wanted = {f"{screen}-{look}" for look in ("forced_colours", "narrow", "enlarged")}

    assert wanted <= STATES.keys()


def test_every_name_is_a_screen_and_a_state() -> None:
    assert [name for name in STATES if name.count("-") != 1] == []


def test_the_pictures_of_the_readme_are_among_them() -> None:
    assert {name.rsplit("-", 2)[0] for name in README} <= STATES.keys()


def test_the_contact_sheet_has_a_row_for_each_state_with_all_its_pictures(tmp_path: Path) -> None:
    looks = ["dark-1440x900", "light-1440x900", "dark-390x844", "light-390x844"]
    for name in ("room-storm", "list-open"):
        for look in looks:
            (tmp_path / f"{name}-{look}.png").touch()

    write_contact_sheet(tmp_path)

    page = (tmp_path / "index.html").read_text()
    assert page.count("<section") == 2
    assert all(f'src="room-storm-{look}.png"' in page for look in looks)
    assert page.index('id="list-open"') < page.index('id="room-storm"')
