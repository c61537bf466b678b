from datetime import UTC, datetime, timedelta

from incident.core import events as ev
from incident.core.record import Line, Recorded, lines

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def log(*events: ev.Event, first: int = 1) -> list[Recorded]:
    return [
        Recorded(number=number, event=event, recorded_at=event.at)
        for number, event in enumerate(events, start=first)
    ]


def note(message: str, minute: int = 0) -> ev.Noted:
    return ev.Noted(by="ada", at=at(minute), message=message)


def messages(read: tuple[Line, ...]) -> list[str]:
    return [line.message for line in read]


def test_an_unmarked_entry_reads_as_its_sentence() -> None:
    (line,) = lines(log(ev.Acknowledged(by="mei", at=NOON)))

    assert line.message == "mei acknowledged"
    assert (line.pinned, line.redacted, line.amendment) == (False, False, None)


def test_the_newest_amendment_is_what_an_entry_says() -> None:
    read = lines(
        log(
            note("502s"),
            ev.EntryAmended(by="mei", at=at(1), entry=1, message="503s"),
            ev.EntryAmended(by="bo", at=at(2), entry=1, message="504s"),
        )
    )

    assert messages(read) == ["504s", "503s", "504s"]
    assert read[0].amendment is not None
    assert (read[0].amendment.by, read[0].amendment.number) == ("bo", 3)
    assert read[0].event == note("502s")


def test_a_pin_holds_until_it_is_taken_away() -> None:
    pin = ev.EntryPinned(by="mei", at=at(1), entry=1)
    unpin = ev.EntryUnpinned(by="mei", at=at(2), entry=1)

    assert [line.pinned for line in lines(log(note("a"), pin))] == [True, False]
    assert not any(line.pinned for line in lines(log(note("a"), pin, unpin)))


def test_a_redacted_entry_and_its_amendments_lose_their_text_everywhere() -> None:
    read = lines(
        log(
            note("password is hunter2"),
            ev.EntryAmended(by="ada", at=at(1), entry=1, message="password was hunter2"),
            ev.EntryRedacted(by="root", at=at(2), entry=1),
        )
    )

    assert "hunter2" not in repr(read)
    assert messages(read) == ["[redacted]", "[redacted]", "Redacted T1"]
    assert [line.redacted for line in read] == [True, False, False]


def test_in_a_part_of_a_log_marks_of_entries_before_it_are_ignored() -> None:
    read = lines(
        log(ev.EntryAmended(by="mei", at=at(1), entry=3, message="b"), note("c", 2), first=8)
    )

    assert [(line.number, line.message) for line in read] == [(8, "b"), (9, "c")]


def test_marks_stay_lines_in_their_place() -> None:
    read = lines(log(note("a"), ev.EntryPinned(by="mei", at=at(1), entry=1), note("b", 2)))

    assert [line.event.kind for line in read] == ["noted", "entry_pinned", "noted"]
