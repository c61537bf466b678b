"""What is owed gets to people: at least once, one after the other, and its failures are known.

Real databases, mail servers and receivers; several couriers are several processes. Where a test
holds one still, it stops in the middle of sending, as a frozen process does.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Literal

import pytest

from incident import courier as couriers
from incident import errands
from incident.breaker import OPENS_AFTER, PAUSE
from incident.channels.parcel import Channel, Later, Outcome, Parcel, Sent, Unknown
from incident.core import entry_events as entries
from incident.core import escalation_events as ev
from incident.core.owed import Kind
from incident.errands import DELAYS, GIVE_UP, full_jitter
from incident.store.connection import Database
from incident.store.deliveries import LEASE, PARKED_AFTER
from incident.store.directory import Notify, Person, Quiet
from incident.store.errors import StoreAway
from tests.builders import BY_ADA, MINUTE, around, rotation
from tests.parts.offices import real_time
from tests.parts.receivers import CUT, HANG, Mailbox, Receiver, http_server, mail_server
from tests.parts.stations import (
    Station,
    by_mail,
    by_webhook,
    incident,
    only,
    page,
    paged,
    pass_time,
    person,
    states,
    station,
    stored,
)

LIMIT = 30.0
"""Seconds; far above what anything here takes."""
MAIL_TO_MEI = "INC-7/2/0/page/mei/email"


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with http_server() as receiver:
        yield receiver


class Scripted:
    """A channel that reaches everybody, answers as it is told, and can be held still."""

    in_order: Literal["person", "incident"] = "person"

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Parcel] = []
        self.going = asyncio.Event()
        self.begun = asyncio.Event()
        self.going.set()

    def reaches(self, person: Person | None) -> bool:
        return person is not None

    async def send(self, parcel: Parcel) -> Outcome:
        self.sent.append(parcel)
        self.begun.set()
        await self.going.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else Sent()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def through(channel: Channel) -> Mapping[str, Channel]:
    return {"email": channel}


def names(box: Mailbox) -> list[str]:
    return [str(letter["Message-ID"]) for letter in box.letters]


async def one_page(database: Database, *people: str, name: str = "INC-7") -> None:
    """An incident, and a commit that pages Mei or these."""
    log = await incident(database, name)
    await paged(log, *(people or ("mei",)))


@asynccontextmanager
async def running(*stations: Station) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one.courier.run()) for one in stations]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


# Sending


async def test_a_page_arrives_by_every_channel_that_reaches_the_person(
    database: Database, box: Mailbox, receiver: Receiver
) -> None:
    one = await station(database, {**by_mail(box), **by_webhook(receiver)})
    await person(database)
    await one_page(database)
    await one.turn(2)
    [letter], [post] = box.letters, receiver.posts

    assert str(letter["Subject"]) == "SEV1 You are paged: Card payments failing [INC-7]"
    assert "https://incidents.example.com/i/7" in letter.get_content()
    assert "Severity 1, active, investigating. Incident commander: nobody" in letter.get_content()
    assert b'"possiblyRepeated": false' in post.body
    assert set((await states(database)).values()) == {"sent"}
    assert one.reports == []


async def test_a_page_names_the_backup_by_the_rotations_as_they_are_when_it_is_sent(
    database: Database,
) -> None:
    here = around(rotation("ops", "mei", role="operations_lead"), people=("mei", "cto"))
    channel = Scripted()
    one = await station(database, through(channel), around=lambda: here)
    await person(database)
    log = await incident(database)
    climb_at = real_time() + 15 * MINUTE
    called = (ev.Called(person="mei", why="on call"),)
    told = ev.Paged(by="system", at=real_time(), round=1, turn=1, level=1, people=called,
                    climb_at=climb_at)  # fmt: skip
    await log.add(told, deliver=page(), at=real_time())

    await one.turn(2)
    [parcel] = channel.sent

    assert "level 4 (cto) is paged at" in parcel.notice.answer


async def test_only_channels_that_the_person_wants_are_used(
    database: Database, box: Mailbox, receiver: Receiver
) -> None:
    one = await station(database, {**by_mail(box), **by_webhook(receiver)})
    await person(database, "mei", notify=Notify(email=False))
    await person(database, "bo", notify=Notify(webhook=False))
    await one_page(database, "mei", "bo")
    await one.turn()

    assert set(await states(database)) == {
        "INC-7/2/0/page/mei/webhook",
        "INC-7/2/0/page/bo/email",
    }


async def test_letters_to_one_person_keep_their_order(database: Database, box: Mailbox) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    for number in range(8):
        await one_page(database, name=f"INC-{number + 1}")
    await one.turn()

    assert [letter["X-Incident-ID"] for letter in box.letters] == [f"INC-{n + 1}" for n in range(8)]


async def test_two_couriers_that_compete_send_everything_once(
    database: Database, box: Mailbox
) -> None:
    people = [f"p{number}" for number in range(12)]
    both = [await station(database, by_mail(box), origin) for origin in ("one", "two")]
    for handle in people:
        await person(database, handle)
    log = await incident(database)
    for _ in range(3):
        await paged(log, *people)
    for _ in range(4):
        await asyncio.gather(*(one.turn() for one in both))

    kept = await stored(database)

    assert len(box.letters) == len(set(names(box))) == 3 * len(people)
    assert {one["state"] for one in kept.values()} == {"sent"}
    assert {one["fence"] for one in kept.values()} == {1}


async def test_one_slow_person_holds_nobody_else_up(database: Database) -> None:
    slow = Scripted()
    slow.going.clear()
    one = await station(database, through(slow))
    for handle in ("mei", "bo", "cy"):
        await person(database, handle)
    await one_page(database, "mei", "bo", "cy")
    await one.begin()
    async with asyncio.timeout(LIMIT):
        while len(slow.sent) < 3:
            await asyncio.sleep(0.01)
    slow.going.set()
    await one.ended()

    assert set((await states(database)).values()) == {"sent"}


async def test_a_channel_that_hangs_leaves_room_for_the_other(
    database: Database, receiver: Receiver
) -> None:
    stuck = Scripted()
    stuck.going.clear()
    one = await station(database, {"email": stuck, **by_webhook(receiver)})
    people = [f"p{number}" for number in range(couriers.AT_ONCE + 5)]
    for handle in people:
        await person(database, handle)
    await one_page(database, *people)
    await one.begin()
    async with asyncio.timeout(LIMIT):
        while len(receiver.posts) < len(people):
            await asyncio.sleep(0.01)

    assert len(stuck.sent) == couriers.AT_ONCE
    stuck.going.set()
    await one.turn(3)
    assert set((await states(database)).values()) == {"sent"}


# Crashes and freezes


async def test_after_a_crash_between_unpacking_and_sending_it_is_sent_once(
    database: Database, box: Mailbox
) -> None:
    crashed = await station(database, by_mail(box), "one")
    await person(database)
    await one_page(database)
    await crashed.courier.unpack()
    other = await station(database, by_mail(box), "two")
    await other.turn()

    assert len(box.letters) == 1
    assert "before" not in box.letters[0].get_content()


async def test_after_a_crash_within_unpacking_it_is_unpacked_whole(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    [commit] = await one.outbox.unpacked(10)
    await one.courier._unpack(commit)
    await database.db.commits.update_one(
        {"seq": 2}, {"$set": {"deliver": [owed.model_dump() for owed in commit.owed]}}
    )
    await one.turn(2)

    assert len(box.letters) == 1


async def test_after_a_crash_while_sending_what_was_due_before_it_does_not_close_the_lane(
    database: Database, box: Mailbox
) -> None:
    """It was unpacked only later, so it comes first of those to the same person."""
    await person(database)
    log = await incident(database)
    await paged(log, "mei")
    crashed = await station(database, by_mail(box), "one")
    await crashed.courier.unpack()
    [waiting] = await crashed.deliveries.due("email", real_time() + LEASE, 1)
    assert await crashed.deliveries.take(waiting, "one")
    await pass_time(database, LEASE)
    await paged(log, "mei", at=real_time() - 2 * LEASE)

    await (await station(database, by_mail(box), "two")).turn(2)

    assert set((await states(database)).values()) == {"sent"}
    assert len(box.letters) == 2


async def test_after_a_crash_while_sending_it_is_sent_again_under_its_name_and_says_so(
    database: Database, box: Mailbox
) -> None:
    """The mail server has it; the process died before it could write that down."""
    box.answers.append(HANG)
    crashed = await station(database, by_mail(box), "one")
    other = await station(database, by_mail(box), "two")
    await person(database)
    await one_page(database)
    await crashed.begin()
    async with asyncio.timeout(LIMIT):
        while not box.letters:
            await asyncio.sleep(0.01)
    for task in crashed.courier._lanes.values():
        task.cancel()
    await crashed.ended()
    await other.turn()
    too_early = len(box.letters)
    await pass_time(database, LEASE)
    await other.turn()
    first, second = box.letters

    assert too_early == 1
    assert names(box)[0] == names(box)[1]
    assert "You may have got this before" not in first.get_content()
    assert "You may have got this before" in second.get_content()
    assert await states(database) == {MAIL_TO_MEI: "sent"}


async def test_a_frozen_process_cannot_mark_done_what_another_took_over(
    database: Database,
) -> None:
    cold, warm = Scripted(), Scripted()
    cold.going.clear()
    warm.going.clear()
    frozen = await station(database, through(cold), "one")
    other = await station(database, through(warm), "two")
    await person(database)
    await one_page(database)
    await frozen.begin()
    await asyncio.wait_for(cold.begun.wait(), LIMIT)
    await pass_time(database, LEASE)
    await other.begin()
    await asyncio.wait_for(warm.begun.wait(), LIMIT)
    cold.going.set()
    await frozen.ended()
    thawed = await only(database)
    warm.going.set()
    await other.ended()
    done = await only(database)

    assert (thawed["state"], thawed["lease"]["holder"]) == ("waiting", "two")
    assert (done["state"], done["fence"]) == ("sent", 2)
    assert cold.sent[0].name == warm.sent[0].name
    assert warm.sent[0].notice.possibly_repeated


async def test_a_process_that_thaws_too_late_does_not_send(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between taking and sending more time passed than the lease has to spare."""
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    monkeypatch.setattr(errands, "READY_LIMIT", -1.0)
    await one.turn()
    slept = len(box.letters)
    monkeypatch.undo()
    await one.turn()

    assert (slept, len(box.letters)) == (0, 1)
    assert "before" not in box.letters[0].get_content()


