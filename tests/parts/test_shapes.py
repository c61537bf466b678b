"""What clients are shown: the same whole or patch by patch, with every entry once."""

import itertools
import json
from datetime import timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from incident import shapes
from incident.core import events as ev
from incident.core.incident import REDACTED, fold
from incident.core.patches import merged, without_nulls
from incident.store.commit import Accepted, Commit
from tests.builders import (
    MINUTE,
    NOON,
    acknowledged,
    approved,
    declared,
    holds,
    noted,
    promised,
    proposed,
    started,
)
from tests.core.strategies import histories

JSON = dict[str, Any]


def commits(*batches: tuple[ev.Event, ...]) -> list[Commit]:
    """A log in which each batch is one commit, a minute after the one before."""
    log: list[Commit] = []
    for seq, events in enumerate(batches, start=1):
        before = log[-1].state if log else None
        command = Accepted(f"c{seq}", "ada", "digest", events)
        at = NOON + seq * MINUTE
        first = (before.entries if before else 0) + 1
        log.append(Commit("INC-7", seq, at, "one", (command,), first, fold(events, before)))
    return log


@st.composite
def logs(draw: st.DrawFn) -> list[Commit]:
    """Any history, cut into commits anywhere."""
    history = list(draw(histories))
    ids = [event.action for event in history if isinstance(event, ev.ActionProposed)]
    assume(len(ids) == len(set(ids)))
    cuts = sorted({1, *draw(st.lists(st.integers(1, len(history)))), len(history)})
    return commits(*(tuple(history[a:b]) for a, b in zip([0, *cuts], cuts, strict=False)))


@given(logs())
def test_every_patch_on_the_snapshot_gives_what_is_there(log: list[Commit]) -> None:
    """As a client does it: members that are null mean the same as members that are absent."""
    state: JSON = json.loads(shapes.encoded(shapes.keyed(shapes.incident(log[0]))))
    for before, commit in itertools.pairwise(log):
        frame = json.loads(shapes.frame(before, commit))
        state = merged(state, frame["patch"])
        whole = json.loads(shapes.encoded(shapes.keyed(shapes.incident(commit))))

        assert without_nulls(state) == without_nulls(whole)
        assert state["seq"] == frame["seq"] == commit.seq


@given(logs())
def test_every_event_is_one_entry_in_its_place(log: list[Commit]) -> None:
    shown = shapes.entries(log)
    expected = [(c.seq, index, e.kind) for c in log for index, e in enumerate(c.events)]

    assert [(one["seq"], one["index"], one["kind"]) for one in shown] == expected
    assert [one["number"] for one in shown] == list(range(1, len(expected) + 1))


@given(logs(), st.integers(1, 6))
def test_a_page_with_later_marks_reads_as_the_whole_does(log: list[Commit], cut: int) -> None:
    page, later = log[:cut], log[cut:]
    numbers = range(1, page[-1].state.entries + 1)

    assert shapes.entries(page, later) == shapes.entries(log)[: len(numbers)]


@given(logs())
def test_the_last_entry_of_a_row_is_what_was_told_last(log: list[Commit]) -> None:
    for commit in log:
        shown = shapes.entries([commit])
        told = [one for one in shown if not one["kind"].startswith("entry_")]
        redactions = [one for one in shown if one["kind"] == "entry_redacted"]
        last = (told or redactions)[-1:]
        names = ("number", "timestamp", "author", "kind")
        row = shapes.summary(commit)

        assert ("lastEntry" in row) == bool(last)
        for one in last:
            cut = {"message": one["message"][: shapes.PREVIEW]}
            assert row["lastEntry"] == {name: one[name] for name in names} | cut


@given(logs())
def test_everything_shown_is_json(log: list[Commit]) -> None:
    shown = [shapes.incident(log[-1]), shapes.summary(log[-1]), shapes.entries(log)]

    assert json.loads(shapes.encoded(shown)) == shown


