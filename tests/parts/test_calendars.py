"""A calendar holds what a calendar may hold, whatever reasons people give."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from incident.calendars import of_rotation
from incident.core.oncall.schedule import Override
from tests.builders import rotation

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_a_reason_stays_one_line_of_what_can_be_read() -> None:
    told = "a\rEND:VCALENDAR\r\nb\x85c\u2028d\x0be\x1b[31m; f, g"
    cover = Override(
        id="o1", kind="add", person="mei", start=NOW, end=NOW + timedelta(hours=1), reason=told,
        created_by="ada", created_at=NOW,
    )  # fmt: skip
    schedule = rotation("ops", "ada", overrides=(cover,))

    read = Calendar.from_ical(of_rotation(schedule, frozenset({"ada", "mei"}), NOW, NOW))

    [added] = [one for one in read.walk("VEVENT") if "mei" in str(one["summary"])]
    assert added["description"] == (
        "ops: added by ada (override o1: a END:VCALENDAR b c d e [31m; f, g)"
    )
