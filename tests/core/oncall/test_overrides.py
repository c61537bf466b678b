"""Exceptions: in order of creation, the last wins, and they build on each other."""

import pytest

from incident.core.oncall.resolve import expand, resolve
from incident.core.oncall.schedule import Override, Schedule
from tests.core.oncall.made import at, override, people, rotation

MONDAY, TUESDAY, WEDNESDAY = "2026-01-12 08:00", "2026-01-13 08:00", "2026-01-14 08:00"
THURSDAY = "2026-01-15 08:00"
"""In a week that is bo's."""


def with_overrides(*overrides: Override, **fields: object) -> Schedule:
    return rotation(overrides=overrides, members=["ada", "bo", "cy"], **fields)


def test_cover_replaces_a_person_for_a_while_and_no_longer() -> None:
    covered = with_overrides(override("replace", "bo", TUESDAY, WEDNESDAY, by="dee"))

    assert ["bo"] == people(covered, "2026-01-13 07:59")
    assert ["dee"] == people(covered, TUESDAY)
    assert ["bo"] == people(covered, WEDNESDAY)


def test_cover_says_for_whom_and_why() -> None:
    covered = with_overrides(override("replace", "bo", TUESDAY, WEDNESDAY, by="dee"))

    (duty,) = resolve(covered, at(TUESDAY)).people

    assert "O1" == duty.override
    assert duty.why == (
        "covers for bo (override O1 by zoe: dentist): turn 1 of payments, "
        "weekly Mon 09:00 Europe/Berlin"
    )


def test_cover_means_only_the_times_at_which_the_person_is_on_duty() -> None:
    covered = with_overrides(override("replace", "ada", MONDAY, "2026-02-09 08:00", by="dee"))

    assert ["bo"] == people(covered, TUESDAY)
    assert ["dee"] == people(covered, "2026-01-27 12:00")


def test_covers_chain() -> None:
    chained = with_overrides(
        override("replace", "bo", MONDAY, WEDNESDAY, by="dee"),
        override("replace", "dee", TUESDAY, THURSDAY, by="eve", order=2),
    )

    assert ["dee"] == people(chained, MONDAY)
    assert ["eve"] == people(chained, TUESDAY)
    assert ["bo"] == people(chained, WEDNESDAY)


def test_covers_chain_in_the_order_of_creation_whatever_the_order_they_are_kept_in() -> None:
    first = override("replace", "bo", MONDAY, WEDNESDAY, by="dee")
    second = override("replace", "dee", MONDAY, WEDNESDAY, by="eve", order=2)

    assert ["eve"] == people(with_overrides(second, first), TUESDAY)


def test_cover_of_somebody_not_yet_on_duty_does_nothing_later() -> None:
    reversed_chain = with_overrides(
        override("replace", "dee", MONDAY, WEDNESDAY, by="eve"),
        override("replace", "bo", MONDAY, WEDNESDAY, by="dee", order=2),
    )

    assert ["dee"] == people(reversed_chain, TUESDAY)


def test_an_added_person_is_on_duty_beside_the_others() -> None:
    added = with_overrides(override("add", "dee", TUESDAY, WEDNESDAY))

    assert ["bo", "dee"] == people(added, TUESDAY)
    assert "added by zoe (override O1: dentist)" == resolve(added, at(TUESDAY)).people[1].why


def test_nobody_is_on_duty_twice() -> None:
    twice = with_overrides(
        override("add", "bo", MONDAY, WEDNESDAY),
        override("add", "dee", MONDAY, WEDNESDAY, order=2),
        override("replace", "bo", MONDAY, WEDNESDAY, by="dee", order=3),
    )

    assert ["dee"] == people(twice, TUESDAY)


def test_removing_the_only_one_leaves_nobody_and_says_so() -> None:
    watch = resolve(with_overrides(override("remove", "bo", TUESDAY, WEDNESDAY)), at(TUESDAY))

    assert () == watch.people
    assert (at(TUESDAY), at(WEDNESDAY)) == (watch.since, watch.until)
    assert "bo is taken off by override O1 by zoe: dentist" in watch.reason
    assert watch.next is not None
    assert ("bo", at(WEDNESDAY)) == (watch.next.person, watch.next.at)


def test_removing_and_adding_again_leaves_the_last_word() -> None:
    removed = override("remove", "bo", MONDAY, THURSDAY)

    assert ["bo"] == people(
        with_overrides(removed, override("add", "bo", TUESDAY, WEDNESDAY, order=2)), TUESDAY
    )
    assert ["dee"] == people(
        with_overrides(removed, override("add", "dee", TUESDAY, WEDNESDAY, order=2)), TUESDAY
    )


def test_where_a_layer_has_nobody_left_the_one_below_has_the_floor() -> None:
    usual = {"timezone": "UTC", "starts": "2026-01-05", "handoff": "weekly Mon 09:00"}
    both = Schedule.model_validate({
        "name": "payments",
        "layers": [
            {**usual, "name": "first", "priority": 1, "members": ["bo"]},
            {**usual, "name": "second", "members": ["zoe"]},
        ],
        "overrides": [override("remove", "bo", TUESDAY, WEDNESDAY)],
    })  # fmt: skip

    assert ["zoe"] == people(both, TUESDAY)
    assert ["bo"] == people(both, WEDNESDAY)
    assert ["zoe"] == [d.person for d in resolve(both, at(WEDNESDAY), frozenset({"zoe"})).people]


def test_an_override_cuts_the_shift_of_whom_it_concerns_and_of_nobody_else() -> None:
    added = with_overrides(
        override("add", "dee", TUESDAY, THURSDAY),
        override("replace", "bo", WEDNESDAY, THURSDAY, by="eve", order=2),
    )
    shifts = expand(added, at(MONDAY), at("2026-01-19 08:00"))

    assert [
        ("bo", "12", "14"), ("dee", "13", "15"), ("eve", "14", "15"), ("bo", "15", "19"),
    ] == [(s.person, f"{s.since:%d}", f"{s.until:%d}") for s in shifts]  # fmt: skip


def test_overrides_hold_to_the_millisecond() -> None:
    start, end = "2026-01-13 08:00:00.250", "2026-01-13 08:00:00.500"
    covered = with_overrides(override("replace", "bo", start, end, by="dee"))

    assert ["bo"] == people(covered, "2026-01-13 08:00:00.249")
    assert ["dee"] == people(covered, "2026-01-13 08:00:00.250")
    assert ["dee"] == people(covered, "2026-01-13 08:00:00.499")
    assert ["bo"] == people(covered, "2026-01-13 08:00:00.500")


@pytest.mark.parametrize(
    ("kind", "by", "start", "end", "refusal"),
    [
        ("replace", None, MONDAY, TUESDAY, "with_person"),
        ("add", "dee", MONDAY, TUESDAY, "with_person"),
        ("replace", "bo", MONDAY, TUESDAY, "somebody else"),
        ("add", None, TUESDAY, TUESDAY, "end must be after start"),
        ("add", None, MONDAY, "2027-02-01 00:00", "longer than a year"),
    ],
)
def test_an_override_must_make_sense(
    kind: str, by: str | None, start: str, end: str, refusal: str
) -> None:
    good = override("add", "bo", MONDAY, TUESDAY).model_dump()
    changed = {"kind": kind, "with_person": by, "start": at(start), "end": at(end)}

    with pytest.raises(ValueError, match=refusal):
        Override.model_validate(good | changed)