def test_an_incident_shows_all_its_members() -> None:
    (commit,) = commits(
        (
            declared(respond_by=NOON + MINUTE, metadata={"customers": 12}),
            holds("mei"),
            holds("bo", "communications_lead"),
            proposed(1, target="db", region="eu", estimate=timedelta(minutes=15)),
            approved(1, by="mei"),
            started(1),
            promised("customers", due_at=NOON + 5 * MINUTE),
        )
    )

    shown = shapes.incident(commit)

    assert (shown["id"], shown["seq"], shown["entries"]) == ("INC-7", 1, 7)
    assert (shown["status"], shown["phase"], shown["severity"]) == ("active", "investigating", 3)
    assert (shown["commander"], shown["commsLead"], shown["opsLead"]) == ("mei", "bo", None)
    assert shown["declaredTime"] == shown["startTime"] == "2026-03-01T12:00:00.000Z"
    assert shown["escalation"]["nextAt"] == "2026-03-01T12:01:00.000Z"
    assert set(shown["roles"]) == {
        "incident_commander",
        "communications_lead",
        "operations_lead",
        "scribe",
        "tech_lead",
    }
    assert shown["roles"]["scribe"] == dict.fromkeys(
        ("holder", "since", "shiftEndsAt", "offeredTo", "offer")
    )
    assert set(shown["communications"]) == {"customers", "leadership", "support"}
    assert shown["communications"]["customers"]["dueAt"] == "2026-03-01T12:05:00.000Z"
    assert shown["metadata"] == {"customers": 12}
    assert shown["actions"] == [
        {
            "id": "ACT-1",
            "description": "Restart the proxies",
            "status": "in-progress",
            "owner": "cy",
            "target": "db",
            "region": "eu",
            "impact": "",
            "risk": None,
            "estimate": "PT15M",
            "createdBy": "cy",
            "createdAt": "2026-03-01T12:00:00.000Z",
            "startedAt": "2026-03-01T12:00:00.000Z",
            "completedAt": None,
            "executedOn": None,
            "runAfter": None,
            "overdue": False,
            "reason": "",
            "approved": True,
            "approvedBy": "mei",
        }
    ]


def test_an_entry_shows_what_was_said_and_what_became_of_it() -> None:
    log = commits(
        (declared(), noted("502s", type="decision", late=True)),
        (ev.EntryAmended(by="bo", at=NOON, entry=2, message="503s"),),
        (ev.EntryPinned(by="ada", at=NOON, entry=2),),
    )

    assert shapes.entries(log)[1] == {
        "seq": 1,
        "index": 1,
        "number": 2,
        "timestamp": "2026-03-01T12:00:00.000Z",
        "recordedAt": "2026-03-01T12:01:00.000Z",
        "author": "ada",
        "type": "decision",
        "kind": "noted",
        "message": "502s",
        "late": True,
        "approx": False,
        "pinned": True,
        "amended": {"message": "503s", "by": "bo", "at": "2026-03-01T12:00:00.000Z", "number": 3},
        "redacted": False,
        "attachments": [],
        "data": {},
    }


def test_redacted_text_is_shown_nowhere() -> None:
    secret = "the password is swordfish"
    log = commits(
        (declared(title=secret),),
        (noted(secret), acknowledged()),
        (ev.EntryAmended(by="bo", at=NOON, entry=2, message=secret),),
        (
            ev.EntryRedacted(by="ada", at=NOON, entry=2),
            ev.EntryRedacted(by="ada", at=NOON, entry=1, fields=("title",)),
        ),
    )

    shown = [shapes.entries(log), shapes.incident(log[-1]), shapes.summary(log[-1])]

    assert "swordfish" not in str(shown)
    assert shapes.entries(log)[1]["message"] == REDACTED


def test_a_row_counts_open_fixes_and_tells_what_is_due() -> None:
    (commit,) = commits(
        (declared(respond_by=NOON + MINUTE), proposed(1), proposed(2), started(2), proposed(3),
         ev.ActionAbandoned(by="cy", at=NOON, action="ACT-3"), noted("x" * 500))
    )  # fmt: skip

    row = shapes.summary(commit)

    assert (row["openActions"], row["nextDueAt"]) == (2, "2026-03-01T12:01:00.000Z")
    assert row["lastEntry"] == {
        "number": 7,
        "timestamp": "2026-03-01T12:00:00.000Z",
        "author": "ada",
        "kind": "noted",
        "message": "x" * 200,
    }


def test_a_row_is_late_from_a_missed_update_until_it_is_sent_or_nobody_waits_for_it() -> None:
    missed = ev.UpdateMissed(by="system", at=NOON + MINUTE, audience="customers", due_at=NOON)
    sent = ev.UpdatePosted(by="ada", at=NOON, audience="customers", message="On it")
    over = ev.Resolved(by="ada", at=NOON)
    began = declared(respond_by=NOON + 5 * MINUTE)
    _, late, told, _ = commits((began, promised(due_at=NOON)), (missed,), (sent,), (over,))
    _, _, ended = commits((began, promised(due_at=NOON)), (missed,), (over,))

    due = [shapes.summary(one)["nextDueAt"] for one in (late, told, ended)]

    assert due[:2] == ["2026-03-01T12:00:00.000Z", "2026-03-01T12:05:00.000Z"]
    assert due[2] != due[0]
