"""The log on a real MongoDB: appended once, in order, read from any place, scrubbed for good."""

import asyncio
from datetime import timedelta

import pytest
from bson import encode
from pydantic import ValidationError

from incident.core import events as ev
from incident.core.incident import REDACTED, fold
from incident.store.batches import SeqTaken
from incident.store.commit import STATE_EVERY, STATE_LIMIT, Commit
from incident.store.connection import Database
from incident.store.journal import PAGE, Journal
from tests.builders import NOON, acknowledged, declared, noted, proposed
from tests.parts.offices import Log, events_of, everything, holes

SECRET = "the password is swordfish"


@pytest.fixture
async def journal(database: Database) -> Journal:
    journal = Journal(database)
    await journal.prepare()
    return journal


@pytest.fixture
async def log(journal: Journal) -> Log:
    """A declaration and three notes."""
    log = Log(journal)
    await log.add()
    for message in ("one", "two", "three"):
        await log.add(noted(message))
    return log


def pinned(entry: int) -> ev.EntryPinned:
    return ev.EntryPinned(by="ada", at=NOON, entry=entry)


def redacted(entry: int, *fields: str) -> ev.EntryRedacted:
    return ev.EntryRedacted(by="ada", at=NOON, entry=entry, fields=fields)


async def heavy(journal: Journal, commits: int) -> Log:
    """An incident whose state has outgrown its commits from the third on."""
    log = Log(journal, "INC-2")
    await log.add()
    descriptions = [proposed(n, description="x" * 10_000) for n in range(1, 8)]
    await log.add(*descriptions)
    for number in range(commits - 2):
        await log.add(noted(f"note {number}"))
    return log


async def test_the_newest_commit_is_read_as_it_was_appended(journal: Journal, log: Log) -> None:
    newest = await journal.latest("INC-1")

    assert newest == log.commits[-1]
    assert await journal.latest("INC-9") is None


async def test_the_newest_of_many_incidents_are_read_together(journal: Journal, log: Log) -> None:
    large = await heavy(journal, STATE_EVERY + 5)

    found = await journal.latest_of(["INC-1", "INC-2", "INC-9"])

    assert sorted(found, key=lambda one: one.incident) == [log.commits[-1], large.commits[-1]]
    assert await journal.latest_of([]) == []


async def test_one_that_cannot_be_read_is_left_out_of_many(
    journal: Journal, log: Log, database: Database
) -> None:
    other = Log(journal, "INC-2")
    await other.add()
    later = {"$set": {"commands.0.events.0.kind": "teleported"}}
    await database.db.commits.update_many({"incident": "INC-1"}, later)

    assert await journal.latest_of(["INC-1", "INC-2"]) == other.commits
    with pytest.raises(ValidationError):
        await journal.latest("INC-1")


async def test_of_two_commits_with_one_seq_the_first_stays(journal: Journal, log: Log) -> None:
    with pytest.raises(SeqTaken):
        await journal.append(log.next(noted("late"), seq=4, command="late"))

    assert await journal.latest("INC-1") == log.commits[-1]


async def test_a_command_is_in_the_log_of_an_incident_once(journal: Journal, log: Log) -> None:
    other = Log(journal, "INC-2")

    with pytest.raises(SeqTaken):
        await journal.append(log.next(noted("again"), command=log.commits[2].commands[0].id))
    await other.add(command=log.commits[2].commands[0].id)

    assert (await journal.latest("INC-2")) == other.commits[0]


async def test_an_incident_is_declared_once_under_a_key(journal: Journal, log: Log) -> None:
    first = await Log(journal, "INC-2").add(declaration="ada:1")

    with pytest.raises(SeqTaken):
        await Log(journal, "INC-3").add(declaration="ada:1")

    assert (await journal.declaration("ada:1")) == Commit(
        "INC-2", 1, first.at, "one", first.commands, 1, first.state
    )
    assert await journal.declaration("ada:2") is None


async def test_commits_that_go_together_each_learn_their_own_fate(
    journal: Journal, log: Log
) -> None:
    taken = log.next(noted("late"), seq=2, command="late")
    unfit = Log(journal, "INC-3").next(declared(metadata={"huge": 2**70}))
    others = [Log(journal, f"INC-{number}").next(declared()) for number in (4, 5)]

    fates = await asyncio.gather(
        *(journal.append(commit) for commit in (others[0], taken, unfit, others[1])),
        return_exceptions=True,
    )

    assert [type(fate) for fate in fates] == [type(None), SeqTaken, OverflowError, type(None)]
    assert await journal.latest("INC-3") is None
    assert [await journal.latest(commit.incident) for commit in others] == others


