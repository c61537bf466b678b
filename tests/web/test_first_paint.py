"""What the server draws of the room before any script runs, in the words of the scripts."""

import re
from datetime import UTC, datetime

from tests.world import World

ODD = "Drain \u202ethe zone"
"""What turns the words after it around, where nobody names it."""


async def painted(world: World, incident: str) -> str:
    page = (await (await world.browser_of("ada")).get(f"/incidents/{incident}")).text
    return page.split('<script type="application/json"')[0]


async def test_the_room_names_what_turns_text_around_wherever_people_wrote_it(
    shared: World,
) -> None:
    ada = await shared.person("ada")
    odd = {"affectedServices": [ODD], "affectedRegions": [ODD]}
    incident = (await ada.declares(ODD, severity=3, description=ODD, **odd))["id"]
    path = f"/api/incidents/{incident}"
    on = {"target": "ledger-db", "region": "eu-west-1"}
    for number in range(3):
        await ada.does(
            "POST", f"{path}/actions", on | {"description": f"{ODD} {number}", "impact": ODD}
        )
    await ada.does("PUT", f"{path}/actions/ACT-1", {"status": "in-progress"})
    await ada.does("PUT", f"{path}/actions/ACT-3", {"status": "abandoned", "reason": ODD})
    await ada.does("POST", f"{path}/hypotheses", {"description": ODD})
    await ada.notes(incident, ODD)

    page = await painted(shared, incident)

    assert "\u202e" not in page
    assert page.count("[U+202E]the zone") > 9


async def test_the_day_above_the_log_is_written_in_words(shared: World) -> None:
    ada = await shared.person("ada")
    incident = (await ada.declares("Card payments fail"))["id"]
    for day in (datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2025, 12, 31, 12, tzinfo=UTC)):
        await ada.notes(incident, "It began", timestamp=day.isoformat())

    days = re.findall(r'<li class="day">([^<]+)</li>', await painted(shared, incident))

    assert "Thursday, 29 February 2024" in days
    assert "Wednesday, 31 December 2025" in days


async def test_an_address_in_a_note_or_a_reason_is_a_link_from_the_first(shared: World) -> None:
    ada = await shared.person("ada")
    incident = (await ada.declares("Card payments fail", severity=3))["id"]
    await ada.notes(incident, "See https://one.example/a?b=1&c=2.")
    await ada.does(
        "PATCH",
        f"/api/incidents/{incident}",
        {"severity": 2, "reason": "as https://two.example/ says"},
    )

    page = await painted(shared, incident)

    out = 'dir="ltr" target="_blank" rel="noopener noreferrer"'
    one = "https://one.example/a?b=1&amp;c=2"
    assert f'<a href="{one}" {out}>{one}</a>.' in page
    assert f'<a href="https://two.example/" {out}>https://two.example/</a> says' in page
