"""What a line in the composer means: each input, and the command or the sentence it becomes."""

from typing import Any

import pytest
from playwright.async_api import Page

NOW = "2026-11-21T03:47:21.000Z"
ENTRIES = [{"number": 42, "seq": 40, "index": 1}]

PARSE = """async ([text, zone, now, entries, paused]) => {
  const { parse } = await import("/static/js/room/parse.js");
  const find = (number) => entries.find((entry) => entry.number === number);
  const whoIs = (name) => ["ada", "mei"].find((handle) => `@${handle}` === name);
  const roles = ["incident_commander", "communications_lead", "tech_lead", "database_lead"];
  return parse(text, { now: Date.parse(now), zone, find, whoIs, roles, round: 3, paused });
}"""


async def parsed(
    modules: Page, text: str, zone: str = "utc", *, paused: bool = True
) -> dict[str, Any]:
    asked = [text, zone, NOW, ENTRIES, paused]
    meant: dict[str, Any] = await modules.evaluate(PARSE, asked)
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

AUDIENCES = "customers, leadership, or support."
ROLES = "ic, comms, tech, or database_lead."
STATES = "investigating, identified, fixing, mitigated, resolved, closed, or cancelled."

CUSTOMERS = "/update customers we know the cause"
ALONE = "Write /ack, and the rest as a note"

