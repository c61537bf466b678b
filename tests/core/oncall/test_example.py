"""The worked example of the documents, to the second: the nights on which the clocks change."""

import pytest

from tests.core.oncall.made import rotation, shift

FORWARD = "the clocks go forward on 2026-03-29"
SHORT = f"this shift is 23 h 30 min, not 24 h 30 min: {FORWARD}"
BACK = "the clocks go back on 2026-10-25"


@pytest.mark.parametrize(("moment", "expected"), [
    ("2026-03-28 12:00", (
        "mei", "03-28 01:30", "03-29 01:00", SHORT
    )),
    ("2026-03-29 00:59", (
        "mei", "03-28 01:30", "03-29 01:00", SHORT
    )),
    ("2026-03-29 01:00", ("tomas", "03-29 01:00", "03-30 00:30", "")),
    ("2026-03-30 12:00", ("ada", "03-30 00:30", "03-31 00:30", "")),
    ("2026-10-24 12:00", ("mei", "10-24 00:30", "10-25 00:30", "")),
    ("2026-10-25 12:00", (
        "tomas", "10-25 00:30", "10-26 01:30", f"this shift is 25 h, not 24 h: {BACK}"
    )),
    ("2026-10-26 12:00", ("ada", "10-26 01:30", "10-27 01:30", "")),
])  # fmt: skip
def test_the_worked_example_is_as_the_documents_tell_it(
    moment: str, expected: tuple[str, str, str, str]
) -> None:
    payments = rotation(handoff="daily 02:30", members=["ada", "mei", "tomas"])

    assert expected == shift(payments, moment)


def test_a_shift_that_ends_with_the_change_of_the_clocks_says_so() -> None:
    early = rotation(handoff="daily 03:00", members=["ada", "bo"])
    found = shift(early, "2026-03-28 12:00")

    assert found[1:] == (
        "03-28 02:00", "03-29 01:00", f"this shift is 23 h, not 24 h: {FORWARD}"
    )  # fmt: skip