async def test_no_number_is_given_out_twice(journal: Journal) -> None:
    numbers = await asyncio.gather(*(journal.next_number() for _ in range(40)))

    assert sorted(numbers) == list(range(1, 41))


async def test_what_comes_after_a_commit_is_read_in_order_with_its_states(
    journal: Journal, log: Log
) -> None:
    first, second, third, _ = log.commits

    assert await journal.since(first) == log.commits[1:]
    assert await journal.since(first, limit=2) == [second, third]
    assert await journal.since(log.commits[-1]) == []


async def test_a_page_may_be_read_from_either_end(journal: Journal, log: Log) -> None:
    told = await journal.forwards("INC-1")
    forwards = await journal.forwards("INC-1", seq=1, limit=2)
    backwards = await journal.backwards("INC-1", limit=2)
    earlier = await journal.backwards("INC-1", seq=3)

    assert [one.events for one in told] == [commit.events for commit in log.commits]
    assert [one.seq for one in forwards] == [2, 3]
    assert [one.seq for one in backwards] == [4, 3]
    assert [one.seq for one in earlier] == [2, 1]


async def test_an_incident_is_found_as_it_was_then(journal: Journal, log: Log) -> None:
    """Commit `n` of the log was made `n` minutes after noon."""
    half_past_two = NOON + timedelta(minutes=2, seconds=30)

    assert await journal.at_seq("INC-1", 3) == log.commits[2]
    assert await journal.at_seq("INC-1", 9) is None
    assert await journal.at_time("INC-1", half_past_two) == log.commits[1]
    assert await journal.at_time("INC-1", log.commits[2].at) == log.commits[2]
    assert await journal.at_time("INC-1", NOON) is None


async def test_commits_are_found_by_their_commands(journal: Journal, log: Log) -> None:
    found = await journal.holding("INC-1", ["INC-1-2", "INC-1-4", "unheard-of"])

    assert found == [log.commits[1], log.commits[3]]
    assert await journal.holding("INC-2", ["INC-1-2"]) == []


async def test_marks_on_a_page_are_found_after_it(journal: Journal, log: Log) -> None:
    await log.add(pinned(2))
    await log.add(noted("between"))
    await log.add(redacted(3), pinned(4))

    assert [one.seq for one in await journal.marking("INC-1", [2, 3], 4)] == [5, 7]
    assert [one.seq for one in await journal.marking("INC-1", [2, 3], 5)] == [7]
    assert await journal.marking("INC-1", [1], 4) == []
    assert await journal.marking("INC-1", [], 0) == []


async def test_every_incident_is_told_with_its_newest_seq(journal: Journal, log: Log) -> None:
    await Log(journal, "INC-12").add()

    assert {incident: seq async for incident, seq in journal.newest_seqs()} == {
        "INC-1": 4,
        "INC-12": 1,
    }


async def test_a_history_longer_than_a_page_is_read_whole(journal: Journal) -> None:
    log = Log(journal)
    await log.add()
    for number in range(PAGE + 20):
        log.commits.append(log.next(noted(str(number))))
    await asyncio.gather(*(journal.append(commit) for commit in log.commits[1:]))

    page = await journal.since(log.commits[0])
    rest = await journal.since(page[-1])

    assert [commit async for commit in journal.history("INC-1")] == log.commits
    assert [*page, *rest] == log.commits[1:]
    assert len(page) == PAGE


async def test_a_large_state_rides_in_some_commits_and_is_folded_for_the_others(
    journal: Journal,
) -> None:
    log = await heavy(journal, STATE_EVERY * 2 + 5)
    carrying = [seq async for seq, state in journal.states("INC-2") if state is not None]

    assert carrying == [1, STATE_EVERY + 1, 2 * STATE_EVERY + 1]
    assert await journal.latest("INC-2") == log.commits[-1]
    assert await journal.at_seq("INC-2", 20) == log.commits[19]
    assert await holes(journal, "INC-2") == []


