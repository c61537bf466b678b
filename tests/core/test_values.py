from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from incident.core.values import (
    LONGEST,
    NAME_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    ActionId,
    Duration,
    Handle,
    Link,
    Moment,
    Name,
    OptionalText,
    Target,
    Text,
    Title,
    rfc3339,
)

MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)
DURATION: TypeAdapter[Any] = TypeAdapter(Duration)


def refuses(kind: Any, value: object) -> bool:  # noqa: ANN401 (any annotation)
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"),
        ("2026-03-01T12:00:00.123999Z", "2026-03-01T12:00:00.123Z"),
        ("2026-03-01T13:30:00+01:30", "2026-03-01T12:00:00.000Z"),
        ("2026-03-01 12:00-05:00", "2026-03-01T17:00:00.000Z"),
        ("0987-01-01T00:00:00Z", "0987-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_is_read_with_its_offset_and_shown_in_utc(written: str, shown: str) -> None:
    moment = MOMENT.validate_python(written)

    assert MOMENT.dump_python(moment, mode="json") == shown


@pytest.mark.parametrize(
    "written",
    [
        5,
        5.5,
        True,
        "5",
        "5.5",
        "-5",
        "+5",
        b"5",
        "",
        "noon",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-02-30T12:00:00Z",
        "2026-03-01T12:00:60Z",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-02:00",
        None,
        [],
        {},
    ],
)
def test_what_is_no_moment_is_refused(written: object) -> None:
    assert refuses(Moment, written)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))])))
def test_times_are_cut_to_milliseconds_and_never_rounded_up(moment: datetime) -> None:
    if refuses(Moment, moment):
        assert moment.year in {1, 9999}  # beyond what UTC can say
    else:
        cut = MOMENT.validate_python(moment)
        assert cut.tzinfo is UTC
        assert cut.microsecond % 1000 == 0
        assert timedelta(0) <= moment - cut < timedelta(milliseconds=1)
        assert MOMENT.validate_python(rfc3339(cut)) == cut


def test_a_duration_is_stored_in_seconds_and_shown_as_iso_8601() -> None:
    quarter = timedelta(minutes=15)

    assert DURATION.validate_python("PT15M") == quarter
    assert DURATION.dump_python(quarter) == 900.0
    assert DURATION.dump_python(quarter, mode="json") == "PT15M"
    assert DURATION.validate_python(900.0) == quarter


@pytest.mark.parametrize(
    "written",
    [
        "PT0S",
        "-PT5M",
        "15m",
        "P31D",
        "P9999999Y",
        -1,
        LONGEST + timedelta(seconds=1),
        timedelta.max,
    ],
)
def test_a_duration_is_more_than_nothing_and_a_month_at_most(written: object) -> None:
    assert refuses(Duration, written)


@pytest.mark.parametrize(
    ("kind", "limit"),
    [(Title, TITLE_LIMIT), (Name, NAME_LIMIT), (Target, NAME_LIMIT), (Text, TEXT_LIMIT),
     (OptionalText, TEXT_LIMIT)],
)  # fmt: skip
def test_texts_have_their_limits(kind: object, limit: int) -> None:
    assert not refuses(kind, "é" * limit)
    assert refuses(kind, "é" * (limit + 1))
    assert refuses(kind, "a\x00b")
    assert refuses(kind, "a\ud800b")


@pytest.mark.parametrize("kind", [Title, Name, Text])
@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u2003"])
def test_white_space_is_no_text(kind: object, blank: str) -> None:
    assert refuses(kind, blank)


@pytest.mark.parametrize("kind", [Title, Name])
@pytest.mark.parametrize("line_break", ["\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_titles_and_names_are_one_line(kind: object, line_break: str) -> None:
    assert refuses(kind, f"a{line_break}b")
    assert not refuses(Text, f"a{line_break}b")


@pytest.mark.parametrize("target", ["db", "db/primary", "waf/*", "a.b-c:9/d", "数据库"])
def test_targets_are_paths(target: str) -> None:
    assert not refuses(Target, target)


@pytest.mark.parametrize(
    "target", ["", "/", "/db", "db/", "db//x", "*", "*/db", "db/*/x", "a b", "a,b", "a\n", "d*"]
)
def test_what_is_no_path_is_no_target(target: str) -> None:
    assert refuses(Target, target)


@pytest.mark.parametrize("handle", ["ada", "a", "0", "ada.l", "a_b-c", "a" * 40])
def test_handles_are_short_and_plain(handle: str) -> None:
    assert not refuses(Handle, handle)


@pytest.mark.parametrize("handle", ["", "Ada", "-a", ".a", "a b", "a\n", "a" * 41, "äda", "$where"])
def test_what_is_no_handle_is_refused(handle: str) -> None:
    assert refuses(Handle, handle)


@pytest.mark.parametrize("action", ["ACT-0", "ACT-01", "act-1", "ACT-", "ACT-1\n", "ACT-1234567"])
def test_what_names_no_action_is_refused(action: str) -> None:
    assert refuses(ActionId, action)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://", "//example.com", "https://a b", 'https://a"b', "x"]
)
def test_links_lead_to_the_web_only(url: str) -> None:
    assert refuses(Link, {"url": url, "label": "x"})
    assert not refuses(Link, {"url": "https://example.com/?a=1", "label": "x"})


def test_unknown_fields_are_refused_and_values_stay_as_they_are() -> None:
    link = Link(url="https://example.com/", label="x")

    assert refuses(Link, {"url": "https://example.com/", "label": "x", "more": 1})
    with pytest.raises(ValidationError):
        link.label = "y"  # type: ignore[misc]  # that it is frozen is what this tests
