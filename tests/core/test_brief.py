from datetime import timedelta

from incident.core import events as ev
from incident.core.brief import TEXT_LIMIT, Brief, brief
from incident.core.brief_words import in_words
from incident.core.record import Recorded, lines
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    acknowledged,
    approved,
    completed,
    declared,
    given,
    held,
    holds,
    noted,
    offered,
    paged,
    promised,
    proposed,
    resolved,
    started,
)

IC = "incident_commander"
NOW = NOON + timedelta(hours=2)


def briefed(*history: ev.Event, role: str = IC) -> Brief:
    log = [
        Recorded(number=number, event=event, recorded_at=event.at)
        for number, event in enumerate(history, start=1)
    ]
    return brief(given(*history), role, lines(log), NOW)


def decided(text: str, minutes_ago: float, **fields: object) -> ev.Noted:
    at = NOW - minutes_ago * MINUTE
    return noted(text, type="decision", at=at, **fields)


def raised(number: int, description: str) -> ev.HypothesisRaised:
    return ev.HypothesisRaised(by="cy", at=NOON, hypothesis=f"H{number}", description=description)


def test_a_brief_says_where_the_incident_stands() -> None:
    found = briefed(declared(severity=1, title="Card payments failing"), holds("ada"))

    assert (found.severity, found.status, found.phase) == (1, "active", "investigating")
    assert (found.summary, found.since, found.holder) == ("Card payments failing", NOON, "ada")


def test_a_brief_holds_what_the_offering_person_adds() -> None:
    history = (declared(), holds("ada"), offered("bo", message="Mind the queue"))

    assert briefed(*history).offered == "Mind the queue"
    assert briefed(*history, role="scribe").offered == ""
    assert briefed(*history, role="scribe").holder is None


def test_a_brief_tells_the_decisions_of_the_last_half_hour() -> None:
    override = ev.ConflictOverridden(
        by="ada", at=NOW, action="ACT-1", reason="It is lost", conflicts=(held(),)
    )
    raising = ev.SeverityChanged(by="ada", at=NOW, severity=1, previous=2)
    approval = approved().model_copy(update={"at": NOW})
    history = (
        declared(),
        proposed(),
        decided("Fail over", minutes_ago=31),
        decided("Stop the deploys", minutes_ago=30),
        noted("502s", at=NOW),
        override,
        raising,
        approval,
    )

    found = briefed(*history).decisions

    assert [said.number for said in found] == [4, 6, 7]
    assert (found[0].by, found[0].message) == ("ada", "Stop the deploys")
    assert found[0].at == NOW - 30 * MINUTE


def test_a_brief_reads_entries_as_they_read_now() -> None:
    amended = ev.EntryAmended(by="ada", at=NOW, entry=2, message="Fail over to b")
    redacted = ev.EntryRedacted(by="zoe", at=NOW, entry=3)

    found = briefed(
        declared(), decided("Fail over to a", 5), decided("hunter2", 4), amended, redacted
    )

    assert [said.message for said in found.decisions] == ["Fail over to b", "[redacted]"]


def test_a_brief_is_short_where_its_entries_are_long() -> None:
    (said,) = briefed(declared(), decided("x" * TEXT_LIMIT * 2, 1)).decisions

    assert len(said.message) == TEXT_LIMIT
    assert said.message.endswith("…")
    (whole,) = briefed(declared(), decided("x" * TEXT_LIMIT, 1)).decisions
    assert whole.message == "x" * TEXT_LIMIT


def test_a_brief_names_the_fixes_that_run_and_that_wait() -> None:
    queued = ev.ActionQueued(by="bo", at=NOON, action="ACT-2", after="ACT-1")
    ideas = [proposed(number) for number in (1, 2, 3)]

    found = briefed(declared(), *ideas, started(1), started(3), completed(3), queued)

    assert [action.id for action in found.running] == ["ACT-1"]
    assert [(action.id, action.run_after) for action in found.waiting] == [("ACT-2", "ACT-1")]


