"""What a line in the composer means: each input, and the command or the sentence it becomes."""

from typing import Any

import pytest
from playwright.async_api import Page

NOW = "2026-11-21T03:47:21.000Z"
ENTRIES = [{"number": 42, "seq": 40, "index": 1}]

PARSE = """async ([text, zone, now, entries]) => {
  const { parse } = await import("/static/js/room/parse.js");
  const find = (number) => entries.find((entry) => entry.number === number);
  const whoIs = (name) => ["ada", "mei"].find((handle) => `@${handle}` === name);
  const roles = ["incident_commander", "communications_lead", "tech_lead", "database_lead"];
  return parse(text, { now: Date.parse(now), zone, find, whoIs, roles, round: 3 });
}"""


async def parsed(modules: Page, text: str, zone: str = "utc") -> dict[str, Any]:
    meant: dict[str, Any] = await modules.evaluate(PARSE, [text, zone, NOW, ENTRIES])
    return meant


def note(message: str, **fields: str) -> dict[str, str]:
    return {"type": "add_timeline", "message": message, **fields}


def fix(description: str, **fields: str) -> dict[str, str]:
    return {"type": "add_action", "description": description, **fields}


def update(audience: str, message: str) -> dict[str, str]:
    return {"type": "post_update", "audience": audience, "message": message}


def status(status: str, **fields: str) -> dict[str, str]:
    return {"type": "set_status", "status": status, **fields}


def offer(role: str, to: str, brief: str = "") -> dict[str, str]:
    return {"type": "offer_role", "role": role, "to": to, **({"brief": brief} if brief else {})}


def snooze(audience: str, length: str, **fields: str) -> dict[str, str]:
    return {"type": "snooze_update", "audience": audience, "for": length, **fields}


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("the pool is full", note("the pool is full")),
    ("  two\nlines \n", note("two\nlines")),
    (" /var/log is full", note("/var/log is full")),
    ("1/2 of it / is gone", note("1/2 of it / is gone")),
    ("/decide fail over", note("fail over", entryType="decision")),
    ("/DECIDE fail over", note("fail over", entryType="decision")),
    ("/decide two\nlines", note("two\nlines", entryType="decision")),
    ("/fix restart it", fix("restart it")),
    ("/fix restart it on db/primary", fix("restart it", target="db/primary")),
    ("/fix fail over on db in eu-west-1", fix("fail over", target="db", region="eu-west-1")),
    ("/fix drain it in eu-west-1", fix("drain it", region="eu-west-1")),
    ("/fix drain it in *", fix("drain it", region="*")),
    ("/fix drain on edge in europe", fix("drain", target="edge", region="europe")),
    ("/fix take part in anger", fix("take part in anger")),
    ("/fix turn the flag on", fix("turn the flag on")),
    ("/fix put nodes on hold in the rack", fix("put nodes on hold in the rack")),
    ("/update customers we know the cause", update("customers", "we know the cause")),
    ("/update leadership all is well", update("leadership", "all is well")),
    ("/update Support  do not refund", update("support", "do not refund")),
    ("/update customer soon", update("customers", "soon")),
    (
        "/sev 2 only one region",
        {"type": "update_incident", "severity": 2, "reason": "only one region"},
    ),
    ("/sev SEV1", {"type": "update_incident", "severity": 1}),
    ("/state mitigated traffic moved", status("mitigated", reason="traffic moved")),
    ("/state Resolved", status("resolved")),
    ("/state identified", status("active", phase="identified")),
    ("/state mitigating", status("active", phase="fixing")),
    ("/state reopen it is back", status("active", reason="it is back")),
    ("/ack", {"type": "acknowledge", "round": 3}),
    ("/page", {"type": "escalate"}),
    ("/page nobody answers", {"type": "escalate", "reason": "nobody answers"}),
    ("/page @ada", {"type": "escalate", "people": ["ada"]}),
    (
        "/page @ada @mei the ledger\nis down",
        {"type": "escalate", "people": ["ada", "mei"], "reason": "the ledger\nis down"},
    ),
    ("/page mail @ada too", {"type": "escalate", "reason": "mail @ada too"}),
    ("/handoff ic @mei", offer("incident_commander", "mei")),
    ("/handoff IC @mei I am off at four", offer("incident_commander", "mei", "I am off at four")),
    ("/handoff commander @mei", offer("incident_commander", "mei")),
    ("/handoff communications lead @ada", offer("communications_lead", "ada")),
    ("/handoff database @ada ask @mei", offer("database_lead", "ada", "ask @mei")),
    ("/handoff tech_lead @ada", offer("tech_lead", "ada")),
    ("/pause 15m", {"type": "pause_escalation", "for": "PT15M"}),
    (
        "/pause 1h30m the vendor looks",
        {"type": "pause_escalation", "for": "PT1H30M", "reason": "the vendor looks"},
    ),
    ("/resume", {"type": "resume_escalation"}),
    ("/snooze customers 15m", snooze("customers", "PT15M")),
    ("/snooze Leadership 2h they sleep", snooze("leadership", "PT2H", reason="they sleep")),
    (
        "/hypothesis the pool is too small",
        {"type": "raise_hypothesis", "description": "the pool is too small"},
    ),
    ("/at 03:20 the alarm", note("the alarm", timestamp="2026-11-21T03:20:00.000Z")),
    ("/at 3:20:07 the alarm", note("the alarm", timestamp="2026-11-21T03:20:07.000Z")),
    ("/at 03:48 a fast clock", note("a fast clock", timestamp="2026-11-21T03:48:00.000Z")),
    ("/at 23:50 last night", note("last night", timestamp="2026-11-20T23:50:00.000Z")),
    (
        "/at 03:20 /decide wait",
        note("wait", entryType="decision", timestamp="2026-11-21T03:20:00.000Z"),
    ),
    ("/pin T42", {"type": "amend_entry", "seq": 40, "index": 1, "pinned": True}),
    ("/pin 42", {"type": "amend_entry", "seq": 40, "index": 1, "pinned": True}),
]

