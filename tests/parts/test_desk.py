"""The desk on a real MongoDB, alone and beside another: every command once, or refused rightly."""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from incident import desk as desks
from incident import mending
from incident.answers import Answer, KeyReused, Moved, Request
from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.decide import ALONE
from incident.core.rejected import Rejected
from incident.lane import BATCH, RACES
from incident.store.batches import SeqTaken
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.errors import OutcomeUnknown, StoreAway
from incident.store.journal import Journal
from incident.store.lists import Filters, Lists
from tests.builders import MINUTE, declared
from tests.parts.offices import Office, everything, holes, office

NOTE = do.AddEntry(by="mei", message="502s")
SECRET = "the password is swordfish"


@pytest.fixture
async def one(database: Database) -> Office:
    return await office(database, "one")


@pytest.fixture
async def two(database: Database) -> Office:
    """Another process on the same database."""
    return await office(database, "two")


class Unsure(Journal):
    """A database that goes away in the middle of writes: of the next `outages`, one by one,
    it is told whether they were stored.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.outages: list[bool] = []

    async def append(self, commit: Commit) -> None:
        if not self.outages:
            return await super().append(commit)
        if self.outages.pop(0):
            await super().append(commit)
        raise OutcomeUnknown


class Gated(Journal):
    """Appends wait at the gate; `reached` says that one is there."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.gate, self.reached = asyncio.Event(), asyncio.Event()
        self.gate.set()

    async def append(self, commit: Commit) -> None:
        if not self.gate.is_set():
            self.reached.set()
        await self.gate.wait()
        await super().append(commit)


class Forgetful(Lists):
    """Rows cannot be written while it is `away`."""

    away = False

    async def write(self, commit: Commit, row: Mapping[str, Any]) -> None:
        if self.away:
            raise StoreAway
        await super().write(commit, row)


async def refused(answer: asyncio.Future[Answer]) -> str:
    with pytest.raises(Rejected) as caught:
        await answer
    return caught.value.code


def sent(to: Office, incident: str, command: do.Command, **how: Any) -> asyncio.Task[Answer]:  # noqa: ANN401 (what `submit` takes)
    """A command on its way; what is sent in one turn of the loop arrives together."""
    return asyncio.create_task(to.desk.submit(incident, command, **how))


async def ids(at: Office, incident: str) -> Counter[str]:
    """How often each command is in the log."""
    history = [commit async for commit in at.journal.history(incident)]
    return Counter(command.id for commit in history for command in commit.commands)


async def test_an_answer_tells_where_the_command_is_in_the_log(one: Office) -> None:
    incident = await one.declares()

    answers = await asyncio.gather(*(sent(one, incident, NOTE) for _ in range(3)))
    (commit,) = {answer.commit.seq: answer.commit for answer in answers}.values()

    assert (commit.seq, commit.first, commit.origin) == (2, 2, "one")
    assert [answer.index for answer in answers] == [0, 1, 2]
    assert all(answer.events == commit.events[answer.index :][:1] for answer in answers)
    assert await one.newest(incident) == commit


async def test_two_hundred_writers_on_two_desks_are_each_in_the_log_once(
    one: Office, two: Office
) -> None:
    incident = await one.declares(roles={"incident_commander": "ada"})
    chance = random.Random(1)
    kinds: list[do.Command] = [
        NOTE,
        do.Acknowledge(by="mei"),
        do.PinEntry(by="bo", entry=1),
        do.UnpinEntry(by="bo", entry=1),
        do.AssignRole(by="ada", role="scribe", assignee="cy"),
        do.ReleaseRole(by="ada", role="scribe"),
        work.ProposeAction(by="cy", description="Restart", target="db"),
        do.ChangeIncident(by="ada", title="Payments fail everywhere"),
    ]
    accepted: list[str] = []

    async def writer(number: int) -> None:
        for turn in range(3):
            at, command = chance.choice((one, two)), chance.choice(kinds)
            try:
                await at.desk.submit(incident, command, key=f"{number}-{turn}")
            except Rejected:
                continue
            accepted.append(f"{command.by}:{number}-{turn}")

    await asyncio.gather(*(writer(number) for number in range(200)))
    newest = await one.newest(incident)

    assert await holes(one.journal, incident) == []
    logged = await ids(one, incident)
    assert set(logged.values()) == {1}
    assert set(accepted) == {command for command in logged if ":" in command}
    assert newest.seq < len(accepted), "what arrives together is committed together"
    assert {commit.origin async for commit in one.journal.history(incident)} == {"one", "two"}
    assert (await one.lists.seqs())[incident] == newest.seq


