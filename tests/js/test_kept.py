"""What opening a room does with what is kept for it: old changes are asked about first."""

from typing import Any

import pytest
from playwright.async_api import Page

NOW = "2026-11-21T12:00:00.000Z"
ON_OPENING = """async ([records, now]) => {
  const { onOpening } = await import("/static/js/outbox/timed.js");
  return onOpening(records, Date.parse(now));
}"""


def kept(kind: str, at: str, state: str = "waiting") -> dict[str, Any]:
    return {"command": {"type": kind}, "at": f"2026-11-21T{at}:00.000Z", "state": state}


NOTE, OLD_NOTE = kept("add_timeline", "11:50"), kept("add_timeline", "09:00")
CHANGE, OLD_CHANGE = kept("set_status", "11:50"), kept("set_status", "11:20")


@pytest.mark.parametrize(
    ("records", "does"),
    [
        ([NOTE, OLD_NOTE, CHANGE], "sends"),
        ([OLD_CHANGE], "asks all"),
        ([kept("set_status", "11:50", "asks")], "asks all"),
        ([OLD_NOTE, OLD_CHANGE], "asks"),
        ([OLD_CHANGE | {"insists": True}], "sends"),
        ([OLD_CHANGE, kept("add_timeline", "11:50", "refused")], "decides"),
    ],
)
async def test_an_old_change_is_asked_about_and_a_note_is_sent_however_old_it_is(
    modules: Page, records: list[dict[str, Any]], does: str
) -> None:
    assert does == await modules.evaluate(ON_OPENING, [records, NOW])