PROBLEMS = [
    ("", "Write something"),
    ("   \n", "Write something"),
    ("/decide", "/decide needs what was decided"),
    ("/fix ", "/fix needs what should be done"),
    ("/update", "Say for whom first: /update customers TEXT, or leadership, or support"),
    (
        "/update leadrship we may have lost rows",
        "Say for whom first: /update customers TEXT, or leadership, or support",
    ),
    (
        "/update we know the cause",
        "Say for whom first: /update customers TEXT, or leadership, or support",
    ),
    ("/update customers", "/update needs what to tell them"),
    ("/sev", "1 (worst) to 5"),
    ("/sev 6 all is lost", "1 (worst) to 5"),
    ("/sev high", "1 (worst) to 5"),
    ("/state", "Say which state"),
    ("/state finished", "Say which state"),
    ("/at", "as HH:MM"),
    ("/at noon we ate", "as HH:MM"),
    ("/at 25:00 never", "as HH:MM"),
    ("/at 12:60 never", "as HH:MM"),
    ("/at 03:20", "/at needs what happened then"),
    ("/at 03:20 /decide", "/decide needs what was decided"),
    ("/page @nobody come", "Nobody is called @nobody"),
    ("/page ada please", "Do you mean /page @ada? Without @ the next level is paged"),
    ("/handoff ic ada", "Do you mean /handoff ic @ada?"),
    ("/handoff", "Say which role first: ic, comms, tech, database_lead"),
    ("/handoff @mei", "Say which role first"),
    ("/handoff cook @mei", "Say which role first"),
    ("/handoff ic", "Say to whom"),
    ("/handoff ic @nobody", "Nobody is called @nobody"),
    ("/pause", "Say for how long"),
    ("/pause a while", "Say for how long"),
    ("/pause 0m", "Say for how long"),
    ("/snooze 15m", "Say for whom and for how long"),
    ("/snooze customers", "Say for whom and for how long"),
    ("/hypothesis", "/hypothesis needs what may be the cause"),
    ("/pin", "/pin T42"),
    ("/pin T0", "/pin T42"),
    ("/pin T43", "T43 is not in the timeline"),
    ("/deside x", "There is no /deside. Did you mean /decide?"),
    ("/stat x", "Did you mean /state?"),
    ("/var/log is full", "begin with a space"),
    ("/", "Did you mean"),
]


@pytest.mark.parametrize(("text", "command"), COMMANDS)
async def test_a_line_becomes_the_command_it_means(
    modules: Page, text: str, command: dict[str, Any]
) -> None:
    meant = await parsed(modules, text)

    assert command == meant.get("command")


@pytest.mark.parametrize(("text", "told"), PROBLEMS)
async def test_a_line_that_means_nothing_is_told_what_helps(
    modules: Page, text: str, told: str
) -> None:
    meant = await parsed(modules, text)

    assert told in meant["problem"]
    assert "command" not in meant


async def test_a_time_is_read_in_the_zone_that_the_page_shows(modules: Page) -> None:
    meant = await parsed(modules, "/at 12:20 the alarm", "local")

    assert meant["command"]["timestamp"] == "2026-11-21T03:20:00.000Z", "the browser is in Tokyo"
