import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.core.targets import overlapping, path, root

NAMES = st.sampled_from(["db", "waf", "primary", "rules"])
TARGETS = st.builds(
    lambda names, rest: "/".join(names) + rest,
    st.lists(NAMES, min_size=1, max_size=3),
    st.sampled_from(["", "/*"]),
)
REGIONS = st.sampled_from([None, "*", "eu", "us"])


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("db", "db", True),
        ("db", "db/primary", True),
        ("db/primary/disk", "db", True),
        ("waf/*", "waf", True),
        ("waf/*", "waf/rules", True),
        ("waf/*", "waf/rules/7", True),
        ("db", "waf", False),
        ("db", "db2", False),
        ("db/primary", "db/replica", False),
        ("a/db", "db", False),
    ],
)
def test_targets_overlap_by_containment(one: str, other: str, overlap: bool) -> None:  # noqa: FBT001 (a column of the table)
    assert overlapping(one, "eu", other, "eu") is overlap
    assert overlapping(other, "eu", one, "eu") is overlap


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("eu", "eu", True),
        ("eu", "us", False),
        ("eu", "*", True),
        ("eu", None, True),
        (None, None, True),
        (None, "*", True),
    ],
)
def test_regions_overlap_when_equal_or_everywhere(
    one: str | None,
    other: str | None,
    overlap: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    assert overlapping("db", one, "db", other) is overlap
    assert overlapping("db", other, "db", one) is overlap


@given(TARGETS, REGIONS, TARGETS, REGIONS)
def test_overlap_is_mutual_and_needs_one_root(
    target: str, region: str | None, other: str, other_region: str | None
) -> None:
    overlap = overlapping(target, region, other, other_region)

    assert overlap is overlapping(other, other_region, target, region)
    assert root(target) == root(other) or not overlap
    assert overlapping(target, region, target, region)


def test_a_star_at_the_end_adds_no_name() -> None:
    assert path("waf/rules/*") == ("waf", "rules")
    assert root("waf/rules/*") == "waf"
