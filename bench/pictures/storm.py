"""The storm: card payments fail in Europe, from the first alert to a fix that takes too long.

Told by commands of the public API; when each part happens is said elsewhere.
"""
# ruff: noqa: INP001 (part of a script, not a package)

from datetime import timedelta

from bench.pictures.cast import World
from bench.pictures.drawing import graph
from incident.core.values import rfc3339

EU, US, AP = "eu-west-1", "us-east-1", "ap-south-1"


async def storm_begins(world: World) -> None:
    now = await world.moved.now()
    fields = {
        "severity": 2,
        "description": "About 1 in 9 European card payments fails at checkout since a volume "
        "under the primary ledger database degraded.",
        "startTime": rfc3339(now - timedelta(minutes=6)),
        "affectedServices": ["payments-api", "ledger-db", "checkout-web"],
        "affectedRegions": [EU, US, AP],
        "links": [{"url": "https://status.example.com", "label": "Status page"}],
    }
    room = "storm"
    await world.declares(room, "mei", "Card payments failing in Europe", **fields)
    for region in (EU, EU, US, AP):
        await world.says(room, "admin", f"CheckoutErrorBurn firing in {region}", type="alert")
    await world.ago(93)
    await world.within(room, "mei", "POST", "/acknowledge")
    note = "Errors are all timeouts from `payments-api` to `ledger-db`. Other regions are fine."
    await world.says(room, "mei", note)
    for role, who in (
        ("incident_commander", "ada"), ("operations_lead", "mei"), ("communications_lead", "tomas"),
    ):  # fmt: skip
        await world.within(room, who, "PUT", f"/roles/{role}", assignee="me")
    await world.says(room, "priya", "Support has 64 tickets, all with European cards.")


async def storm_grows(world: World) -> None:
    room = "storm"
    fix = {"description": "Pause the settlement jobs, which hold long transactions"}
    fix |= {"target": "settlement-jobs", "region": EU, "risk": "low", "owner": "mei"}
    await world.within(room, "mei", "POST", "/actions", **fix)
    await world.within(room, "ada", "PUT", "/actions/ACT-1", approved=True)
    await world.within(room, "mei", "PUT", "/actions/ACT-1", status="in-progress")
    wait = "Settlement is paused. Lock waits are gone, timeouts are not."
    await world.says(room, "mei", wait)
    await world.within(room, "mei", "PUT", "/actions/ACT-1", status="completed")
    volume = "Writes on the primary wait 40 times longer for the disk than an hour ago."
    await world.says(room, "samir", volume)
    await world.within(
        room, "ada", "PUT", "/status", status="active", phase="identified",
        reason="Degraded volume under the ledger-db primary",
    )  # fmt: skip
    for cause in ("Degraded volume under the primary", "The deploy of 02:40", "A bad network card"):
        await world.within(room, "mei", "POST", "/hypotheses", description=cause)


async def storm_turns(world: World) -> None:
    room = "storm"
    why = "1 in 9 European checkouts fails, and it is growing"
    await world.within(room, "ada", "PATCH", "", severity=1, reason=why)
    words = {"payments-api": {EU: "down"}, "ledger-db": {EU: "slow"}, "checkout-web": {EU: "slow"}}
    await world.within(room, "mei", "PATCH", "", health=words)
    decision = "Fail ledger-db over to eu-west-1b. We accept up to 30 s of lost writes."
    made = await world.within(
        room, "ada", "POST", "/timeline", message=decision, type="decision"
    )  # fmt: skip
    await world.within(
        room, "ada", "PATCH", f"/timeline/{made['seq']}/{made['index']}", pinned=True
    )
    fix = {"description": "Fail ledger-db over to eu-west-1b", "target": "ledger-db", "region": EU}
    fix |= {"owner": "samir", "risk": "high", "estimate": "PT10M"}
    fix |= {"impact": "up to 30 s of lost writes, which finance replays"}
    await world.within(room, "samir", "POST", "/actions", **fix)
    await world.within(room, "ada", "PUT", "/actions/ACT-2", approved=True)
    await world.within(room, "samir", "PUT", "/actions/ACT-2", status="in-progress")
    await world.within(
        room, "ada", "PUT", "/status", status="active", phase="fixing", reason="Failover has begun"
    )
    volume, deploy = await world.number(room, "Writes on the primary"), await world.number(
        room, "Errors are all timeouts"
    )  # fmt: skip
    for cause, body in (
        ("H1", {"verdict": "supported", "entries": [volume], "reason": "The provider confirms"}),
        ("H2", {"verdict": "eliminated", "against": [deploy], "reason": "Errors began before"}),
        ("H3", {"entries": [deploy], "against": [volume]}),
    ):
        await world.within(room, "mei", "PUT", f"/hypotheses/{cause}", **body)
    await world.within(
        "healthy",
        "tomas",
        "POST",
        "/updates",
        audience="customers",
        nextUpdateIn="PT2H",
        message="Reports come late today. They are complete.",
    )