PROBLEMS = [
    ("", "Write something first."),
    ("   \n", "Write something first."),
    ("/decide", "/decide needs what was decided. Write /decide fail over to the replica"),
    (
        "/fix ",
        "/fix needs what should be done. Write /fix restart it on db/primary in eu-west-1",
    ),
    ("/update", f"Say which audience first: {AUDIENCES} Write {CUSTOMERS}"),
    (
        "/update leadrship we may have lost rows",
        f"“leadrship” is no audience: say {AUDIENCES} Write {CUSTOMERS}",
    ),
    (
        "/update we know the cause",
        f"“we” is no audience: say {AUDIENCES} Write {CUSTOMERS}",
    ),
    (
        "/update leadership",
        "/update needs what to tell leadership. Write /update leadership we know the cause",
    ),
    ("/sev", "Say which severity first: 1 (worst) to 5. Write /sev 2 checkout is down"),
    (
        "/sev 6 all is lost",
        "“6” is no severity: say 1 (worst) to 5. Write /sev 2 checkout is down",
    ),
    (
        "/sev high",
        "“high” is no severity: say 1 (worst) to 5. Write /sev 2 checkout is down",
    ),
    ("/state", f"Say which state first: {STATES} Write /state mitigated traffic moved"),
    (
        "/state finished at last",
        f"“finished” is no state: say {STATES} Write /state mitigated traffic moved",
    ),
    ("/at", "Say which time of day first: HH:MM. Write /at 03:20 the alarm went off"),
    (
        "/at noon we ate",
        "“noon” is no time of day: say HH:MM. Write /at 03:20 the alarm went off",
    ),
    (
        "/at 25:00 never",
        "“25:00” is no time of day: say HH:MM. Write /at 03:20 the alarm went off",
    ),
    (
        "/at 12:60 never",
        "“12:60” is no time of day: say HH:MM. Write /at 03:20 the alarm went off",
    ),
    ("/at 03:20", "/at needs what happened then. Write /at 03:20 the alarm went off"),
    (
        "/at 03:20 /decide",
        "/decide needs what was decided. Write /decide fail over to the replica",
    ),
    (
        "/at 03:20 /sev 1",
        "/at takes a note or a decision, not /sev. Write /at 03:20 /decide fail over",
    ),
    ("/ack on it", f"/ack stands alone: “on it” would be lost. {ALONE}"),
    (f"/ack {'x' * 41}", f"/ack stands alone: “{'x' * 40}…” would be lost. {ALONE}"),
    (
        "/page @nobody come",
        "Nobody is called “@nobody”. People go by their handle. Write /page @ada and why",
    ),
    (
        "/page @ada @nobody",
        "Nobody is called “@nobody”. People go by their handle. Write /page @ada and why",
    ),
    ("/page ada please", "Do you mean /page @ada? Without @ the next level is paged"),
    ("/handoff", f"Say which role first: {ROLES} Write /handoff ic @ada"),
    ("/handoff @mei", f"Say which role first: {ROLES} Write /handoff ic @ada"),
    ("/handoff cook @mei", f"“cook” is no role: say {ROLES} Write /handoff ic @ada"),
    ("/handoff ic", "Say to whom incident commander is offered. Write /handoff ic @ada"),
    ("/handoff ic ada", "Do you mean /handoff ic @ada?"),
    (
        "/handoff ic ghost",
        "Nobody is called “ghost”. People go by their handle. Write /handoff ic @ada",
    ),
    (
        "/handoff ic @nobody",
        "Nobody is called “@nobody”. People go by their handle. Write /handoff ic @ada",
    ),
    (
        "/handoff ic @ada @mei",
        "A role is offered to one person, not to “@ada @mei”. Write /handoff ic @ada",
    ),
    ("/pause", "Say for how long. Write /pause 15m"),
    ("/pause a while", "“a” is no length of time. Write /pause 15m"),
    ("/pause 0m", "“0m” is no length of time. Write /pause 15m"),
    ("/pause 0", "“0” is no length of time. Write /pause 15m"),
    ("/pause 15 for tea", "“15” has no unit. Write /pause 15m or /pause 15h"),
    (
        "/resume now",
        "/resume stands alone: “now” would be lost. Write /resume, and the rest as a note",
    ),
    ("/snooze", f"Say which audience first: {AUDIENCES} Write /snooze customers 15m"),
    ("/snooze typo", f"“typo” is no audience: say {AUDIENCES} Write /snooze customers 15m"),
    (
        "/snooze press 2h",
        f"“press” is no audience: say {AUDIENCES} Write /snooze customers 2h",
    ),
    ("/snooze 20m", f"Say which audience first: {AUDIENCES} Write /snooze customers 20m"),
    ("/snooze support", "Say for how long. Write /snooze support 15m"),
    ("/snooze support later", "“later” is no length of time. Write /snooze support 15m"),
    ("/snooze support 30", "“30” has no unit. Write /snooze support 30m or /snooze support 30h"),
    (
        "/hypothesis",
        "/hypothesis needs what may be the cause. Write /hypothesis the pool is too small",
    ),
    ("/pin", "Say which entry. Write /pin T42"),
    ("/pin T0", "“T0” is not the number of one entry. Write /pin T42"),
    ("/pin T42 T43", "“T42 T43” is not the number of one entry. Write /pin T42"),
    (
        "/pin T43",
        "T43 is not in the timeline shown here. Check the number, or show earlier entries first.",
    ),
    (
        "/deside x",
        "There is no /deside. Did you mean /decide? To post it as a note, begin with a space.",
    ),
    (
        "/stat x",
        "There is no /stat. Did you mean /state? To post it as a note, begin with a space.",
    ),
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

    assert told == meant["problem"]
    assert "command" not in meant


@pytest.mark.parametrize("text", ["/", "/var/log is full"])
async def test_a_verb_that_is_none_is_told_how_to_be_a_note(modules: Page, text: str) -> None:
    meant = await parsed(modules, text)

    assert meant["problem"].startswith(f"There is no {text.split(maxsplit=1)[0]}. Did you mean /")
    assert meant["problem"].endswith("To post it as a note, begin with a space.")


async def test_only_what_is_paused_is_resumed(modules: Page) -> None:
    told = "Paging is not paused, so there is nothing to resume. Write /pause 15m to pause it"
    meant = [await parsed(modules, "/resume", paused=paused) for paused in (True, False)]

    assert [{"type": "resume_escalation"}, None] == [one.get("command") for one in meant]
    assert [None, told] == [one.get("problem") for one in meant]


async def test_a_time_is_read_in_the_zone_that_the_page_shows(modules: Page) -> None:
    meant = await parsed(modules, "/at 12:20 the alarm", "local")

    assert meant["command"]["timestamp"] == "2026-11-21T03:20:00.000Z", "the browser is in Tokyo"