async def test_fifty_repeats_of_a_key_through_two_desks_take_effect_once(
    one: Office, two: Office
) -> None:
    incident = await one.declares()

    answers = await asyncio.gather(
        *(sent((one, two)[n % 2], incident, NOTE, key="k") for n in range(50))
    )
    once_more = await two.desk.submit(incident, NOTE, key="k")

    assert (await one.newest(incident)).state.entries == 2
    assert {(a.commit.seq, a.index, a.events) for a in [*answers, once_more]} == {
        (2, 0, answers[0].events)
    }
    assert once_more.repeated


async def test_a_key_belongs_to_one_person(one: Office) -> None:
    incident = await one.declares()
    for by in ("mei", "bo"):
        await one.desk.submit(incident, do.AddEntry(by=by, message="x"), key="k")

    assert (await one.newest(incident)).state.entries == 3


async def test_a_key_that_comes_with_another_command_is_refused(one: Office, two: Office) -> None:
    incident = await one.declares()
    other = do.AddEntry(by="mei", message="503s")
    together = [sent(one, incident, NOTE, key="k"), sent(one, incident, other, key="k")]

    results = await asyncio.gather(*together, return_exceptions=True)

    assert [type(result) for result in results] == [Answer, KeyReused]
    for at in (one, two):
        with pytest.raises(KeyReused):
            await at.desk.submit(incident, other, key="k")
        with pytest.raises(KeyReused):
            await at.desk.submit(incident, do.Acknowledge(by="mei"), key="k")
    assert (await one.newest(incident)).state.entries == 2


async def test_a_repeat_is_answered_although_the_state_forbids_it_by_now(
    one: Office, two: Office
) -> None:
    incident = await one.declares()
    first = await one.desk.submit(incident, do.Acknowledge(by="mei"), key="k", expect=1)
    await one.desk.submit(incident, do.SetStatus(by="ada", status="resolved"))

    again = await two.desk.submit(incident, do.Acknowledge(by="mei"), key="k", expect=1)

    assert (again.commit, again.events, again.repeated) == (first.commit, first.events, True)


async def test_nobody_is_refused_on_what_this_desk_only_remembers(one: Office, two: Office) -> None:
    incident = await one.declares(roles={"scribe": "mei"})
    await two.notes(incident, "two knows that mei is scribe")
    await one.desk.submit(incident, do.ReleaseRole(by="mei", role="scribe"))

    taken = await two.desk.submit(incident, do.AssignRole(by="bo", role="scribe", assignee="bo"))

    assert taken.commit.state.roles["scribe"].holder == "bo"
    assert await holes(one.journal, incident) == []


async def test_nothing_is_accepted_on_what_this_desk_only_remembers(
    one: Office, two: Office
) -> None:
    incident = await one.declares()
    await two.notes(incident, "two knows that nobody is scribe")
    await one.desk.submit(incident, do.AssignRole(by="mei", role="scribe", assignee="mei"))

    late = sent(two, incident, do.AssignRole(by="bo", role="scribe", assignee="bo"))

    assert await refused(late) == "role-held"


class Unread(Journal):
    """Counts how often a newest commit is read alone."""

    alone = 0

    async def latest(self, incident: str) -> Commit | None:
        self.alone += 1
        return await super().latest(incident)


