"""Commanding an incident over the socket: handoffs, the ladder, promises, hypotheses."""

from typing import Any

import pytest

from incident.core.patches import merged, without_nulls
from tests.web.talking import JSON, talking
from tests.world import Actor, World

LEAD = "incident_commander"


@pytest.fixture(scope="module")
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture(scope="module")
async def mei(shared: World) -> Actor:
    return await shared.person("mei")


@pytest.fixture
async def incident(ada: Actor, mei: Actor) -> str:
    """An incident of severity 1 that Ada commands."""
    declared: str = (await ada.declares(commander="ada", severity=1))["id"]
    return declared


async def test_a_role_is_handed_over_and_everybody_sees_it_at_once(
    ada: Actor, mei: Actor, incident: str
) -> None:
    async with (
        talking(ada.socket(f"?incident={incident}")) as old,
        talking(mei.socket(f"?incident={incident}")) as new,
    ):
        offered = await old.asks("offer_role", "o", role=LEAD, to="mei", brief="Mind the replica")
        accepted = await new.asks("accept_role", "a", role=LEAD)
        seen = (await old.commits(3))[-1]

    assert [("ack", 2), ("ack", 3)] == [(one["type"], one["seq"]) for one in (offered, accepted)]
    assert "mei" == seen["patch"]["commander"]
    assert ["role_accepted"] == [one["kind"] for one in seen["entries"]]


async def test_every_command_is_done_and_every_patch_leads_to_what_can_be_read(
    ada: Actor, incident: str
) -> None:
    commands: list[tuple[str, JSON]] = [
        ("offer_role", {"role": LEAD, "to": "mei"}),
        ("withdraw_offer", {"role": LEAD}),
        ("escalate", {"reason": "Nobody answers"}),
        ("pause_escalation", {"for": "PT15M", "reason": "On the phone"}),
        ("resume_escalation", {}),
        ("snooze_update", {"audience": "customers", "for": "PT1H", "reason": "No news"}),
        ("raise_hypothesis", {"description": "The proxies"}),
        ("judge_hypothesis", {"hypothesis": "H1", "verdict": "supported", "entries": [1]}),
        ("acknowledge", {}),
    ]
    async with talking(ada.socket(f"?incident={incident}")) as talk:
        snapshot = await talk.until("snapshot")
        acks = [await talk.asks(kind, f"r{n}", **told) for n, (kind, told) in enumerate(commands)]
        commits = await talk.commits(len(commands) + 1)

    assert [(n + 2, 0) for n in range(len(commands))] == [(a["seq"], a["index"]) for a in acks]
    state = snapshot["incident"] | {"actions": {}}
    for commit in commits:
        state = merged(state, commit["patch"])
    told = await ada.reads(f"/api/incidents/{incident}")
    told["actions"] = {one["id"]: one for one in told["actions"]}
    del told["timeline"], state["timeline"]
    assert without_nulls(told) == without_nulls(state)


async def test_declining_and_applying_a_policy_are_commands_too(
    ada: Actor, mei: Actor, incident: str
) -> None:
    await ada.does("POST", f"/api/incidents/{incident}/roles/{LEAD}/handoff", {"to": "mei"})

    async with talking(mei.socket(f"?incident={incident}")) as talk:
        declined = await talk.asks("decline_role", "d", role=LEAD, reason="On a plane")
        applied = await talk.asks("apply_policy", "p")

    assert ("ack", 0) == (declined["type"], declined["index"])
    assert ("ack", None) == (applied["type"], applied["index"])


REFUSED: list[tuple[str, JSON, str]] = [
    ("offer_role", {"role": LEAD, "to": "nobody"}, "no-such-person"),
    ("offer_role", {"role": LEAD, "to": "me"}, "invalid"),
    ("offer_role", {"role": "janitor", "to": "mei"}, "no-such-role"),
    ("offer_role", {"role": "Lead", "to": "mei"}, "invalid"),
    ("offer_role", {"role": LEAD, "to": "mei", "brief": "x" * 10_001}, "invalid"),
    ("accept_role", {"role": "scribe"}, "no-offer"),
    ("decline_role", {"role": "scribe"}, "no-offer"),
    ("withdraw_offer", {"role": "scribe"}, "no-offer"),
    ("acknowledge", {"round": 99}, "stale-page"),
    ("acknowledge", {"round": "1"}, "invalid"),
    ("pause_escalation", {"for": "P40D"}, "invalid"),
    ("snooze_update", {"audience": "press", "for": "PT5M"}, "invalid"),
    ("escalate", {"people": ["nobody"]}, "no-such-person"),
    ("judge_hypothesis", {"hypothesis": "H9", "verdict": "open"}, "no-such-hypothesis"),
    ("judge_hypothesis", {"hypothesis": "9", "verdict": "open"}, "invalid"),
]


@pytest.mark.parametrize(("kind", "fields", "code"), REFUSED, ids=repr)
async def test_what_is_wrong_is_refused_with_the_code_of_the_api(
    ada: Actor, incident: str, kind: str, fields: dict[str, Any], code: str
) -> None:
    async with talking(ada.socket(f"?incident={incident}")) as talk:
        refused = await talk.asks(kind, "r", **fields)

    assert ("error", code) == (refused["type"], refused["problem"]["code"])
