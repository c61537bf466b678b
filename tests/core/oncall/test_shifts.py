"""Shifts through the changes of the clocks, and through months of every length."""

from datetime import timedelta
from itertools import pairwise

import pytest

from incident.core.oncall.moments import TICK
from incident.core.oncall.resolve import expand, resolve
from incident.core.oncall.schedule import Schedule, Station, follow_the_sun
from tests.core.oncall.made import at, people, rotation, shift

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("timezone", "night", "expected"),
    [
        ("America/New_York", "2026-03-08 06:30", ("03-08 03:00", "03-08 10:00", "7 h", "forward")),
        ("America/New_York", "2026-11-01 06:30", ("11-01 02:00", "11-01 11:00", "9 h", "back")),
        ("Europe/Berlin", "2026-03-29 01:30", ("03-28 21:00", "03-29 04:00", "7 h", "forward")),
        ("Europe/Berlin", "2026-10-25 01:30", ("10-24 20:00", "10-25 05:00", "9 h", "back")),
        ("Australia/Sydney", "2026-10-03 16:30", ("10-03 12:00", "10-03 19:00", "7 h", "forward")),
        ("Australia/Sydney", "2026-04-04 16:30", ("04-04 11:00", "04-04 20:00", "9 h", "back")),
        (
            "Australia/Lord_Howe",
            "2026-10-03 15:45",
            ("10-03 11:30", "10-03 19:00", "7 h 30 min", "forward"),
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-04 15:15",
            ("04-04 11:00", "04-04 19:30", "8 h 30 min", "back"),
        ),
        ("America/Santiago", "2026-09-06 04:30", ("09-06 02:00", "09-06 09:00", "7 h", "forward")),
        ("America/Santiago", "2026-04-05 03:30", ("04-05 01:00", "04-05 10:00", "9 h", "back")),
        ("Asia/Beirut", "2026-03-28 22:30", ("03-28 20:00", "03-29 03:00", "7 h", "forward")),
        ("Asia/Beirut", "2026-10-24 21:30", ("10-24 19:00", "10-25 04:00", "9 h", "back")),
    ],
)
def test_a_night_shift_from_22_to_6_is_as_long_as_the_clocks_make_it(
    timezone: str, night: str, expected: tuple[str, str, str, str]
) -> None:
    nights = rotation(
        timezone=timezone,
        handoff="daily 12:00",
        members=["ada"],
        hours={"from": "22:00", "to": "06:00"},
    )

    person, since, until, note = shift(nights, night)

    since_expected, until_expected, took, way = expected
    assert ("ada", since_expected, until_expected) == (person, since, until)
    assert note.startswith(f"this shift is {took}, not 8 h: the clocks go {way} on ")


def test_a_shift_on_an_ordinary_night_says_nothing_of_clocks() -> None:
    assert ("ada", "07-13 07:00", "07-20 07:00", "") == shift(
        rotation(starts="2026-07-13"), "2026-07-14 12:00"
    )


def test_a_handoff_in_the_hour_that_is_left_out_is_right_after_it() -> None:
    nightly = rotation(handoff="daily 02:30", starts="2026-03-27")

    assert ("bo", "03-28 01:30", "03-29 01:00") == shift(nightly, "2026-03-28 12:00")[:3]
    assert ("ada", "03-29 01:00", "03-30 00:30") == shift(nightly, "2026-03-29 12:00")[:3]


def test_a_handoff_in_the_hour_that_comes_twice_is_the_first_time() -> None:
    nightly = rotation(handoff="daily 02:30", starts="2026-10-24")

    assert ("ada", "10-24 00:30", "10-25 00:30") == shift(nightly, "2026-10-25 00:29")[:3]
    assert ("bo", "10-25 00:30", "10-26 01:30") == shift(nightly, "2026-10-25 01:30")[:3]


def test_the_day_that_apia_left_out_is_nobodys_turn() -> None:
    daily = rotation(
        timezone="Pacific/Apia", starts="2011-12-28T00:00", handoff="daily 00:00",
        members=["ada", "bo", "cy"],
    )  # fmt: skip
    turns = expand(daily, at("2011-12-28 10:00"), at("2012-01-01 10:00"))

    assert [("ada", 0), ("bo", 1), ("cy", 3), ("ada", 4)] == [(t.person, t.turn) for t in turns]
    assert [24 * 60] * 4 == [(t.until - t.since).total_seconds() / 60 for t in turns if t.until]