async def test_a_command_on_what_was_recalled_reads_nothing_more(
    one: Office, database: Database
) -> None:
    journal = Unread(database)
    other = await office(database, "two", journal=journal)
    incidents = [await one.declares() for _ in range(3)]

    recalled = await other.desk.recall([*incidents, "INC-99"])
    commits = [(await other.desk.submit(incident, NOTE)).commit for incident in incidents]

    assert {name: commit.seq for name, commit in recalled.items()} == dict.fromkeys(incidents, 1)
    assert ([commit.seq for commit in commits], journal.alone) == ([2, 2, 2], 0)


async def test_what_was_recalled_is_a_guess_and_newer_than_no_other(
    one: Office, two: Office
) -> None:
    incident = await one.declares()
    await two.desk.recall([incident])
    await one.notes(incident, "first")
    second = await two.notes(incident, "second")
    late = await two.desk.recall([incident])
    third = await two.notes(incident, "third")

    assert (second.seq, late[incident].seq, third.seq) == (3, 3, 4)
    assert await holes(one.journal, incident) == []


async def test_what_changes_nothing_is_answered_with_the_newest_commit(
    one: Office, two: Office
) -> None:
    incident = await one.declares()
    await two.notes(incident, "two remembers this")
    newest = (await one.desk.submit(incident, do.Acknowledge(by="mei"))).commit

    nothing = await two.desk.submit(incident, do.Acknowledge(by="mei"))

    assert (nothing.commit, nothing.events) == (newest, ())


async def test_what_changed_nothing_under_a_key_changes_nothing_when_it_is_sent_again(
    one: Office, two: Office
) -> None:
    incident = await one.declares(roles={"scribe": "ada"})
    give = do.AssignRole(by="ada", role="scribe", assignee="ada")
    first = await one.desk.submit(incident, give, key="k")
    await one.desk.submit(incident, do.AssignRole(by="ada", role="scribe", assignee="mei"))

    again = await two.desk.submit(incident, give, key="k")

    assert (again.repeated, again.commit.seq, again.events) == (True, first.commit.seq, ())
    assert (await one.newest(incident)).state.roles["scribe"].holder == "mei"


async def test_an_expected_seq_is_the_newest_or_the_command_is_refused(
    one: Office, two: Office
) -> None:
    incident = await one.declares()
    await two.notes(incident, "seq 2")

    with pytest.raises(Moved) as moved:
        await one.desk.submit(incident, NOTE, expect=1)
    await one.desk.submit(incident, NOTE, expect=2)

    assert moved.value.seq == 2
    assert (await one.newest(incident)).seq == 3


async def test_of_two_that_expect_the_same_seq_together_one_is_refused(one: Office) -> None:
    incident = await one.declares()

    results = await asyncio.gather(
        *(sent(one, incident, NOTE, expect=1) for _ in range(2)), return_exceptions=True
    )

    assert [type(result) for result in results] == [Answer, Moved]
    assert (await one.newest(incident)).state.entries == 2


async def test_a_refused_command_does_not_harm_those_beside_it(one: Office) -> None:
    incident = await one.declares()
    before, wrong, after = (
        sent(one, incident, NOTE),
        sent(one, incident, do.ReleaseRole(by="bo", role="scribe")),
        sent(one, incident, do.Acknowledge(by="mei")),
    )

    assert await refused(wrong) == "role-not-held"
    assert (await before).commit.seq == (await after).commit.seq == 2


async def test_commands_that_come_together_are_decided_on_one_another(one: Office) -> None:
    incident = await one.declares()
    first, second, third = (
        sent(one, incident, do.Acknowledge(by=by)) for by in ("mei", "bo", "mei")
    )

    assert (await first).events
    assert await refused(second) == "already-acknowledged"
    assert ((await third).commit.seq, (await third).events) == (2, ())


