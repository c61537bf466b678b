"""The browser's reducer, held to RFC 7396 and to what the server itself says."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from incident import shapes
from incident.core import commands as do
from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.decide import decide
from incident.core.incident import Incident
from incident.core.oncall.roster import Roster
from incident.core.patches import without_nulls
from incident.core.surroundings import Surroundings
from incident.store.commit import Accepted, Commit, Told, after

CASES = json.loads((Path(__file__).parent / "fixtures" / "merge_patch.json").read_text())
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
AROUND = Surroundings(roster=Roster(people=frozenset({"lead"})))
"""Who stands on the second level is there, so that the ladder pages somebody."""

MERGE = """async ([target, patch]) => {
  const { mergePatch } = await import("/static/js/reduce.js");
  const before = [JSON.parse(target), JSON.parse(patch)];
  const merged = mergePatch(...before);
  return [merged, ...before].map((value) => JSON.stringify(value));
}"""

FOLD = """async ([incident, frames]) => {
  const { applyCommit, roomFrom } = await import("/static/js/reduce.js");
  const room = frames.reduce(applyCommit, roomFrom(incident));
  return { ...room, entries: [...room.entries] };
}"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_a_merge_patch_does_what_the_rfc_says(modules: Page, case: dict[str, Any]) -> None:
    asked = [json.dumps(case["target"]), json.dumps(case["patch"])]

    merged, target, patch = map(json.loads, await modules.evaluate(MERGE, asked))

    assert case["result"] == merged
    assert [case["target"], case["patch"]] == [target, patch], "its arguments are not changed"


def log_of(*commands: do.Command) -> list[Commit]:
    """One commit for each command, a minute apart."""
    log: list[Commit] = []
    for seq, command in enumerate(commands, start=1):
        at = NOON + timedelta(minutes=seq)
        base = log[-1] if log else None
        state = base.state if base else Incident()
        events = tuple(decide(state, command, at, AROUND))
        accepted = Accepted(id=str(seq), by=command.by, digest="", events=events)
        told = Told("INC-7", seq, at, "here", (accepted,), state.entries + 1)
        log.append(after(base, told))
    return log


def told_by_the_server(log: list[Commit]) -> dict[str, Any]:
    return shapes.incident(log[-1]) | {"timeline": shapes.entries(log)}


def frames_of(log: list[Commit]) -> list[Any]:
    return [json.loads(shapes.frame(before, commit)) for before, commit in pairwise(log)]


async def test_a_log_folded_in_the_browser_is_what_the_server_tells(modules: Page) -> None:
    secret = "the password is hunter2"
    told = ev.Noted(by="mei", at=NOON, message=secret)
    log = log_of(
        do.Declare(by="ada", title="Checkout is down", severity=2, metadata={"call": "12"}),
        do.Acknowledge(by="mei"),
        do.AssignRole(by="ada", role="incident_commander", assignee="ada"),
        do.AddEntry(by="mei", message="the pool is full"),
        do.AddEntry(by="mei", message=secret),
        do.AddEntry(by="ada", type="decision", message="fail over"),
        do.AmendEntry(by="mei", entry=5, message="the pool was full"),
        do.AmendEntry(by="mei", entry=6, message=f"once more: {secret}"),
        do.PinEntry(by="ada", entry=5),
        do.PinEntry(by="ada", entry=7),
        do.UnpinEntry(by="ada", entry=5),
        work.ProposeAction(by="mei", description="Promote", target="db", region="eu", risk="high"),
        work.ChangeAction(by="ada", action="ACT-1", approved=True),
        work.ChangeAction(by="mei", action="ACT-1", status="in-progress"),
        work.ProposeAction(by="mei", description="Restart", target="web"),
        work.ChangeAction(by="mei", action="ACT-2", run_after="ACT-1"),
        do.OfferRole(by="ada", role="incident_commander", to="mei", message="I am tired"),
        do.AcceptRole(by="mei", role="incident_commander"),
        do.OfferRole(by="mei", role="scribe", to="ada"),
        do.DeclineRole(by="ada", role="scribe", reason="busy"),
        work.RaiseHypothesis(by="mei", description="the pool is too small"),
        work.JudgeHypothesis(by="ada", hypothesis="H1", verdict="eliminated"),
        do.SnoozeUpdate(by="ada", audience="support", duration=timedelta(minutes=15)),
        do.Escalate(by="ada", reason="no answer"),
        do.PauseEscalation(by="ada", duration=timedelta(minutes=15)),
        do.ResumeEscalation(by="ada"),
        work.ChangeAction(by="mei", action="ACT-1", status="completed"),
        do.PostUpdate(by="ada", audience="customers", message="soon", next_update_in=timedelta(1)),
        do.ReleaseRole(by="mei", role="incident_commander"),
        do.ChangeIncident(by="ada", affected_services=("db", "web"), metadata={}),
        do.SetStatus(by="ada", status="resolved"),
        do.SetStatus(by="ada", status="active", reason="it came back"),
        do.RedactEntry(by="ada", authority="admin", entry=6, original=told),
    )

    room = await modules.evaluate(FOLD, [told_by_the_server(log[:1]), frames_of(log)])

    whole = told_by_the_server(log)
    entries = whole.pop("timeline")
    assert without_nulls(shapes.keyed(whole)) == without_nulls(room["incident"])
    assert without_nulls({"all": entries}) == without_nulls({"all": room["entries"]})
    assert secret not in json.dumps(room)
    assert len(log) == room["seq"]