def test_by_the_calendar_the_day_that_apia_left_out_was_somebodys_turn() -> None:
    daily = rotation(
        timezone="Pacific/Apia", starts="2011-12-28T00:00", handoff="daily 00:00",
        members=["ada", "bo", "cy"], advance="calendar",
    )  # fmt: skip
    turns = expand(daily, at("2011-12-28 10:00"), at("2012-01-01 10:00"))

    assert ["ada", "bo", "ada", "bo"] == [turn.person for turn in turns]


def test_a_month_without_a_31st_hands_over_on_its_last_day() -> None:
    monthly = rotation(handoff="monthly 31 09:00", starts="2027-12-31", timezone="UTC")
    turns = expand(monthly, at("2028-01-01 00:00"), at("2028-12-31 00:00"))

    assert [f"{turn.until:%m-%d}" for turn in turns] == [
        "01-31", "02-29", "03-31", "04-30", "05-31", "06-30",
        "07-31", "08-31", "09-30", "10-31", "11-30", "12-31",
    ]  # fmt: skip
    assert ["ada", "bo"] * 6 == [turn.person for turn in turns]


@pytest.mark.parametrize(
    ("day", "february", "march"), [(28, 28, 28), (29, 28, 29), (30, 28, 30), (31, 28, 31)]
)
def test_a_short_february_does_not_move_the_handoffs_after_it(
    day: int, february: int, march: int
) -> None:
    monthly = rotation(handoff=f"monthly {day} 09:00", starts="2027-01-01", timezone="UTC")
    turns = expand(monthly, at("2027-02-01 00:00"), at("2027-03-31 23:00"))

    assert [february, march] == [turn.since.day for turn in turns][1:]


def test_all_of_fourteen_people_serve_on_weekdays() -> None:
    line = [f"p{place}" for place in range(14)]
    weekdays = rotation(
        handoff="daily 09:00",
        members=line,
        hours={"days": "mon-fri", "from": "09:00", "to": "17:00"},
    )
    shifts = expand(weekdays, at("2026-01-05 00:00"), at("2026-02-14 00:00"))

    assert [*line, *line, *line][:30] == [found.person for found in shifts]


def test_by_the_calendar_four_of_fourteen_people_never_serve() -> None:
    line = [f"p{place}" for place in range(14)]
    habit = rotation(
        handoff="daily 09:00", members=line, advance="calendar",
        hours={"days": "mon-fri", "from": "09:00", "to": "17:00"},
    )  # fmt: skip
    shifts = expand(habit, at("2026-01-05 00:00"), at("2027-01-05 00:00"))

    assert 10 == len({found.person for found in shifts})


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_a_shift_holds_its_first_instant_and_not_its_last(zone: str) -> None:
    daily = rotation(handoff="daily 09:00", timezone=zone)
    (today,) = resolve(daily, at("2026-03-29 12:00")).people
    assert today.until is not None

    assert today in resolve(daily, today.since).people
    assert today in resolve(daily, today.until - TICK).people
    assert today not in resolve(daily, today.since - TICK).people
    assert today not in resolve(daily, today.until).people


def test_every_6_hours_is_by_the_wall_and_every_5_hours_by_the_time_that_passes() -> None:
    by_the_wall = rotation(handoff="every 6h", starts="2026-03-28")
    by_elapsed = rotation(handoff="every 5h", starts="2026-03-28")

    assert ("03-28 23:00", "03-29 04:00") == shift(by_the_wall, "2026-03-29 00:30")[1:3]
    assert ("03-29 00:00", "03-29 05:00") == shift(by_elapsed, "2026-03-29 00:30")[1:3]


def test_a_partial_first_turn_is_a_turn() -> None:
    midweek = rotation(starts="2026-01-07")

    assert ("ada", "01-07 08:00", "01-12 08:00", "") == shift(midweek, "2026-01-08 00:00")
    assert ("bo", "01-12 08:00", "01-19 08:00", "") == shift(midweek, "2026-01-13 00:00")


def test_nobody_is_on_duty_before_the_layer_starts() -> None:
    watch = resolve(rotation(), at("2026-01-05 07:59"))

    assert () == watch.people
    assert watch.next is not None
    assert ("ada", at("2026-01-05 08:00")) == (watch.next.person, watch.next.at)
    assert "nobody was before" in watch.reason