async def alerts(world: World) -> None:
    for number in range(14):
        text = f"LedgerWriteLatency firing in {EU}, shard {number}"
        await world.says("storm", "admin", text, type="alert")
    await world.says("storm", "mei", "Errors went from 11.8 % to 9 %. Watching the slow shards.")


async def storm_is_fought(world: World) -> None:
    room, now = "storm", await world.moved.now()
    late = {"timestamp": rfc3339(now - timedelta(minutes=21))}
    await world.says(room, "priya", "Two large merchants have called and want a time.", **late)
    wrong = await world.within(room, "mei", "POST", "/timeline", message="Support has 212 tickets.")
    right = "Support has 241 tickets, 29 of them from merchants."
    await world.within(
        room, "mei", "PATCH", f"/timeline/{wrong['seq']}/{wrong['index']}", message=right
    )
    secret = await world.within(
        room, "samir", "POST", "/timeline", message="The password is hunter2."
    )
    await world.within(room, "ada", "DELETE", f"/timeline/{secret['seq']}/{secret['index']}")
    files = [
        await uploaded(world, room, *one)
        for one in (("errors.png", graph()), ("slow-queries.log", b"1204 ms SELECT\n" * 900))
    ]
    await world.says(
        room, "samir", "Write latency since 02:30, and the slow queries", attachments=files
    )
    await fixes(world, room)
    for audience, words in (
        ("leadership", "Payments in Europe fail for 1 in 9. Failover is under way."),
        ("support", "Tell customers that failed payments are not charged."),
        ("customers", "Some card payments in Europe are failing. We have found the cause."),
    ):
        await world.within(
            room,
            "tomas",
            "POST",
            "/updates",
            audience=audience,
            message=words,
            nextUpdateIn="PT20M" if audience == "customers" else "PT45M",
        )


async def fixes(world: World, room: str) -> None:
    """One that conflicts, one queued behind what runs, one that waits for a word, one given up."""
    for words, fields in (
        (
            "Raise the connection limit of the primary",
            {"target": "ledger-db/primary", "risk": "medium"},
        ),
        (
            "Replay the lost writes from the queue",
            {"target": "ledger-db", "risk": "low", "owner": "mei"},
        ),
        (
            "Restart the two checkout pods that still talk to the old primary",
            {"target": "checkout-web", "impact": "none, the others carry the load"},
        ),
        ("Turn off card payments in Europe", {"target": "payments-api", "risk": "high"}),
    ):
        await world.within(room, "mei", "POST", "/actions", description=words, region=EU, **fields)
    for action in ("ACT-3", "ACT-4"):
        await world.within(room, "ada", "PUT", f"/actions/{action}", approved=True)
    await world.within(room, "mei", "PUT", "/actions/ACT-4", runAfter="ACT-2")
    await world.within(
        room, "mei", "PUT", "/actions/ACT-6", status="abandoned", reason="Not needed"
    )


async def uploaded(world: World, room: str, name: str, content: bytes) -> str:
    path = f"/api/incidents/{world.rooms[room]}/attachments"
    told = await world.does("samir", "POST", path, params={"name": name}, content=content)
    return str(told["id"])
