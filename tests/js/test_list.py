"""The list says the same of a row live as at first, and lists the same as the server would."""

from typing import Any

import pytest
from playwright.async_api import Page

from incident.web.list_page import told

NAMES = {"ada": "Ada Okafor", "mei": "Mei Tanaka"}
LAST = [
    {"author": "ada", "kind": kind, "message": message}
    for kind, message in (
        ("noted", "mei knows (the index), ada"),
        ("noted", "ada is not on call: page mei"),
        ("", "ada is scribe"),
        ("role_assigned", "mei leads, not ada."),
        ("action_started", "ACT-2 started by mei"),
        ("action_proposed", "ACT-1 proposed by ada: ask mei"),
        ("paged", "Paged level 1: mei, ada"),
        ("commander_missing", "Nobody leads: paged (mei)"),
    )
] + [{"author": "system", "kind": "response_missed", "message": "Nobody answered: ada"}]

OPEN = {
    "id": "INC-7", "title": "Login is slow", "description": "Über 20 s", "status": "active",
    "severity": 2, "affectedServices": ["auth-api"], "affectedRegions": ["eu"],
    "holders": {"scribe": "mei"},
}  # fmt: skip
OVER = OPEN | {"id": "INC-8", "status": "closed", "severity": 1, "holders": {}}


async def test_the_last_entry_of_a_row_reads_the_same_live_as_at_first(modules: Page) -> None:
    live = await modules.evaluate(
        """async ([names, entries]) => {
          const { people } = await import("/static/js/state.js");
          const { told } = await import("/static/js/list/told.js");
          people.value = names;
          return entries.map(told);
        }""",
        [{handle: {"name": name} for handle, name in NAMES.items()}, LAST],
    )

    assert live == [list(told(one, NAMES)) for one in LAST]


@pytest.mark.parametrize(
    ("query", "belong"),
    [
        ("", [True, True]),
        ("sev=1,2", [True, True]),
        ("severity=1", [False, True]),
        ("state=open", [True, False]),
        ("state=ended&sev=1", [False, True]),
        ("status=active,closed", [True, True]),
        ("sev=x&state=y", [True, True]),
        ("service=auth-api&region=eu&role=mei", [True, False]),
        ("service=auth", [False, False]),
        ("q=slow+log", [True, True]),
        ("q=inc-7", [True, False]),
        ("q=%C3%BCber", [True, True]),
        ("q=low", [False, False]),
    ],
)
async def test_what_the_address_asks_for_is_what_belongs(
    modules: Page, query: str, belong: list[bool]
) -> None:
    found: dict[str, Any] = await modules.evaluate(
        """async ([query, incidents]) => {
          const { matching } = await import("/static/js/list/matching.js");
          const { any, belongs } = matching(new URLSearchParams(query));
          return { any, belong: incidents.map(belongs) };
        }""",
        [query, [OPEN, OVER]],
    )

    assert found["belong"] == belong
    assert found["any"] == (query not in {"", "sev=x&state=y"})
