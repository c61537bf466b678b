"""What has happened on the server of the pictures: a storm, a healthy minute, and all in between.

Told by commands of the public API, each at its own time; how it looks is not known here.
"""
# ruff: noqa: INP001 (part of a script, not a package)

import asyncio
from datetime import timedelta

from bench.pictures.cast import CHANGED, World, gather_people, put_on_call
from bench.pictures.storm import (
    AP,
    EU,
    US,
    alerts,
    storm_begins,
    storm_grows,
    storm_is_fought,
    storm_turns,
)

BEGAN = timedelta(days=3)
"""How long ago the first incident was."""
NAUGHTY = "\u202etnemyaP\u202c <img src=x onerror=alert(1)> " + "verylongword" * 9
WORDS = (
    "x" * 400,
    "\u202eright to left\u202c and back",
    "👩‍👩‍👧‍👦🏳️‍🌈 zero\u200bwidth",
    "<script>alert(1)</script> **bold** `code`",
)


async def live_through(world: World) -> None:
    """From three days ago until now."""
    await gather_people(world)
    await past(world)
    await world.ago(95)
    await storm_begins(world)
    await world.ago(70)
    await storm_grows(world)
    await others_begin(world)
    await world.ago(45)
    await storm_turns(world)
    await world.ago(22)
    await ringing(world)
    await alerts(world)
    await world.ago(12)
    await storm_is_fought(world)
    await world.ago(6)
    await asyncio.gather(short_of_time(world), naughty(world))
    await world.ago(2)
    await last_minutes(world)
    await world.ago(0)
    await put_on_call(world)
    await offers(world)


async def past(world: World) -> None:
    """What ended days ago: one resolved, one that was nothing."""
    fields = {"severity": 2, "affectedServices": ["mailer"], "commander": "samir"}
    await world.declares("over", "samir", "Password reset e-mails arrive an hour late", **fields)
    await world.declares("cancelled", "priya", "Login looks slow from one office", severity=4)
    await world.within("over", "samir", "POST", "/acknowledge")
    await world.says("over", "samir", "The queue holds 48,000 letters; one worker of six runs.")
    await world.says("over", "samir", "Restart all workers", type="decision")
    why = "It was the office's own network"
    await world.within("cancelled", "priya", "PUT", "/status", status="cancelled", reason=why)
    await world.ago(3 * 24 * 60 - 40)
    for status, reason in (("mitigated", "The queue is empty"), ("resolved", "Six workers run")):
        await world.within("over", "samir", "PUT", "/status", status=status, reason=reason)


async def others_begin(world: World) -> None:
    fields = {"severity": 2, "affectedServices": ["search"], "commander": "ada"}
    await world.declares("paused", "ada", "Search results are a day old", **fields)
    reason = "The vendor looks at it"
    await world.within(
        "paused", "ada", "POST", "/pause-escalation", **{"for": "PT90M"}, reason=reason
    )
    fix = {"description": "Rebuild the index from last night's snapshot", "target": "search/index"}
    await world.within("paused", "samir", "POST", "/actions", **fix, risk="medium")
    fields = {"severity": 3, "affectedServices": ["reports"], "affectedRegions": [EU]}
    await world.declares("healthy", "samir", "Monthly reports take twenty minutes", **fields)
    await world.within("healthy", "samir", "POST", "/acknowledge")
    for role, who in (
        ("incident_commander", "samir"), ("operations_lead", "mei"),
        ("communications_lead", "tomas"), ("scribe", "priya"), ("tech_lead", "lea"),
    ):  # fmt: skip
        await world.within("healthy", who, "PUT", f"/roles/{role}", assignee="me")


async def ringing(world: World) -> None:
    """Nobody has answered the first level when the second is paged; and nobody leads."""
    fields = {"severity": 1, "affectedServices": ["edge-proxy"], "affectedRegions": [AP]}
    fields |= {"description": "Half of all requests from India end with 502."}
    await world.declares("ringing", "priya", "Half of Asia gets error pages", **fields)
    await world.says("ringing", "priya", "Started with the certificate renewal at the edge?")


async def short_of_time(world: World) -> None:
    await world.declares(
        "notice", "tomas", "Certificate of the old shop ends in nine days", severity=5
    )
    await world.declares(
        "drill",
        "jonas",
        "Game day: region eu-central-1 is lost",
        severity=3,
        drill=True,
        commander="jonas",
    )


async def naughty(world: World) -> None:
    names = {"affectedServices": ["x" * 100, "\u202egnp.exe"], "affectedRegions": ["<b>bold</b>"]}
    await world.declares("naughty", "vic", NAUGHTY, severity=4, description=WORDS[0], **names)
    for words in WORDS:
        await world.says("naughty", "vic", words)
    await world.within("naughty", "vic", "POST", "/actions", description=WORDS[0], target="y" * 90)
    await world.says("naughty", "vic", NAUGHTY, type="decision")


async def last_minutes(world: World) -> None:
    await world.says("storm", "samir", "Replica caught up. Promoting now.")
    await world.says("storm", "mei", "The board stopped me: ACT-3 waits until ACT-2 is done.")
    await world.says("storm", "admin", f"CheckoutErrorBurn resolved in {US}", type="alert")


async def offers(world: World) -> None:
    """What waits for Ada: a page, a role, a fix; and a policy that has changed since."""
    reason = "You know the edge; nobody answers"
    await world.within("ringing", "priya", "POST", "/escalate", people=["ada"], reason=reason)
    brief = "Customers were told at nine; the next word is due in two hours."
    await world.within(
        "healthy", "samir", "POST", "/roles/communications_lead/handoff", to="ada", brief=brief
    )
    await world.within(
        "storm",
        "ada",
        "POST",
        "/roles/incident_commander/handoff",
        to="jonas",
        brief="I am off at six",
    )
    await world.puts_policy(CHANGED)
