"""The forecast of 400 days: every hole, with its pattern and its cause."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from incident.core.oncall.coverage import gaps, holes, idle
from incident.core.oncall.schedule import Schedule
from tests.core.effort import examples
from tests.core.oncall.made import THE_SUN, at, office, override, people, rotation
from tests.core.oncall.oracle import QUARTER, lived
from tests.core.oncall.rotations import schedules

HOUR = timedelta(hours=1)


def test_a_hole_of_an_hour_every_day_of_the_summer_is_one_finding() -> None:
    (gap,) = gaps(THE_SUN, at("2026-01-12 00:00"))

    assert (at("2026-03-08 23:00"), at("2026-03-09 00:00")) == (gap.start, gap.end)
    assert (at("2026-10-31 23:00"), at("2026-11-01 00:00")) == (gap.last_start, gap.last_end)
    assert (238, 238 * HOUR) == (gap.count, gap.total)
    assert "every day 23:00-24:00 UTC from 2026-03-08 to 2026-10-31, 238 times" == gap.pattern
    assert gap.why == (
        "us-west (noor) ends at 16:00 America/Los_Angeles and ap-southeast (kenji) begins at "
        "08:00 Asia/Singapore, as the clocks of America/Los_Angeles go forward on 2026-03-08, "
        "until they go back on 2026-11-01"
    )


def test_a_hole_may_open_where_the_clocks_go_back() -> None:
    both = (
        office("eu-central", "Europe/Berlin", "09:00", "21:00", "ilse"),
        office("ap-southeast", "Asia/Singapore", "03:00", "15:00", "kenji"),
    )
    found = gaps(both, at("2026-06-01 00:00"), days=200)

    assert [
        "every day 07:00-08:00 UTC from 2026-10-25 to 2026-12-17, 54 times"
    ] == [gap.pattern for gap in found]  # fmt: skip
    assert "the clocks of Europe/Berlin go back on 2026-10-25" in found[0].why


def test_working_hours_alone_leave_nights_and_weekends_in_the_words_of_their_zone() -> None:
    weekdays = rotation(hours={"days": "mon-fri", "from": "09:00", "to": "17:00"})
    found = gaps((weekdays,), at("2026-01-05 08:00"))

    nights, weekends = (gap.pattern for gap in found)
    assert nights == (
        "every Mon-Thu 17:00-09:00 the next day Europe/Berlin from 2026-01-05 to 2027-02-08, "
        "229 times"
    )
    assert weekends == (
        "every Fri 17:00 to Mon 09:00 Europe/Berlin from 2026-01-09 to 2027-02-05, 57 times"
    )


def test_a_rotation_around_the_clock_has_no_hole() -> None:
    assert () == gaps((rotation(),), at("2026-01-05 08:00"))


def test_where_there_is_no_rotation_there_is_one_hole() -> None:
    assert ((at("2026-01-01 00:00"), at("2026-01-02 00:00")),) == holes(
        (), at("2026-01-01 00:00"), at("2026-01-02 00:00")
    )
    assert 1 == len(gaps((), at("2026-01-01 00:00")))


def test_a_hole_without_an_end_in_sight_reaches_to_the_end_of_the_forecast() -> None:
    (gap,) = gaps((rotation(),), at("2026-01-05 08:00"), days=10, known=frozenset({"zoe"}))

    assert (at("2026-01-05 08:00"), at("2026-01-15 08:00")) == (gap.start, gap.end)
    assert "ada of payments is disabled or unknown" in gap.why


def test_a_person_taken_off_leaves_a_hole_that_says_so() -> None:
    removed = rotation(overrides=[override("remove", "bo", "2026-01-13 08:00", "2026-01-14 08:00")])
    (gap,) = gaps((removed,), at("2026-01-05 08:00"))

    assert gap.pattern.startswith("once, from 2026-01-13 09:00 to 2026-01-14 09:00 Europe/Berlin")
    assert gap.why.startswith("bo is taken off by override O1 by zoe: dentist")


def test_people_who_never_serve_are_named() -> None:
    line = [f"p{place:02}" for place in range(14)]
    hours = {"days": "mon-fri", "from": "09:00", "to": "17:00"}
    rule = rotation(handoff="daily 09:00", members=line, hours=hours)
    habit = rotation(handoff="daily 09:00", members=line, hours=hours, advance="calendar")

    assert ("p05", "p06", "p12", "p13") == idle(habit, at("2026-01-05 00:00"))
    assert () == idle(rule, at("2026-01-05 00:00"))


@settings(max_examples=examples(4, 150))
@given(schedules(), st.integers(1, 96 * 8))
def test_holes_are_exactly_where_the_oracle_sees_nobody(
    made: tuple[Schedule, object], quarters: int
) -> None:
    schedule = made[0]
    start = at(str(made[1])[:16])
    end = start + quarters * QUARTER
    empty = [moment for moment, present in lived(schedule, start, end) if not present]

    found = holes((schedule,), start, end)

    assert empty == [
        moment
        for moment, _ in lived(schedule, start, end)
        if any(since <= moment < until for since, until in found)
    ]


def test_a_hole_in_one_rotation_is_filled_by_another_of_the_same_role() -> None:
    night = office("us-east", "UTC", "23:00", "24:00", "zoe")

    assert () == gaps((*THE_SUN, night), at("2026-01-12 00:00"))
    assert ["zoe"] == people(night, "2026-07-14 23:30")
