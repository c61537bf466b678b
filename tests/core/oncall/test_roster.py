"""Whom a role means: in this region first, else whoever is awake, and never the disabled."""

import pytest

from incident.core.oncall.roster import Roster, Watch
from tests.core.oncall.made import THE_SUN, at, office, rotation

EVERYBODY = frozenset({"kenji", "ilse", "noor", "ada", "bo", "zoe"})
ROSTER = Roster(schedules=THE_SUN, people=EVERYBODY)
COMMANDER = "incident_commander"


def names(watch: Watch) -> list[str]:
    return [duty.person for duty in watch.people]


def test_the_summer_hole_is_explained() -> None:
    watch = ROSTER.on_call(COMMANDER, [], at("2026-07-14 23:30"))

    assert () == watch.people
    assert (at("2026-07-14 23:00"), at("2026-07-15 00:00")) == (watch.since, watch.until)
    assert watch.reason == (
        "nobody is on call for incident commander since 2026-07-14 23:00 UTC until "
        "2026-07-15 00:00 UTC (1 h): us-west (noor) ends at 16:00 America/Los_Angeles and "
        "ap-southeast (kenji) begins at 08:00 Asia/Singapore, as the clocks of "
        "America/Los_Angeles go forward on 2026-03-08, until they go back on 2026-11-01"
    )
    assert watch.next is not None
    assert ("kenji", "ap-southeast") == (watch.next.person, watch.next.schedule)


def test_the_winter_has_no_hole() -> None:
    assert ["noor"] == names(ROSTER.on_call(COMMANDER, [], at("2026-01-14 23:30")))


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-central", "ilse"),
        ("eu-central-1", "ilse"),
        ("eu", "ilse"),
        ("ap-southeast-1", "kenji"),
        ("ap-southeast2", "ilse"),
        ("mars", "ilse"),
    ],
)
def test_the_region_decides_and_then_the_shift_that_began_last(region: str, expected: str) -> None:
    watch = ROSTER.on_call(COMMANDER, [region], at("2026-07-14 07:30"))

    assert [expected] == names(watch)


def test_until_is_when_somebody_else_answers_for_the_role() -> None:
    watch = ROSTER.on_call(COMMANDER, ["ap-southeast"], at("2026-07-14 07:30"))
    elsewhere = ROSTER.on_call(COMMANDER, [], at("2026-07-14 06:30"))

    assert at("2026-07-14 08:00") == watch.until
    assert at("2026-07-14 07:00") == elsewhere.until
    assert elsewhere.next is not None
    assert ("ilse", at("2026-07-14 07:00")) == (elsewhere.next.person, elsewhere.next.at)


def test_one_rotations_people_answer_and_not_those_of_all() -> None:
    twins = (rotation(role="scribe"), rotation(name="other", role="scribe", members=["zoe"]))
    roster = Roster(schedules=twins, people=EVERYBODY)

    assert ["ada"] == names(roster.on_call("scribe", [], at("2026-01-06 00:00")))


def test_the_disabled_are_never_on_duty_and_the_reason_says_so() -> None:
    roster = ROSTER.model_copy(update={"people": EVERYBODY - {"ilse"}})
    watch = roster.on_call(COMMANDER, ["eu-central"], at("2026-07-14 12:00"))

    assert [] == names(watch)
    assert "ilse of eu-central is disabled or unknown" in watch.reason
    assert watch.next is not None
    assert ("noor", at("2026-07-14 15:00")) == (watch.next.person, watch.next.at)


def test_a_role_without_a_rotation_says_so() -> None:
    moment = at("2026-01-06 00:00")

    assert "no rotation serves the role scribe" == ROSTER.on_call("scribe", [], moment).reason
    assert "there is no rotation x" == ROSTER.of_rotation("x", moment).reason


def test_a_rotation_answers_by_its_name_with_or_without_a_role() -> None:
    roster = Roster(schedules=(rotation(),), people=EVERYBODY)

    assert ["ada"] == names(roster.of_rotation("payments", at("2026-01-06 00:00")))
    assert roster.knows("ada")
    assert not roster.knows("mallory")


def test_an_empty_roster_has_nobody() -> None:
    assert Roster().on_call(COMMANDER, [], at("2026-01-06 00:00")).reason
    assert (
        "nobody comes within 400 days"
        in Roster(schedules=(office("eu", "UTC", "09:00", "17:00", "ada"),))
        .on_call(COMMANDER, [], at("2026-01-06 00:00"))
        .reason
    )