def test_outside_its_hours_a_layer_leaves_the_floor_to_the_one_below() -> None:
    hours = {"days": "mon-fri", "from": "09:00", "to": "17:00"}
    usual = {"timezone": "UTC", "starts": "2026-01-05"}
    both = Schedule.model_validate({
        "name": "payments",
        "layers": [
            {**usual, "name": "backup", "members": ["zoe"]},
            {**usual, "name": "office", "priority": 1, "members": ["ada"], "hours": hours},
        ],
    })  # fmt: skip

    assert ["ada"] == people(both, "2026-01-06 09:00")
    assert ["zoe"] == people(both, "2026-01-06 17:00")
    assert ["zoe"] == people(both, "2026-01-10 12:00")


def sun() -> Schedule:
    return follow_the_sun(
        "incident_commander",
        "incident_commander",
        (
            Station(region="us-west", timezone="America/Los_Angeles", members=("noor",)),
            Station(region="eu-central", timezone="Europe/Berlin", members=("ilse", "otto")),
            Station(region="ap-southeast", timezone="Asia/Singapore", members=("kenji",)),
        ),
    )


def test_the_region_whose_morning_came_last_is_on_call() -> None:
    assert ["otto"] == people(sun(), "2026-07-14 07:00")
    assert ["otto"] == people(sun(), "2026-07-14 15:59")
    assert ["noor"] == people(sun(), "2026-07-14 16:00")
    assert ["noor"] == people(sun(), "2026-07-15 00:59")
    assert ["kenji"] == people(sun(), "2026-07-15 01:00")
    assert ["ilse"] == people(sun(), "2026-07-15 07:00")


def test_following_the_sun_leaves_no_gap_and_names_the_region() -> None:
    shifts = expand(sun(), at("2026-01-01 00:00"), at("2027-01-01 00:00"))

    assert all(a.until == b.since for a, b in pairwise(shifts))
    assert {"us-west", "eu-central", "ap-southeast"} == {found.region for found in shifts}
    assert "it was 09:00 last in us-west (America/Los_Angeles)" in {found.why for found in shifts}


def test_who_is_next_is_somebody_else() -> None:
    watch = resolve(rotation(members=["ada", "ada", "bo"]), at("2026-01-06 00:00"))

    assert watch.next is not None
    assert ("bo", at("2026-01-19 08:00")) == (watch.next.person, watch.next.at)
    assert resolve(rotation(members=["ada"]), at("2026-01-06 00:00")).next is None


def test_a_layer_without_a_handoff_changes_on_monday_when_its_hours_begin() -> None:
    plain = rotation(handoff=None, hours={"from": "08:00", "to": "16:00"}, timezone="UTC")

    assert ("ada", "01-11 08:00", "01-11 16:00", "") == shift(plain, "2026-01-11 12:00")
    assert ("bo", "01-12 08:00", "01-12 16:00", "") == shift(plain, "2026-01-12 08:00")


@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "1969-12-31 23:59", "9999-12-31 23:59"])
def test_far_away_nobody_is_on_call_and_nothing_fails(moment: str) -> None:
    assert [] == people(rotation(), moment)
    assert () == expand(rotation(), at(moment), at(moment))


def test_centuries_ahead_the_line_is_still_kept() -> None:
    weekly = rotation(timezone="UTC", starts="2000-01-03", handoff="weekly Mon 00:00")

    (duty,) = resolve(weekly, at("2250-06-01 12:00")).people

    assert (at("2250-06-01 12:00") - at("2000-01-03 00:00")) // (7 * DAY) == duty.turn
    assert ("ada", "bo")[duty.turn % 2] == duty.person


def test_a_turn_whose_hours_the_clocks_leap_over_is_nobodys() -> None:
    nightly = rotation(
        starts="2026-03-27", handoff="daily 00:00", members=["ada", "bo", "cy"],
        hours={"from": "02:15", "to": "02:45"},
    )  # fmt: skip
    shifts = expand(nightly, at("2026-03-27 00:00"), at("2026-04-01 00:00"))

    assert [("ada", 27), ("bo", 28), ("cy", 30), ("ada", 31)] == [
        (found.person, found.since.day) for found in shifts
    ]
