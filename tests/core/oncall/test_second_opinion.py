"""The resolver agrees with a slow oracle that shares no code with it, in every zone there is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.core.oncall.clockwork import WEEK, zones
from incident.core.oncall.moments import TICK, changes
from incident.core.oncall.resolve import Shift, expand, resolve
from incident.core.oncall.schedule import Handoff, Hours, Layer, Schedule
from tests.core.effort import examples
from tests.core.oncall.oracle import QUARTER, Who, runs
from tests.core.oncall.rotations import (
    PEOPLE,
    any_clock,
    changes_by_day,
    schedules,
    working,
)

pytestmark = pytest.mark.timeout(examples(120, 1800))
A_WHILE = timedelta(days=examples(10, 6))


def who(shift: Shift) -> Who:
    return shift.person, shift.layer, shift.turn, shift.region, shift.override


def within(
    shifts: tuple[Shift, ...], start: datetime, end: datetime
) -> list[tuple[datetime, datetime, Who]]:
    """The shifts, cut to a window, as the oracle tells them."""
    cut = [(max(start, shift.since), min(end, shift.until or end), who(shift)) for shift in shifts]
    return sorted(cut, key=lambda run: (run[0], run[2][1], run[2][0]))


@settings(max_examples=examples(4, 5000))
@given(schedules(), st.lists(st.integers(0, 96 * examples(10, 6) - 1), min_size=4, max_size=4))
def test_every_shift_is_as_the_oracle_lived_it(
    made: tuple[Schedule, datetime], quarters: list[int]
) -> None:
    schedule, start = made
    end = start + A_WHILE

    shifts = expand(schedule, start, end)

    assert runs(schedule, start, end) == within(shifts, start, end)
    edges = [edge for shift in shifts for edge in (shift.since, shift.until or end)]
    instants = [start + QUARTER * quarter for quarter in quarters]
    for at in [*instants, *edges[:6], *(edge - TICK for edge in edges[:6])]:
        if start <= at < end:
            here = {s for s in shifts if s.since <= at < (s.until or end)}
            assert here == set(resolve(schedule, at).people)


def night_watch(timezone: str, starts: datetime) -> Schedule:
    """Shifts that begin and end in the hours in which clocks are changed."""
    hours = Hours(days=tuple(WEEK), from_="23:30", to="02:30")
    forms = {"night": ("daily 00:00", hours), "day": ("every 4h", None)}
    layers = [
        Layer(
            name=name,
            priority=int(name == "night"),
            timezone=timezone,
            starts=f"{starts.date()}T00:00",
            handoff=Handoff.model_validate(form),
            members=("ada", "bo", "cy"),
            hours=working_hours,
        )
        for name, (form, working_hours) in forms.items()
    ]
    return Schedule(name="payments", layers=tuple(layers))


@pytest.mark.parametrize("part", range(10))
def test_every_zone_has_its_shifts_around_its_last_change_of_clocks(part: int) -> None:
    for timezone in sorted(zones())[part :: examples(200, 10)]:
        turned = [days[-1] for year in (2011, 2036) if (days := changes_by_day(timezone, year))]
        for change in turned or [datetime(2026, 3, 29, tzinfo=UTC)]:
            start, end = change - timedelta(days=2), change + timedelta(days=2)
            schedule = night_watch(timezone, start + timedelta(days=1))

            assert runs(schedule, start, end) == within(expand(schedule, start, end), start, end)


@settings(max_examples=examples(4, 600))
@given(schedules(), st.integers(1, 96 * examples(6, 8)), st.integers(1, 96 * examples(4, 4)))
def test_a_window_shows_the_same_shifts_as_a_larger_one(
    made: tuple[Schedule, datetime], skipped: int, length: int
) -> None:
    schedule, begin = made
    start = begin + QUARTER * skipped
    end = start + QUARTER * length

    large = expand(schedule, begin, end + timedelta(days=1))
    small = expand(schedule, start, end)

    assert [s for s in large if s.since < end and (s.until or end) > start] == list(small)


@settings(max_examples=examples(1, 10))
@given(
    st.sampled_from(sorted(zones())),
    st.sampled_from(["daily", "weekly", "every 1h", "every 8h", "every 5h", "monthly"]),
    any_clock,
    working(),
    st.integers(1975, 2034),
    st.integers(2, 5),
)
def test_the_line_is_kept_over_years(
    timezone: str, kind: str, at: str, hours: Hours | None, year: int, people: int
) -> None:
    forms = {"daily": f"daily {at}", "weekly": f"weekly Mon {at}", "monthly": f"monthly 31 {at}"}
    layer = Layer(
        timezone=timezone,
        starts=f"{year}-01-05",
        handoff=Handoff.model_validate(forms.get(kind, kind)),
        members=tuple(PEOPLE[:people]),
        hours=hours,
    )
    schedule = Schedule(name="payments", layers=(layer,))
    start = datetime(year, 1, 3, tzinfo=UTC)
    end = start + timedelta(days=examples(100, 800))

    lived = runs(schedule, start, end)

    last = end - timedelta(days=10)
    recent = [run for run in lived if run[1] > last]
    assert recent == [
        (since, until, found)
        for since, until, found in within(expand(schedule, last, end), start, end)
    ]


def test_the_oracle_steps_finely_enough_for_every_zone() -> None:
    found = {
        (change.at.second, change.after % QUARTER)
        for zone in sorted(zones())[:: examples(150, 1)]
        for year in range(1975, 2037)
        for change in changes(zone, year)
    }

    assert {(0, timedelta())} == found