def test_a_brief_names_hypotheses_with_their_verdicts() -> None:
    judged = ev.HypothesisJudged(by="cy", at=NOON, hypothesis="H1", verdict="eliminated")

    found = briefed(declared(), raised(1, "A bad deploy"), raised(2, "A full disk"), judged)

    assert [(one.id, one.verdict, one.description) for one in found.hypotheses] == [
        ("H1", "eliminated", "A bad deploy"),
        ("H2", "open", "A full disk"),
    ]


def test_a_brief_tells_the_next_update_due_first() -> None:
    missed = ev.UpdateMissed(by="system", at=NOON, audience="support", due_at=NOON)

    found = briefed(
        declared(),
        promised("customers", due_at=LATER),
        promised("support", due_at=NOON),
        promised("leadership"),
        missed,
    )

    assert [(due.audience, due.due_at, due.missed) for due in found.updates_due] == [
        ("support", NOON, True),
        ("customers", LATER, False),
    ]


def test_a_brief_tells_what_customers_were_told_last() -> None:
    found = briefed(
        declared(),
        promised(message="We are on it"),
        promised(message="It is the ledger", by="bo"),
        promised("leadership", message="It is bad"),
    )

    assert found.last_told is not None
    assert (found.last_told.number, found.last_told.by) == (3, "bo")
    assert found.last_told.message == "It is the ledger"
    assert briefed(declared()).last_told is None


def test_a_brief_says_who_answered_or_who_is_being_paged() -> None:
    ended = ev.EscalationEnded(by="system", at=NOON, why="nobody answered in 5 turns")
    first = (declared(), paged("mei", "bo"))

    assert briefed(*first).escalation == "Level 1 is paged: mei, bo. Nobody has answered"
    assert briefed(*first, acknowledged("mei")).escalation == "mei acknowledged"
    assert briefed(*first, ended).escalation == "nobody answered in 5 turns"
    assert briefed(declared(severity=5)).escalation == "Nobody is being paged"
    assert briefed(*first, resolved()).escalation == "Nobody is being paged"


# --- in words

NAMES = {"ada": "Ada Okafor", "mei": "Mei\nTanaka", "deploys": "Nobody At All"}

FULL = (
    declared(severity=1, title="Card payments failing"),
    holds("ada"),
    offered("bo", message="Mind the queue\nand the ledger"),
    proposed(1, target="db", region="eu", owner="cy"),
    started(1),
    proposed(2, target="db"),
    ev.ActionQueued(by="bo", at=NOON, action="ACT-2", after="ACT-1"),
    ev.HypothesisRaised(by="cy", at=NOON, hypothesis="H1", description="A bad deploy"),
    decided("Stop the deploys", 5),
    promised(message="We are on it", due_at=LATER),
    acknowledged("mei"),
)


def test_a_brief_reads_as_a_minute_of_plain_text() -> None:
    assert in_words(briefed(*FULL), "INC-7", IC, NOW, NAMES).splitlines() == [
        "INC-7: Card payments failing",
        "Brief for the incident commander, 2026-03-01 14:00 UTC",
        "Severity 1, active (investigating), for 2 h.",
        "Ada Okafor has the role.",
        "Mei Tanaka acknowledged.",
        "They want you to know:",
        "- Mind the queue and the ledger",
        "Decided in the last 30 minutes:",
        "- 13:55 Ada Okafor: Stop the deploys (T9)",
        "Running:",
        "- ACT-1 (cy): Restart the proxies, on db in eu, for 2 h",
        "Waiting:",
        "- ACT-2: Restart the proxies, on db, not approved, runs after ACT-1",
        "Hypotheses:",
        "- H1 open: A bad deploy",
        "Next updates:",
        "- customers at 12:10 UTC, which is past",
        "Customers were last told at 12:00 UTC: We are on it",
    ]


def test_a_brief_of_a_quiet_incident_has_no_empty_sections() -> None:
    assert in_words(briefed(declared()), "INC-7", "scribe", NOW, {}).splitlines() == [
        "INC-7: Card payments failing",
        "Brief for the scribe, 2026-03-01 14:00 UTC",
        "Severity 3, active (investigating), for 2 h.",
        "Nobody has the role.",
        "Nobody is being paged.",
        "Customers have been told nothing yet.",
    ]
