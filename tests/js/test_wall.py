"""What a clock on a wall means, in the browser: the same as the server says, in every zone."""

from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page

from incident.core.oncall.moments import candidates
from incident.core.values import rfc3339

MEANINGS = """async ([walls, zone]) => {
  const { meanings } = await import("/static/js/oncall/wall.js");
  return walls.map((wall) => {
    const { occurs, moments } = meanings(wall, zone);
    return [occurs, moments.map((moment) => new Date(moment).toISOString())];
  });
}"""
CHANGES = [
    ("Europe/Berlin", "2026-03-29T02:30"), ("Europe/Berlin", "2026-10-25T02:30"),
    ("America/New_York", "2026-03-08T02:00"), ("America/New_York", "2026-11-01T01:00"),
    ("Australia/Lord_Howe", "2026-04-05T01:45"), ("Australia/Lord_Howe", "2026-10-04T02:15"),
    ("Asia/Kolkata", "2026-06-01T12:00"), ("UTC", "2026-03-29T02:30"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "around"), CHANGES)
async def test_a_wall_clock_means_what_the_server_says(
    modules: Page, zone: str, around: str
) -> None:
    first = datetime.fromisoformat(around) - timedelta(hours=30)
    walls = [first + timedelta(minutes=15) * step for step in range(240)]

    shown = await modules.evaluate(
        MEANINGS, [[w.isoformat(timespec="minutes") for w in walls], zone]
    )

    read = [candidates(wall, zone) for wall in walls]
    assert [[one.occurs, [rfc3339(moment) for moment in one.moments]] for one in read] == shown