async def test_nobody_is_refused_on_a_commit_that_never_came(database: Database) -> None:
    """Mei's acknowledgement, on which Bo would be refused, was not stored after all."""
    journal = Unsure(database)
    one = await office(database, journal=journal)
    incident = await one.declares()
    journal.outages = [False]

    results = await asyncio.gather(
        *(sent(one, incident, do.Acknowledge(by=by)) for by in ("mei", "bo")),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [OutcomeUnknown, OutcomeUnknown]
    assert (await one.desk.submit(incident, do.Acknowledge(by="bo"))).events


@pytest.mark.parametrize("stored", [True, False])
async def test_after_an_unknown_outcome_the_same_key_finds_out(
    database: Database, *, stored: bool
) -> None:
    journal = Unsure(database)
    one = await office(database, journal=journal)
    incident = await one.declares()
    journal.outages = [stored]

    with pytest.raises(OutcomeUnknown):
        await one.desk.submit(incident, NOTE, key="k")
    answer = await one.desk.submit(incident, NOTE, key="k")

    assert answer.repeated == stored
    assert (await one.newest(incident)).state.entries == 2
    assert await holes(one.journal, incident) == []


@pytest.mark.parametrize("stored", [True, False])
async def test_after_an_unknown_declaration_the_same_key_finds_out(
    database: Database, *, stored: bool
) -> None:
    journal = Unsure(database)
    one = await office(database, journal=journal)
    declare = do.Declare(by="ada", title="Payments fail")
    journal.outages = [stored]

    with pytest.raises(OutcomeUnknown):
        await one.desk.declare(declare, key="k")
    answer = await one.desk.declare(declare, key="k")

    assert answer.repeated == stored
    assert [incident async for incident, _ in journal.newest_seqs()] == [answer.commit.incident]


async def test_a_declaration_under_a_key_happens_once(one: Office, two: Office) -> None:
    declare = do.Declare(by="ada", title="Payments fail", roles={"scribe": "mei"})

    answers = await asyncio.gather(
        *((one, two)[n % 2].desk.declare(declare, key="k") for n in range(20))
    )

    assert len({(a.commit.incident, a.commit.seq, a.index, str(a.events)) for a in answers}) == 1
    assert len([row async for row in one.journal.newest_seqs()]) == 1
    with pytest.raises(KeyReused):
        await two.desk.declare(do.Declare(by="ada", title="Something else"), key="k")
    assert (await two.desk.declare(do.Declare(by="bo", title="Payments fail"), key="k")).events


async def test_a_number_that_is_in_use_after_a_restore_is_passed_over(
    one: Office, database: Database
) -> None:
    await one.declares()
    await one.declares()
    await database.db.counters.delete_many({})

    assert await one.declares() == "INC-3"


async def test_a_declaration_that_is_refused_stores_nothing(one: Office) -> None:
    future = one.clock() + timedelta(hours=1)
    with pytest.raises(Rejected):
        await one.desk.declare(do.Declare(by="ada", title="x", start_time=future), key="k")

    assert [row async for row in one.journal.newest_seqs()] == []


@pytest.mark.parametrize("command", [NOTE, do.Tick(), do.Declare(by="ada", title="x")])
async def test_an_unknown_incident_refuses_everything(one: Office, command: do.Command) -> None:
    assert await refused(sent(one, "INC-404", command)) == "no-such-incident"
    assert await refused(sent(one, "INC-404", command, expect=1)) == "no-such-incident"
    assert await one.journal.latest("INC-404") is None


async def test_closing_waits_for_everything_that_was_taken(one: Office) -> None:
    incident = await one.declares()
    action = await one.proposes(incident, "db")
    under_way = [
        *(sent(one, incident, NOTE) for _ in range(10)),
        sent(one, incident, work.ChangeAction(by="cy", action=action, status="in-progress")),
        asyncio.create_task(one.desk.declare(do.Declare(by="ada", title="Another"))),
    ]
    await asyncio.sleep(0)

    await one.desk.close()

    assert all(task.done() for task in under_way)
    assert all(task.result().events for task in under_way)


async def test_a_request_that_is_gone_does_not_take_its_repeat_along(database: Database) -> None:
    """The connection is lost, the client comes back at once: both wait for one commit."""
    journal = Gated(database)
    one = await office(database, journal=journal)
    incident = await one.declares()
    journal.gate.clear()
    lost, repeated = sent(one, incident, NOTE, key="k"), sent(one, incident, NOTE, key="k")
    await journal.reached.wait()

    lost.cancel()
    journal.gate.set()
    answer = await repeated

    assert answer.commit.seq == 2
    assert (await one.newest(incident)).state.entries == 2


async def test_what_is_gone_before_it_is_looked_at_does_not_happen(one: Office) -> None:
    incident = await one.declares()
    lost, kept = sent(one, incident, NOTE), sent(one, incident, do.Acknowledge(by="mei"))
    await asyncio.sleep(0)
    lost.cancel()
    await kept

    assert (await one.newest(incident)).state.entries == 2


async def test_a_deadline_is_armed_by_the_commit_that_changes_it_and_no_other(
    database: Database,
) -> None:
    one = await office(database, around=ALONE)
    incident = await one.declares(severity=1)
    await one.notes(incident, "changes no deadline")
    promise = do.PostUpdate(
        by="ada", audience="customers", message="x", next_update_in=timedelta(minutes=2)
    )
    await one.desk.submit(incident, promise)
    await one.desk.submit(incident, do.Acknowledge(by="mei"))
    await one.desk.submit(incident, do.SetStatus(by="ada", status="resolved"))
    armed = [stored.get("wake_at") async for stored in database.db.commits.find().sort("seq", 1)]

    due = [5 * MINUTE, None, 2 * MINUTE, None, timedelta(days=5)]
    assert armed == [one.clock() + wait if wait else None for wait in due]


async def test_what_arrives_while_a_commit_is_on_its_way_is_the_next_one(one: Office) -> None:
    incident = await one.declares()
    answers = await asyncio.gather(*(sent(one, incident, NOTE) for _ in range(BATCH * 2 + 1)))

    sizes = Counter(answer.commit.seq for answer in answers)

    assert sizes == {2: BATCH, 3: BATCH, 4: 1}


async def test_commands_that_would_not_fit_into_one_document_are_parted(one: Office) -> None:
    """Four bytes a character: 240 of these together would exceed what a document may hold."""
    incident = await one.declares()
    long = ["\U0001f525" * 10_000] * 2
    commands = [do.ChangeIncident(by="mei", metadata={"a": long, "n": n}) for n in range(240)]

    answers = await asyncio.gather(*(sent(one, incident, command) for command in commands))

    assert len({answer.commit.seq for answer in answers}) > 1
    assert await holes(one.journal, incident) == []


async def test_the_row_is_there_when_the_answer_comes(one: Office) -> None:
    incident = await one.declares()
    await asyncio.gather(*(one.notes(incident, f"note {n}") for n in range(20)))
    answer = await one.desk.submit(incident, do.Acknowledge(by="mei"))

    (row,) = await one.lists.find(Filters(), 9)

    assert row["seq"] == answer.commit.seq
    assert (row["acknowledgedBy"], row["lastEntry"]["number"]) == ("mei", 22)


async def test_a_row_that_cannot_be_written_is_mended_later(database: Database) -> None:
    lists = Forgetful(database)
    one = await office(database, lists=lists)
    incident = await one.declares()
    lists.away = True
    await one.notes(incident, "502s")
    await one.desk.submit(incident, do.PinEntry(by="ada", entry=2))
    lists.away = False
    behind = (await one.lists.find(Filters(), 9))[0]["seq"]

    mended = await mending.mend(one.journal, one.lists)
    (row,) = await one.lists.find(Filters(), 9)

    assert (behind, mended) == (1, 1)
    assert (row["seq"], row["lastEntry"]["message"]) == (3, "502s")
    assert await mending.mend(one.journal, one.lists) == 0


async def test_whoever_loses_too_many_races_is_told_to_try_again(database: Database) -> None:
    class Crowded(Journal):
        lost = 0

        async def append(self, commit: Commit) -> None:
            if commit.seq == 1:
                return await super().append(commit)
            self.lost += 1
            raise SeqTaken

    journal = Crowded(database)
    one = await office(database, journal=journal)
    incident = await one.declares()

    with pytest.raises(StoreAway):
        await one.notes(incident, "x")

    assert journal.lost == RACES


async def test_an_incident_that_cannot_be_read_refuses_alone(
    one: Office, database: Database
) -> None:
    broken, sound = await one.declares(), await one.declares()
    await one.notes(broken, "x")
    change = {"$set": {"commands.0.events.0.kind": "teleported"}}
    await database.db.commits.update_one({"incident": broken, "seq": 2}, change)
    one.desk.forget(broken)

    with pytest.raises(ValueError, match="teleported"):
        await one.notes(broken, "y")

    assert (await one.notes(sound, "z")).seq == 2


async def test_more_incidents_than_are_remembered_are_served_all_the_same(
    one: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "LANES", 3)
    incidents = [await one.declares() for _ in range(8)]
    for _ in range(2):
        for incident in incidents:
            await one.notes(incident, "x")

    assert {(await one.newest(incident)).seq for incident in incidents} == {3}


async def test_redacted_text_is_in_no_document_of_the_database(
    one: Office, two: Office, database: Database
) -> None:
    """Also not by way of another process, which still has it in mind."""
    incident = await one.declares(title=f"Leak: {SECRET}", description=SECRET)
    origin = (await one.newest(incident)).events[0]
    noted = await two.notes(incident, SECRET)
    for entry, original in ((1, origin), (2, noted.events[0])):
        redact = do.RedactEntry(by="root", authority="admin", entry=entry, original=original)
        await one.desk.submit(incident, redact)
    await one.journal.rewrite(incident)

    await two.notes(incident, "two goes on from what it remembers")
    await two.desk.submit(incident, do.PinEntry(by="mei", entry=5))

    assert "swordfish" not in await everything(database)
    assert await holes(one.journal, incident) == []


async def test_no_fingerprint_of_redacted_text_is_left_and_its_key_still_counts_once(
    one: Office, two: Office, database: Database
) -> None:
    incident = await one.declares()
    secret = do.AddEntry(by="mei", message=SECRET)
    first = await one.desk.submit(incident, secret, key="k")
    redact = do.RedactEntry(by="root", authority="admin", entry=2, original=first.events[0])
    await one.desk.submit(incident, redact)
    await one.journal.rewrite(incident)

    again = await two.desk.submit(incident, secret, key="k")

    assert Request(secret, "k").digest not in await everything(database)
    assert (again.repeated, again.commit.seq, again.index) == (True, 2, 0)
    assert (await one.newest(incident)).state.entries == 3


async def test_writers_go_on_while_text_is_removed(
    one: Office, two: Office, database: Database
) -> None:
    incident = await one.declares(description=SECRET)
    origin = (await one.newest(incident)).events[0]
    redact = do.RedactEntry(by="root", authority="admin", entry=1, original=origin)

    async def write(at: Office) -> None:
        for number in range(40):
            await at.notes(incident, f"note {number}")

    async def remove() -> None:
        await one.desk.submit(incident, redact)
        await one.journal.rewrite(incident)

    await asyncio.gather(write(one), write(two), remove())

    assert "swordfish" not in await everything(database)
    assert await holes(one.journal, incident) == []
    assert (await one.newest(incident)).state.entries == 82


def test_what_the_server_fills_in_makes_no_other_command_of_a_repeat() -> None:
    plain = do.RedactEntry(by="ada", entry=1, original=declared())
    filled = plain.model_copy(update={"authority": "admin"})

    assert Request(plain, "k").digest == Request(filled, "k").digest
    assert Request(plain, "k").digest != Request(NOTE, "k").digest


@pytest.mark.parametrize(
    ("command", "wording"),
    [
        (do.AddEntry(by="mei", message="x"), 'AddEntry {"by":"mei","message":"x"}'),
        (
            work.ChangeAction(by="mei", action="ACT-1", status="completed", reason=""),
            'ChangeAction {"by":"mei","action":"ACT-1","status":"completed"}',
        ),
    ],
)
def test_a_field_that_says_nothing_makes_no_other_command_of_a_repeat(
    command: do.Command, wording: str
) -> None:
    """A version that knows one field more must know what came before it was started again."""
    expected = hashlib.sha256(wording.encode()).hexdigest()[:32]

    assert expected == Request(command, "k").digest