async def test_of_a_redacted_page_and_a_note_with_files_nothing_that_was_said_is_left(
    modules: Page,
) -> None:
    file = ev.Attachment(id="a" * 64, name="secret.png", size=9, type="image/png")
    log = log_of(
        do.Declare(by="ada", title="Checkout is down", severity=2),
        do.AddEntry(by="mei", message="look", attachments=(file,)),
    )
    told = dict(enumerate((event for commit in log for event in commit.events), start=1))
    [page] = [n for n, event in told.items() if isinstance(event, ev.Paged)]
    note = max(told)
    for number in (page, note):
        original = told[number]
        at = NOON + timedelta(hours=number)
        command = do.RedactEntry(by="ada", authority="admin", entry=number, original=original)
        events = tuple(decide(log[-1].state, command, at, AROUND))
        accepted = Accepted(id=f"r{number}", by="ada", digest="", events=events)
        base = log[-1]
        line = Told("INC-7", base.seq + 1, at, "here", (accepted,), base.state.entries + 1)
        log.append(after(base, line))

    frames = frames_of(log)
    room = await modules.evaluate(FOLD, [told_by_the_server(log[:1]), frames])

    shown = {entry["number"]: entry for entry in room["entries"]}
    served = {entry["number"]: entry for entry in told_by_the_server(log)["timeline"]}
    people, skipped = shown[page]["data"]["people"], shown[page]["data"]["skipped"]
    assert people + skipped
    assert {one["why"] for one in [*people, *skipped]} == {"[redacted]"}
    assert shown[note]["attachments"] == []
    for number in (page, note):
        assert without_nulls(served[number]) == without_nulls(shown[number])


async def test_a_commit_that_came_before_changes_nothing(modules: Page) -> None:
    log = log_of(
        do.Declare(by="ada", title="Checkout is down", severity=5),
        do.AddEntry(by="mei", message="one"),
        do.AddEntry(by="mei", message="two"),
    )
    frames = frames_of(log)

    room = await modules.evaluate(FOLD, [told_by_the_server(log[:1]), [*frames, *frames]])

    assert [1, 2, 3] == [entry["number"] for entry in room["entries"]]


async def test_earlier_entries_join_before_those_that_are_there(modules: Page) -> None:
    known = [{"number": 4}, {"number": 5}]
    older = [{"number": 2}, {"number": 3}, {"number": 4}]

    room = await modules.evaluate(
        """async ([known, older]) => {
          const { roomFrom, withEarlier } = await import("/static/js/reduce.js");
          const room = withEarlier(roomFrom({ seq: 5, timeline: known }), older);
          return { entries: [...room.entries] };
        }""",
        [known, older],
    )

    assert [2, 3, 4, 5] == [entry["number"] for entry in room["entries"]]
