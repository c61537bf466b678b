import json
from typing import get_args

import pytest
from hypothesis import given

from incident.core import events as ev
from incident.core.chronicle import entry_type, facts, sentence
from incident.core.policy import BUILT_IN
from incident.core.values import EntryType, Health, NoteType
from tests.builders import (
    BY_ADA,
    MINUTE,
    NOON,
    abandoned,
    acknowledged,
    approved,
    cancelled,
    closed,
    completed,
    declared,
    held,
    holds,
    mitigated,
    noted,
    promised,
    proposed,
    resolved,
    started,
)
from tests.core.strategies import EVENTS, events
from tests.core.test_ladder_sentences import SENTENCES as SENTENCES_OF_COMMAND

BUSY = (held(), held(incident="", action="ACT-2"))


def health(region: str, word: Health) -> ev.HealthChanged:
    return ev.HealthChanged(by="bo", at=NOON, service="payments-api", region=region, health=word)


SENTENCES: list[tuple[ev.Event, str, EntryType]] = [
    (declared(), "Declared as severity 3: Card payments failing", "milestone"),
    (ev.Imported(by="bo", at=NOON, source="outage.yaml"), "Imported from outage.yaml", "info"),
    (noted("502s from eu"), "502s from eu", "info"),
    (noted("Fail over", type="decision"), "Fail over", "decision"),
    (acknowledged("mei"), "mei acknowledged", "escalation"),
    (
        ev.ResponseMissed(by="system", at=NOON, respond_by=NOON),
        "Nobody has acknowledged; an answer was due by 12:00 UTC",
        "escalation",
    ),
    (ev.Activated(by="bo", at=NOON, phase="fixing"), "Active, fixing", "milestone"),
    (
        ev.PhaseChanged(by="bo", at=NOON, phase="identified", reason="Found it"),
        "Now identified: Found it",
        "milestone",
    ),
    (mitigated(), "Mitigated", "milestone"),
    (resolved(), "Resolved", "milestone"),
    (closed(), "Closed: Post-mortem published", "milestone"),
    (cancelled(), "Cancelled: False alarm", "milestone"),
    (
        ev.Cancelled(by="bo", at=NOON, reason="", merged_into="INC-3"),
        "Cancelled, merged into INC-3",
        "milestone",
    ),
    (
        ev.Reopened(by="bo", at=NOON, phase="investigating", reason="It is back"),
        "Reopened, investigating: It is back",
        "milestone",
    ),
    (
        ev.SeverityChanged(by="bo", at=NOON, severity=1, previous=3, reason="All of eu"),
        "Severity raised from 3 to 1: All of eu",
        "milestone",
    ),
    (
        ev.SeverityChanged(by="bo", at=NOON, severity=4, previous=3),
        "Severity lowered from 3 to 4",
        "milestone",
    ),
    (ev.DetailsChanged(by="bo", at=NOON, title="Slow"), "Title changed to: Slow", "info"),
    (
        ev.DetailsChanged(by="bo", at=NOON, affected_services=("api", "db")),
        "Affected services: api, db",
        "info",
    ),
    (
        ev.DetailsChanged(by="bo", at=NOON, affected_services=(), affected_regions=("eu",)),
        "Affected services: none; Affected regions: eu",
        "info",
    ),
    (
        ev.DetailsChanged(by="bo", at=NOON, title="Slow", description="", drill=True),
        "Changed the description, whether it is a drill; Title changed to: Slow",
        "info",
    ),
    (
        ev.TimesCorrected(by="bo", at=NOON, start_time=NOON, detected_time=NOON + MINUTE),
        "Corrected times: start 2026-03-01 12:00 UTC, detected 2026-03-01 12:01 UTC",
        "info",
    ),
    (health("eu-west-1", "down"), "payments-api in eu-west-1 is down", "info"),
    (health("eu-west-1", "slow"), "payments-api in eu-west-1 is slow", "info"),
    (health("eu-west-1", "ok"), "payments-api in eu-west-1 is well again", "info"),
    (health("*", "down"), "payments-api is down", "info"),
    (holds("bo", "tech_lead"), "bo took the role of tech lead", "role"),
    (holds("bo", "scribe", by="ada"), "ada made bo scribe", "role"),
    (holds("bo", previous="ada"), "bo is incident commander, in place of ada", "role"),
    (
        ev.RoleReleased(by="bo", at=NOON, role="operations_lead", holder="bo"),
        "bo is no longer operations lead",
        "role",
    ),
    (
        proposed(target="db", region="eu"),
        "ACT-1 proposed on db in eu: Restart the proxies",
        "action",
    ),
    (proposed(), "ACT-1 proposed: Restart the proxies", "action"),
    (approved(), "ACT-1 approved by ada", "action"),
    (
        ev.ApprovalWithdrawn(by="ada", at=NOON, action="ACT-1"),
        "ada withdrew the approval of ACT-1",
        "action",
    ),
    (started(), "ACT-1 started by cy", "action"),
    (
        ev.ActionStarted(
            by="system", at=NOON, action="ACT-2", owner="bo", after="ACT-1", asked_by="bo"
        ),
        "ACT-2 started by itself after ACT-1 ended, as bo had asked",
        "action",
    ),
    (
        ev.ActionStarted(
            by="system", at=NOON, action="ACT-2", owner="cy", after="INC-3/ACT-1", asked_by="bo"
        ),
        "ACT-2 started by itself after INC-3/ACT-1 ended, as bo had asked; it belongs to cy",
        "action",
    ),
    (
        ev.ActionStarted(by="system", at=NOON, action="ACT-2", owner="bo"),
        "ACT-2 started by itself; it belongs to bo",
        "action",
    ),
    (completed(), "ACT-1 completed", "action"),
    (
        ev.ActionCompleted(by="cy", at=NOON, action="ACT-1", executed_on="db/replica"),
        "ACT-1 completed, executed on db/replica",
        "action",
    ),
    (abandoned(), "ACT-1 abandoned before it started", "action"),
    (
        ev.ActionAbandoned(by="cy", at=NOON, action="ACT-1", from_status="in-progress"),
        "ACT-1 abandoned while in progress",
        "action",
    ),
    (
        ev.ActionReassigned(by="cy", at=NOON, action="ACT-1", owner="mei"),
        "ACT-1 now belongs to mei",
        "action",
    ),
    (
        ev.ActionDescribed(by="cy", at=NOON, action="ACT-1", impact="none"),
        "ACT-1 described anew",
        "action",
    ),
    (
        ev.ConflictOverridden(
            by="ada", at=NOON, action="ACT-1", reason="It is lost", conflicts=BUSY
        ),
        "ACT-1 may start in spite of INC-9 ACT-9, ACT-2: It is lost",
        "decision",
    ),
    (
        ev.ReservationCleared(by="system", at=NOON, action="ACT-1", target="db"),
        "ACT-1 lost its hold on db, as its start never came",
        "action",
    ),
    (promised(), "We are on it", "communication"),
    (
        ev.UpdateMissed(by="system", at=NOON, audience="customers", due_at=NOON),
        "The update to customers was due by 12:00 UTC",
        "communication",
    ),
    (ev.EntryAmended(by="bo", at=NOON, entry=2, message="503s"), "503s", "info"),
    (ev.EntryPinned(by="bo", at=NOON, entry=2), "Pinned T2", "info"),
    (ev.EntryUnpinned(by="bo", at=NOON, entry=2), "Unpinned T2", "info"),
    (ev.EntryRedacted(by="zoe", at=NOON, entry=2), "Redacted T2", "info"),
]