async def test_an_unknown_outcome_is_sent_again_under_its_name_and_says_so(
    database: Database, box: Mailbox
) -> None:
    box.answers.append(CUT)
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    await one.turn(2)
    first, second = box.letters

    assert names(box)[0] == names(box)[1]
    assert "before" not in first.get_content()
    assert "You may have got this before" in second.get_content()
    assert (await only(database))["possibly_repeated"] is True


async def test_a_channel_that_takes_too_long_is_given_up_in_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "SEND_LIMIT", 0.05)
    stuck = Scripted()
    stuck.going.clear()
    one = await station(database, through(stuck))
    await person(database)
    await one_page(database)
    await one.turn()

    assert (await only(database))["possibly_repeated"] is True
    assert (await only(database))["why"] == "the answer did not come in time"


# The clock steps back


async def test_a_page_of_a_time_to_come_is_sent_now_and_once(
    database: Database, box: Mailbox
) -> None:
    """The clock stepped back between the commit and its unpacking."""
    both = [await station(database, by_mail(box), origin) for origin in ("one", "two")]
    await person(database)
    for one in both:
        await one.turn()
    log = await incident(database)
    await paged(log, "mei", at=real_time() + 10 * MINUTE)
    for _ in range(3):
        await asyncio.gather(*(one.turn() for one in both))

    assert len(box.letters) == 1
    assert (await only(database))["fence"] == 1