async def test_a_state_of_another_shape_is_folded_anew(
    journal: Journal, log: Log, database: Database
) -> None:
    await database.db.commits.update_many({}, {"$set": {"state": {"shape": 0, "wording": "old"}}})

    assert await journal.latest("INC-1") == log.commits[-1]
    assert await journal.since(log.commits[0]) == log.commits[1:]


async def test_an_unknown_event_stops_the_load_of_its_incident_alone(
    journal: Journal, log: Log, database: Database
) -> None:
    other = await Log(journal, "INC-2").add()
    change = {"$set": {"commands.0.events.0.kind": "teleported"}}
    await database.db.commits.update_one({"incident": "INC-1", "seq": 4}, change)

    for load in (journal.latest("INC-1"), journal.since(log.commits[0])):
        with pytest.raises(ValidationError):
            await load
    assert await journal.latest("INC-2") == other


async def test_redacted_text_leaves_the_events_and_every_state(
    journal: Journal, database: Database
) -> None:
    log = Log(journal)
    await log.add(declared(description=SECRET, metadata={"note": SECRET}))
    await log.add(noted(SECRET))
    await log.add(ev.EntryAmended(by="mei", at=NOON, entry=2, message=f"{SECRET}!"))
    await log.add(noted("harmless"))
    await log.add(redacted(1, "title", "description", "metadata"), redacted(2))
    newest = await journal.latest("INC-1")

    changed = await journal.rewrite("INC-1")

    assert changed == 4, "the last commit was clean as it was written"
    assert "swordfish" not in await everything(database)
    assert await journal.latest("INC-1") == newest
    assert await holes(journal, "INC-1") == []
    assert newest is not None
    assert newest.state.title == newest.state.description == REDACTED


async def test_rewriting_again_changes_nothing(journal: Journal, database: Database) -> None:
    log = Log(journal)
    await log.add(declared(description=SECRET))
    await log.add(redacted(1, "description"))

    first = await journal.rewrite("INC-1")
    once = await everything(database)

    assert first > 0
    assert await journal.rewrite("INC-1") == 0
    assert await everything(database) == once


async def test_rewriting_keeps_who_when_and_under_which_key(journal: Journal, log: Log) -> None:
    await log.add(redacted(2))
    await journal.rewrite("INC-1")
    found = [commit async for commit in journal.history("INC-1")]

    assert [(c.seq, c.at, c.first, c.commands[0].id) for c in found] == [
        (c.seq, c.at, c.first, c.commands[0].id) for c in log.commits
    ]
    assert [event.kind for event in events_of(found)] == [e.kind for e in events_of(log.commits)]


async def test_a_state_that_outgrows_its_commit_by_redaction_does_not_stay(
    journal: Journal, database: Database
) -> None:
    """The mark is longer than the text: `pw` becomes `[redacted]`, and 64 KB are passed."""
    log = Log(journal)
    filler = [proposed(number, description="pw") for number in range(1, 8)]
    await log.add(declared(metadata={"fat": ""}), *filler)
    room = STATE_LIMIT - len(encode(log.state.model_dump(exclude_none=True)))
    fat = ev.DetailsChanged(by="ada", at=NOON, metadata={"fat": "x" * (room - 10)})
    await log.add(fat)
    before = {seq: state async for seq, state in journal.states("INC-1")}
    fields = tuple(f"actions.ACT-{number}.description" for number in range(1, 8))
    await log.add(*(redacted(n + 1, fields[n - 1]) for n in range(1, 8)))

    await journal.rewrite("INC-1")
    after = {seq: state async for seq, state in journal.states("INC-1")}

    assert before[2] is not None
    assert after[2] is None
    assert "'pw'" not in await everything(database)
    assert await holes(journal, "INC-1") == []


async def test_fold_and_log_agree_after_a_rewrite_of_everything(journal: Journal) -> None:
    log = Log(journal)
    await log.add(declared(title="First title"))
    await log.add(ev.DetailsChanged(by="ada", at=NOON, title="Second title"))
    await log.add(acknowledged())
    await log.add(redacted(1), redacted(2, "title"))
    await log.add(ev.DetailsChanged(by="ada", at=NOON, title="Third title"))

    await journal.rewrite("INC-1")
    found = [commit async for commit in journal.history("INC-1")]

    assert found[-1].state == fold(events_of(found)) == log.state
    assert await holes(journal, "INC-1") == []