@pytest.mark.parametrize(("event", "told", "kind"), SENTENCES, ids=lambda v: getattr(v, "kind", ""))
def test_every_event_reads_as_a_sentence(event: ev.Event, told: str, kind: EntryType) -> None:
    assert sentence(event) == told
    assert entry_type(event) == kind


def test_every_kind_of_event_has_its_sentence_here_or_there() -> None:
    told = [*SENTENCES, *SENTENCES_OF_COMMAND]

    assert {type(event) for event, _, _ in told} == set(EVENTS)


@pytest.mark.parametrize("kind", get_args(NoteType))
def test_a_note_is_of_the_type_its_writer_chose(kind: NoteType) -> None:
    assert entry_type(noted(type=kind)) == kind


@given(events)
def test_only_a_persons_text_breaks_a_line(event: ev.Event) -> None:
    told = sentence(event)

    assert told.strip()
    assert "\n" not in told or "\\n" in event.model_dump_json()


@given(events)
def test_facts_are_json_and_repeat_nothing_that_is_shown(event: ev.Event) -> None:
    told = facts(event)

    assert json.loads(json.dumps(told)) == told
    assert told.keys().isdisjoint({"kind", "by", "at", "message"})
    assert None not in told.values()


def test_facts_are_what_a_program_may_want() -> None:
    assert facts(BUSY_OVERRIDE) == {
        "action": "ACT-1",
        "reason": "It is lost",
        "conflicts": [
            {
                "incident": "INC-9",
                "action": "ACT-9",
                "holder": "mei",
                "since": "2026-03-01T12:00:00.000Z",
                "target": "db",
                "region": "*",
            }
        ],
    }
    assert facts(proposed(estimate=15 * MINUTE)) == {
        "action": "ACT-1",
        "description": "Restart the proxies",
        "impact": "",
        "estimate": "PT15M",
    }


BUSY_OVERRIDE = ev.ConflictOverridden.model_validate(
    BY_ADA | {"action": "ACT-1", "reason": "It is lost", "conflicts": (held(),)}
)


def test_files_are_shown_with_an_entry_and_not_among_its_facts() -> None:
    graph = ev.Attachment(id="a1", name="graph.png", type="image/png", size=9)

    assert facts(noted(attachments=(graph,))) == {}


def test_an_entry_tells_which_policy_holds_and_not_all_that_it_says() -> None:
    terms = BUILT_IN.terms(3)

    for event in (
        declared(terms=terms),
        ev.PolicyApplied(by="ada", at=NOON, terms=terms, previous=2),
    ):
        told = facts(event)
        assert told["policy_revision"] == 3
        assert "terms" not in told