async def test_what_was_unpacked_or_leased_before_a_step_back_is_sent_after_it(
    database: Database, box: Mailbox
) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    await one.courier.unpack()
    one.clock.ahead = 10 * MINUTE
    await one.begin()  # by its clock it is later than it will be
    await one.ended()
    log = await incident(database, "INC-8")
    await paged(log, "mei")
    await one.courier.unpack()
    then = real_time() + 10 * MINUTE
    late = {"at": then, "due_at": then, "lease": {"holder": "gone", "until": then + LEASE}}
    await database.db.deliveries.update_one({"incident": "INC-8"}, {"$set": late})
    one.clock.ahead = timedelta(0)
    await one.turn(2)

    assert [letter["X-Incident-ID"] for letter in box.letters] == ["INC-7", "INC-8"]


async def test_what_was_put_off_before_a_step_back_stays_put_off(
    database: Database, box: Mailbox
) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    await one.courier.unpack()
    tonight = real_time() + timedelta(hours=8)
    await database.db.deliveries.update_one({}, {"$set": {"due_at": tonight}})
    one.clock.ahead = 10 * MINUTE
    await one.turn()
    one.clock.ahead = timedelta(0)
    await one.turn()

    assert (await only(database))["due_at"] == tonight


# Failures


async def test_a_receiver_that_fails_once_gets_it_again_under_its_name(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer(500, 200)
    one = await station(database, by_webhook(receiver))
    await person(database)
    await one_page(database)
    await one.turn(3)
    first, second = receiver.posts

    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert b'"possiblyRepeated": false' in second.body
    assert (await only(database))["state"] == "sent"
    assert one.reports == []


async def test_a_page_that_is_refused_for_good_is_reported_at_once_and_not_tried_again(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer(404)
    one = await station(database, by_webhook(receiver))
    await person(database)
    await one_page(database)
    await one.turn(3)

    assert len(receiver.posts) == 1
    assert (await only(database))["state"] == "failed"
    assert one.reports == [
        {
            "incident": "INC-7",
            "person": "mei",
            "channel": "webhook",
            "why": "the webhook answered 404",
            "key": "undelivered:INC-7/2/0/page/mei/webhook",
        }
    ]


async def test_a_page_that_failed_three_times_is_reported_once_and_goes_on_being_tried(
    database: Database, box: Mailbox
) -> None:
    box.recipients.extend(["451 later"] * 4)
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    reported = []
    for _ in range(5):
        await one.turn()
        reported.append(len(one.reports))

    assert reported == [0, 0, 1, 1, 1]
    assert one.reports[0]["why"] == "the mail server refuses the address (451)"
    assert len(box.letters) == 1
    assert (await only(database))["state"] == "sent"


@pytest.mark.parametrize("kind", ["offer", "shift", "update-overdue", "postmortem"])
async def test_what_is_no_page_fails_quietly(
    database: Database, receiver: Receiver, kind: Kind
) -> None:
    receiver.answer(404)
    one = await station(database, by_webhook(receiver))
    await person(database)
    await incident(database, deliver=page(kind=kind))
    await one.turn()

    assert (await only(database))["state"] == "failed"
    assert one.reports == []


async def test_retry_after_is_honoured(database: Database, receiver: Receiver) -> None:
    receiver.answer((429, {"Retry-After": "600"}, b""))
    one = await station(database, by_webhook(receiver))
    await person(database)
    await one_page(database)
    await one.turn(2)
    due_at = (await only(database))["due_at"]
    await pass_time(database, 10 * MINUTE)
    await one.turn()

    assert due_at > real_time() + 9 * MINUTE
    assert len(receiver.posts) == 2


async def test_nobody_is_told_to_wait_longer_than_the_longest_delay(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer((503, {"Retry-After": "99999999"}, b""))
    one = await station(database, by_webhook(receiver))
    await person(database)
    await one_page(database)
    await one.turn()

    assert (await only(database))["due_at"] < real_time() + DELAYS[-1] + MINUTE


async def test_delays_grow_with_every_failure_in_a_row(database: Database) -> None:
    told: list[timedelta] = []

    def noted(delay: timedelta) -> timedelta:
        told.append(delay)
        return timedelta(0)

    busy = Scripted(*[Later("not now", sound=True)] * (len(DELAYS) + 2))
    one = await station(database, through(busy), jitter=noted)
    await person(database)
    await one_page(database)
    await one.turn(len(DELAYS) + 3)

    assert told == [*DELAYS, DELAYS[-1], DELAYS[-1]]
    assert (await only(database))["state"] == "sent"


def test_an_attempt_fits_into_its_lease() -> None:
    assert timedelta(seconds=errands.READY_LIMIT + errands.SEND_LIMIT) < LEASE


def test_jitter_is_anything_up_to_the_delay() -> None:
    waits = [full_jitter(MINUTE) for _ in range(200)]

    assert all(timedelta(0) <= wait <= MINUTE for wait in waits)
    assert min(waits) < MINUTE / 4 < 3 * MINUTE / 4 < max(waits)


async def test_what_nobody_wants_to_hear_any_more_is_given_up(database: Database) -> None:
    one = await station(database, through(Scripted(Later("x"), Later("x"))))
    await person(database)
    await one_page(database)
    await one.turn()
    one.clock.ahead = GIVE_UP
    await one.turn()

    assert (await only(database))["state"] == "failed"


# Nobody there


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({"email": None}, "they have no address for any channel that they have switched on"),
        ({"notify": Notify(email=False)}, "they have no address"),
        ({"disabled": True}, "they are disabled"),
        (None, "they are not in the directory"),
    ],
)
async def test_a_page_to_somebody_whom_nothing_reaches_is_reported_once(
    database: Database, box: Mailbox, who: dict[str, object] | None, why: str
) -> None:
    one = await station(database, by_mail(box))
    if who is not None:
        await person(database, "mei", **who)
    await one_page(database)
    await one.turn(3)
    [report] = one.reports

    assert (report["person"], report["channel"]) == ("mei", "none")
    assert report["why"].startswith(why)
    assert box.letters == []


async def test_a_server_without_channels_says_so_once_an_incident(database: Database) -> None:
    one = await station(database, {})
    await person(database)
    await one_page(database, "mei", "bo")
    await one.turn()

    assert {report["person"] for report in one.reports} == {""}
    assert len({report["key"] for report in one.reports}) == 1
    assert one.reports[0]["why"] == "this server has neither e-mail nor a webhook set up"
    assert one.courier.states() == {}


async def test_what_is_no_page_and_reaches_nobody_is_dropped(database: Database) -> None:
    one = await station(database, {})
    await incident(database, deliver=page(kind="offer"))
    await one.turn()

    assert await stored(database) == {}
    assert one.reports == []


async def test_a_webhook_hears_of_people_who_are_not_in_the_directory(
    database: Database, receiver: Receiver
) -> None:
    one = await station(database, by_webhook(receiver))
    await one_page(database)
    await one.turn()

    assert b'"handle": "mei", "name": null' in receiver.posts[0].body


# Not now, not any more


async def test_what_was_answered_meanwhile_is_not_sent(database: Database, box: Mailbox) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    one.over.add(MAIL_TO_MEI)
    await one.turn()

    assert await states(database) == {MAIL_TO_MEI: "obsolete"}
    assert box.letters == []


async def test_a_retry_is_not_made_after_the_answer(database: Database, box: Mailbox) -> None:
    box.recipients.append("451 later")
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    await one.turn()
    one.over.add(MAIL_TO_MEI)
    await one.turn()

    assert await states(database) == {MAIL_TO_MEI: "obsolete"}
    assert box.letters == []


def around_now(before: timedelta, after: timedelta) -> Quiet:
    """Quiet hours, in UTC, from so long ago until so far ahead."""
    now = real_time()
    return Quiet(from_=f"{now - before:%H:%M}", to=f"{now + after:%H:%M}")


async def test_what_is_not_urgent_waits_until_the_quiet_hours_end(
    database: Database, box: Mailbox
) -> None:
    one = await station(database, by_mail(box))
    quiet = around_now(timedelta(hours=1), timedelta(hours=2))
    await person(database, quiet=quiet)
    await incident(database, deliver=page(urgent=False))
    await one.turn(2)
    waiting = await only(database)
    one.clock.ahead = timedelta(hours=2)
    await pass_time(database, timedelta(hours=2))
    await one.turn()

    assert (waiting["state"], waiting["why"]) == ("waiting", "quiet")
    assert f"{waiting['due_at']:%H:%M}" == quiet.to
    assert [r["why"] for r in one.reports] == [f"their quiet hours last until {quiet.to} UTC"]
    assert timedelta(0) < waiting["due_at"] - real_time() <= timedelta(hours=2)
    assert len(box.letters) == 1


async def test_what_is_urgent_disturbs_anybody(database: Database, box: Mailbox) -> None:
    one = await station(database, by_mail(box))
    await person(database, quiet=around_now(timedelta(hours=1), timedelta(hours=2)))
    await one_page(database)
    await one.turn()

    assert len(box.letters) == 1


async def test_what_is_urgent_passes_what_waits_for_the_morning(
    database: Database, box: Mailbox
) -> None:
    one = await station(database, by_mail(box))
    await person(database, quiet=around_now(timedelta(hours=1), timedelta(hours=2)))
    log = await incident(database, deliver=page(urgent=False))
    await one.turn()
    await paged(log, "mei")
    await one.turn()

    assert len(box.letters) == 1
    assert sorted((await states(database)).values()) == ["sent", "waiting"]


async def test_redacted_words_are_not_sent(database: Database, box: Mailbox) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    log = await incident(database, deliver=page())
    told = {**BY_ADA, "entry": 1, "fields": ("title",)}
    await log.add(entries.EntryRedacted.model_validate(told))
    await one.turn()

    assert "Card payments" not in str(box.letters[0])


# The breaker


async def pages(database: Database, count: int) -> None:
    """Pages of one incident, which go to a webhook one after the other."""
    log = await incident(database)
    for _ in range(count):
        await paged(log, "mei")


async def test_a_channel_that_fails_in_a_row_is_left_alone_and_says_so(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer(*[500] * OPENS_AFTER)
    one = await station(database, by_webhook(receiver))
    await pages(database, OPENS_AFTER + 3)
    before = one.courier.states()["webhook"]
    await one.turn(4)
    opened = one.courier.states()["webhook"]

    assert (before["state"], before["lastError"]) == ("closed", None)
    assert (opened["state"], opened["lastError"]) == ("open", "the webhook answered 500")
    assert opened["since"] is not None
    assert len(receiver.posts) == OPENS_AFTER


async def test_one_probe_finds_out_that_a_channel_works_again(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer(*[500] * OPENS_AFTER, 500)
    one = await station(database, by_webhook(receiver))
    await pages(database, OPENS_AFTER + 3)
    await one.turn(3)
    one.clock.ahead += PAUSE
    await one.turn(3)
    probed = len(receiver.posts)
    one.clock.ahead += PAUSE
    await one.turn(3)

    assert probed == OPENS_AFTER + 1
    assert one.courier.states()["webhook"]["state"] == "closed"
    assert set((await states(database)).values()) == {"sent"}


async def test_a_refusal_of_one_letter_says_nothing_about_the_channel(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer(*[404] * (OPENS_AFTER + 1))
    one = await station(database, by_webhook(receiver))
    for number in range(OPENS_AFTER + 1):
        await one_page(database, name=f"INC-{number + 1}")
    await one.turn()

    assert len(receiver.posts) == OPENS_AFTER + 1
    assert one.courier.states()["webhook"]["state"] == "closed"


async def test_a_page_that_waits_for_a_channel_out_of_order_is_reported_within_a_minute(
    database: Database, receiver: Receiver
) -> None:
    receiver.answer(*[500] * OPENS_AFTER)
    one = await station(database, by_webhook(receiver))
    await pages(database, OPENS_AFTER + 2)
    one.over.add("INC-7/3/0/page/mei/webhook")
    await one.turn(2)
    at_first = len(one.reports)
    one.clock.ahead = couriers.OVERDUE + timedelta(seconds=5)
    one.courier._breakers["webhook"].failed("still down")
    await one.turn(2)
    told = {report["key"].split("/")[1] for report in one.reports}

    assert at_first == 0
    assert told == {str(seq) for seq in range(2, OPENS_AFTER + 4)} - {"3"}
    assert len(one.reports) == len(told)
    assert len(receiver.posts) == OPENS_AFTER


async def test_the_other_channel_goes_on(
    database: Database, box: Mailbox, receiver: Receiver
) -> None:
    receiver.answer(*[500] * OPENS_AFTER)
    one = await station(database, {**by_mail(box), **by_webhook(receiver)})
    await person(database)
    await pages(database, OPENS_AFTER + 3)
    await one.turn(2)

    assert len(box.letters) == OPENS_AFTER + 3
    assert one.courier.states()["email"]["state"] == "closed"


# Poison


async def test_a_delivery_that_breaks_the_program_stops_no_other_and_is_parked_and_reported(
    database: Database, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    await person(database, "bo")
    nowhere = page(index=99) + page("bo")
    await incident(database, deliver=nowhere)
    with caplog.at_level(logging.ERROR):
        await one.turn(PARKED_AFTER + 2)

    assert await states(database) == {
        "INC-7/1/99/page/mei/email": "parked",
        "INC-7/1/0/page/bo/email": "sent",
    }
    assert [report["person"] for report in one.reports] == ["mei"]
    assert caplog.text.count("a delivery broke") == PARKED_AFTER


async def test_a_channel_that_breaks_is_tried_again_as_a_possible_repetition(
    database: Database,
) -> None:
    broken = Scripted(ValueError("no such thing"))
    one = await station(database, through(broken))
    await person(database)
    await one_page(database)
    await one.turn(2)

    assert [parcel.notice.possibly_repeated for parcel in broken.sent] == [False, True]
    assert (await only(database))["state"] == "sent"


async def test_a_person_who_cannot_be_read_stops_nobody(database: Database, box: Mailbox) -> None:
    one = await station(database, by_mail(box))
    await person(database, "bo")
    await database.db.people.insert_one({"_id": "mei", "name": 5})
    await one_page(database, "mei", "bo")
    await one.turn()

    assert [letter["To"] for letter in box.letters] == ["bo@example.com"]
    assert [report["person"] for report in one.reports] == ["mei"]


async def test_a_commit_that_cannot_be_unpacked_stops_no_other_and_is_parked(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database, name="INC-1")
    await one_page(database, name="INC-2")
    unpack = one.outbox.unpack

    async def failing(commit: Any, items: Any) -> None:  # noqa: ANN401 (passed on)
        if commit.incident == "INC-1":
            raise RuntimeError("broken")
        await unpack(commit, items)

    monkeypatch.setattr(one.outbox, "unpack", failing)
    await one.turn(couriers.TRIES + 1)
    commit = await database.db.commits.find_one({"incident": "INC-1", "seq": 2})

    assert [letter["X-Incident-ID"] for letter in box.letters] == ["INC-2"]
    assert commit is not None
    assert commit.keys() >= {"undeliverable"}
    assert await one.outbox.unpacked(10) == []


async def test_a_report_that_cannot_be_made_stops_no_other(
    database: Database, box: Mailbox
) -> None:
    async def report(**told: str) -> None:
        raise RuntimeError(told["key"])

    one = await station(database, by_mail(box), report=report)
    await person(database, "bo")
    await one_page(database, "mei", "bo")
    await one.turn(2)

    assert [letter["To"] for letter in box.letters] == ["bo@example.com"]


# The loop


async def test_a_commit_that_is_heard_of_is_sent_without_waiting_for_the_sweep(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "SWEEP_EVERY", timedelta(hours=1))
    one = await station(database, by_mail(box))
    await person(database)
    log = await incident(database)
    async with running(one), asyncio.timeout(LIMIT):
        await one.courier.round()
        one.courier.heard("INC-7", await paged(log, "mei"))
        while not box.letters:
            await asyncio.sleep(0.01)

    assert len(box.letters) == 1


async def test_a_commit_of_another_process_is_found_by_the_sweep(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "SWEEP_EVERY", timedelta(seconds=0.02))
    both = [await station(database, by_mail(box), origin) for origin in ("one", "two")]
    await person(database)
    async with running(*both), asyncio.timeout(LIMIT):
        await one_page(database)
        while "sent" not in (await states(database)).values():
            await asyncio.sleep(0.01)

    assert len(box.letters) == 1


async def test_a_commit_that_owes_nothing_wakes_nobody(database: Database) -> None:
    one = await station(database, {})
    log = await incident(database)
    one.courier.heard("INC-7", log.commits[0])
    one.courier.heard("INC-7", None)

    assert not one.courier._woken.is_set()


async def test_a_loop_with_nothing_to_do_asks_again_at_the_sweep_only(
    database: Database, box: Mailbox
) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    await one_page(database)
    await one.turn()

    assert await one.courier.round() == couriers.SWEEP_EVERY


async def test_a_retry_that_comes_soon_is_not_left_to_the_sweep(
    database: Database, box: Mailbox
) -> None:
    box.recipients.append("451 later")
    soon = timedelta(seconds=2)
    one = await station(database, by_mail(box), jitter=lambda _: soon)
    await person(database)
    await one_page(database)
    await one.turn()

    assert timedelta(0) < await one.courier.round() <= soon


async def test_a_database_that_is_away_ends_no_loop(
    database: Database, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await station(database, by_mail(box))
    await person(database)
    unpacked, asked = one.outbox.unpacked, asyncio.Event()

    async def away(limit: int) -> Any:  # noqa: ANN401 (passed on)
        if not asked.is_set():
            asked.set()
            raise StoreAway
        return await unpacked(limit)

    monkeypatch.setattr(one.outbox, "unpacked", away)
    async with running(one), asyncio.timeout(LIMIT):
        await asked.wait()
        await one_page(database)
        while not box.letters:
            await asyncio.sleep(0.01)

    assert len(box.letters) == 1


async def test_closing_lets_what_is_under_way_end_and_begins_nothing_more(
    database: Database,
) -> None:
    slow = Scripted()
    slow.going.clear()
    one = await station(database, through(slow))
    await person(database)
    log = await incident(database)
    await paged(log, "mei")
    await paged(log, "mei")
    await one.begin()
    await asyncio.wait_for(slow.begun.wait(), LIMIT)
    closing = asyncio.create_task(one.courier.close())
    await asyncio.sleep(0)
    slow.going.set()
    await closing
    await one.turn()

    assert len(slow.sent) == 1
    assert sorted((await states(database)).values()) == ["sent", "waiting"]


async def test_every_attempt_is_a_line_of_the_log_without_anybodys_words(
    database: Database, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answer(500, CUT, 200)
    one = await station(database, by_webhook(receiver))
    await person(database)
    await one_page(database)
    with caplog.at_level(logging.INFO):
        await one.turn(3)
    lines = [record.__dict__ for record in caplog.records if record.message == "delivery"]

    assert [line["outcome"] for line in lines] == ["later", "unknown", "sent"]
    assert [line["attempt"] for line in lines] == [1, 2, 3]
    assert {line["delivery"] for line in lines} == {"INC-7/2/0/page/mei/webhook"}
    assert "Card payments" not in str(lines)
    assert "whsec_" not in str(lines)


async def test_what_is_unknown_counts_against_the_channel(database: Database) -> None:
    one = await station(database, through(Scripted(*[Unknown("cut off")] * OPENS_AFTER)))
    await person(database)
    await one_page(database)
    await one.turn(OPENS_AFTER + 2)

    assert one.courier.states()["email"]["state"] == "open"
    assert (await only(database))["fence"] == OPENS_AFTER
