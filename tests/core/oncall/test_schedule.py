"""How rotations are written, kept and refused."""

import json

import pytest
from hypothesis import given
from pydantic import ValidationError

from incident.core.oncall.schedule import Handoff, Hours, Layer, Schedule, handoff
from tests.core.oncall.made import rotation
from tests.core.oncall.rotations import schedules


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("weekly Mon 09:00", "weekly Mon 09:00"),
        ("Weekly monday 9:00", "weekly Mon 09:00"),
        ("daily 17:30", "daily 17:30"),
        ("monthly 31 09:00", "monthly 31 09:00"),
        ("every 12h", "every 12h"),
        ("every 36 h", "every 36h"),
        ("sun 09:00", "sun 09:00"),
    ],
)
def test_a_handoff_is_read_as_it_is_written(written: str, kept: str) -> None:
    assert kept == str(handoff(written))
    assert kept == json.loads(handoff(written).model_dump_json())
    assert handoff(written) == Handoff.model_validate(kept)


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("", "must be a handoff such as weekly Mon 09:00, daily 09:00"),
        ("weekly 09:00", "must be a handoff such as"),
        ("weekly Foo 09:00", "must be a weekday such as Mon"),
        ("daily 25:00", "must be a time of day from 00:00 to 24:00"),
        ("daily 24:00", "midnight is 00:00"),
        ("daily nine", "must be a time of day such as 09:00"),
        ("monthly 32 09:00", "less than or equal to 31"),
        ("every 0h", "greater than or equal to 1"),
        ("every 745h", "less than or equal to 744"),
    ],
)
def test_a_handoff_that_means_nothing_is_refused_with_what_would(
    written: str, refusal: str
) -> None:
    with pytest.raises(ValueError, match=refusal):
        handoff(written)


def test_hours_are_read_in_the_ways_that_yaml_has_them() -> None:
    hours = Hours.model_validate({"days": "mon-wed, sat", "from": "9:00", "to": 1020})

    assert (("mon", "tue", "wed", "sat"), "09:00", "17:00") == (hours.days, hours.from_, hours.to)
    assert {"days": ("mon", "tue", "wed", "sat"), "from": "09:00", "to": "17:00"} == (
        hours.model_dump()
    )


def test_days_may_go_over_the_end_of_the_week() -> None:
    hours = Hours.model_validate({"days": ["fri-mon"], "from": "22:00", "to": "06:00"})

    assert ("mon", "fri", "sat", "sun") == hours.days


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "localtime"},
        {"timezone": "../etc/passwd"},
        {"members": []},
        {"members": ["Not A Handle"]},
        {"starts": "2026-01-05T09:00:00Z"},
        {"starts": "2026-02-30"},
        {"starts": "1066-10-14"},
        {"hours": {"days": [], "from": "09:00", "to": "17:00"}},
        {"hours": {"from": "00:00", "to": "00:00"}},
        {"handoff": "sun 09:00"},
        {"stations": [{"region": "eu", "timezone": "UTC", "members": ["ada"]}]},
        {"advance": "sometimes"},
        {"layer": "primary"},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        rotation(**wrong)


def test_layers_are_told_apart_by_their_names() -> None:
    layer = Layer(members=("ada",))

    with pytest.raises(ValueError, match="different names"):
        Schedule(name="payments", layers=(layer, layer))


@given(schedules())
def test_a_rotation_is_kept_and_shown_without_loss(made: tuple[Schedule, object]) -> None:
    schedule = made[0]

    assert schedule == Schedule.model_validate(schedule.model_dump())
    assert schedule == Schedule.model_validate_json(schedule.model_dump_json())
    assert hash(schedule) == hash(Schedule.model_validate(schedule.model_dump()))
