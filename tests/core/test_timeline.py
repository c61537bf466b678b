from datetime import datetime, timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.values import Intent
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    cancelled,
    closed,
    declared,
    given,
    noted,
    refusal,
    resolved,
    when,
)

MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize("history", [(declared(),), (declared(), resolved(), closed()),
                                     (declared(), cancelled())])  # fmt: skip
def test_anybody_writes_at_any_time(history: tuple[ev.Event, ...]) -> None:
    command = do.AddEntry(by="bo", type="decision", message="We fail over\nat 12:30")

    assert when(given(*history), command) == [
        ev.Noted(by="bo", at=LATER, type="decision", message="We fail over\nat 12:30")
    ]


def test_files_stand_beside_the_words_they_came_with() -> None:
    graph = ev.Attachment(id="a1", name="graph.png", type="image/png", size=9, width=3, height=2)
    command = do.AddEntry(by="bo", message="Look", attachments=(graph,))

    assert when(given(declared()), command) == [
        ev.Noted(by="bo", at=LATER, message="Look", attachments=(graph,))
    ]


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (LATER, False),
        (LATER + MINUTE, False),
        (LATER - MINUTE, False),
        (LATER - MINUTE - MOMENT, True),
        (NOON - timedelta(days=400), True),
    ],
)
def test_an_entry_about_more_than_a_minute_ago_is_late(
    moment: datetime,
    late: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    (event,) = when(given(declared()), do.AddEntry(by="bo", message="x", timestamp=moment))

    assert isinstance(event, ev.Noted)
    assert (event.at, event.late) == (moment, late)


def test_an_entry_about_what_is_still_to_come_is_refused() -> None:
    command = do.AddEntry(by="bo", message="x", timestamp=LATER + MINUTE + MOMENT)

    assert refusal(given(declared()), command) == "bad-time"


def test_an_amendment_is_an_entry_of_its_own() -> None:
    history = declared(), noted()

    events = when(given(*history), do.AmendEntry(by="bo", entry=2, message="The other proxies"))

    assert events == [ev.EntryAmended(by="bo", at=LATER, entry=2, message="The other proxies")]
    after = given(*history, *events)
    assert (after.entries, after.amended, after.marks) == (3, (2,), (3,))


def test_what_an_event_left_in_the_timeline_can_be_amended_too() -> None:
    assert len(when(given(declared()), do.AmendEntry(by="bo", entry=1, message="x"))) == 1


def test_an_entry_is_pinned_and_unpinned() -> None:
    history = declared(), noted(), noted()

    pinned = when(given(*history), do.PinEntry(by="bo", entry=2))
    unpinned = when(given(*history, *pinned), do.UnpinEntry(by="mei", entry=2))

    assert pinned == [ev.EntryPinned(by="bo", at=LATER, entry=2)]
    assert unpinned == [ev.EntryUnpinned(by="mei", at=LATER, entry=2)]
    assert given(*history, *pinned).pinned == (2,)
    after = given(*history, *pinned, *unpinned)
    assert (after.pinned, after.marks) == ((), (4, 5))


def test_pins_are_kept_in_the_order_of_the_entries() -> None:
    pins = [ev.EntryPinned(by="bo", at=NOON, entry=number) for number in (3, 1, 2)]

    assert given(declared(), noted(), noted(), *pins).pinned == (1, 2, 3)


def test_pinning_or_unpinning_twice_is_once() -> None:
    pinned = given(declared(), ev.EntryPinned(by="bo", at=NOON, entry=1))

    assert when(pinned, do.PinEntry(by="mei", entry=1)) == []
    assert when(given(declared()), do.UnpinEntry(by="mei", entry=1)) == []


MARKING: list[type[do.AmendEntry | do.PinEntry | do.UnpinEntry | do.RedactEntry]] = [
    do.AmendEntry,
    do.PinEntry,
    do.UnpinEntry,
    do.RedactEntry,
]


def marking(kind: type[Intent], entry: int) -> do.Command:
    told: dict[str, object] = {"by": "zoe", "authority": "admin", "entry": entry}
    if kind is do.AmendEntry:
        told |= {"message": "x"}
    if kind is do.RedactEntry:
        told |= {"original": noted()}
    command = kind.model_validate(told)
    assert isinstance(command, do.AmendEntry | do.PinEntry | do.UnpinEntry | do.RedactEntry)
    return command


@pytest.mark.parametrize("kind", MARKING, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("number", [-1, 0, 3])
def test_only_what_stands_in_the_timeline_is_marked(kind: type[Intent], number: int) -> None:
    assert refusal(given(declared(), noted()), marking(kind, number)) == "no-such-entry"


@pytest.mark.parametrize("kind", MARKING, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "mark",
    [
        ev.EntryAmended(by="bo", at=NOON, entry=1, message="x"),
        ev.EntryPinned(by="bo", at=NOON, entry=1),
        ev.EntryUnpinned(by="bo", at=NOON, entry=1),
        ev.EntryRedacted(by="bo", at=NOON, entry=1),
    ],
    ids=lambda mark: mark.kind,
)
def test_a_mark_is_not_marked(kind: type[Intent], mark: ev.Event) -> None:
    assert refusal(given(declared(), mark), marking(kind, 2)) == "not-amendable"
