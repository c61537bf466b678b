from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.core.oncall.clockwork import zones
from incident.core.oncall.moments import candidates, changes, instant
from tests.core.effort import examples
from tests.core.oncall.made import at

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("timezone", "wall", "utc"),
    [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:00"),
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00"),
        ("Australia/Sydney", "2026-10-04 02:59", "2026-10-03 16:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),
        ("America/Santiago", "2026-09-06 00:00", "2026-09-06 04:00"),
        ("Asia/Beirut", "2026-03-29 00:30", "2026-03-28 22:00"),
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 10:00"),
    ],
)
def test_a_time_that_is_leapt_over_is_the_first_instant_after(
    timezone: str, wall: str, utc: str
) -> None:
    assert at(utc) == instant(ZoneInfo(timezone), datetime.fromisoformat(wall))


@pytest.mark.parametrize(
    ("timezone", "wall", "utc"),
    [
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Europe/Berlin", "2026-10-25 02:00", "2026-10-25 00:00"),
        ("Australia/Sydney", "2026-04-05 02:30", "2026-04-04 15:30"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("America/Santiago", "2026-04-04 23:30", "2026-04-05 02:30"),
        ("Asia/Beirut", "2026-10-24 23:30", "2026-10-24 20:30"),
    ],
)
def test_a_time_that_comes_twice_is_the_first(timezone: str, wall: str, utc: str) -> None:
    assert at(utc) == instant(ZoneInfo(timezone), datetime.fromisoformat(wall))


def test_an_hour_that_comes_twice_is_asked_about() -> None:
    reading = candidates(datetime.fromisoformat("2026-10-25 02:30"), "Europe/Berlin")

    assert "twice" == reading.occurs
    assert (at("2026-10-25 00:30"), at("2026-10-25 01:30")) == reading.moments
    assert reading.words == (
        "2026-10-25 02:30 in Europe/Berlin occurs twice, as the clocks go back: "
        "2026-10-25T00:30:00.000Z and 2026-10-25T01:30:00.000Z"
    )


def test_a_day_that_never_was_is_asked_about() -> None:
    reading = candidates(datetime.fromisoformat("2011-12-30 12:00"), "Pacific/Apia")

    assert "never" == reading.occurs
    assert (at("2011-12-29 22:00"), at("2011-12-30 22:00")) == reading.moments


def test_an_ordinary_time_is_one_instant() -> None:
    reading = candidates(datetime.fromisoformat("2026-07-01 12:00"), "Europe/Berlin")

    assert ("once", (at("2026-07-01 10:00"),)) == (reading.occurs, reading.moments)


@settings(max_examples=examples(30, 5000))
@given(
    st.sampled_from(sorted(zones())),
    st.datetimes(datetime(1975, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001 - a wall clock
    st.integers(0, 3 * 24 * 60),
)
def test_later_clocks_are_never_earlier_instants(
    timezone: str, wall: datetime, minutes: int
) -> None:
    zone, wall = ZoneInfo(timezone), wall.replace(second=0, microsecond=0)

    assert instant(zone, wall) <= instant(zone, wall + minutes * MINUTE)


@settings(max_examples=examples(10, 400))
@given(st.sampled_from(sorted(zones())), st.integers(1975, 2036))
def test_every_change_of_the_clocks_is_found_to_the_second(timezone: str, year: int) -> None:
    zone, day = ZoneInfo(timezone), timedelta(days=1)
    start = datetime(year, 1, 1, tzinfo=UTC)
    days = [start + day * step for step in range(366)]
    turned = [d for d in days if offset(zone, d) != offset(zone, d + day) and d.year == year]

    found = changes(timezone, year)

    assert turned == [
        turned_on for turned_on in days if any(0 < (c.at - turned_on) / day <= 1 for c in found)
    ]
    for change in found:
        assert change.before == offset(zone, change.at - timedelta(seconds=1))
        assert change.after == offset(zone, change.at)


def offset(zone: ZoneInfo, moment: datetime) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
