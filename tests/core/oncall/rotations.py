"""Schedules for properties: any zone, near a change of its clocks, and every kind of rotation."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from incident.core.oncall.clockwork import WEEK, zones
from incident.core.oncall.schedule import (
    Handoff,
    Hours,
    Layer,
    Override,
    OverrideKind,
    Schedule,
    Station,
)

ALL_ZONES = sorted(zones())
DRASTIC = ["America/New_York", "Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe"]
DRASTIC += ["America/Santiago", "Asia/Beirut", "Pacific/Apia", "Africa/Casablanca", "Asia/Gaza"]
PEOPLE = ["ada", "bo", "cy", "dee", "eve", "fay", "gus"]
QUARTER = timedelta(minutes=15)


@cache
def changes_by_day(timezone: str, year: int) -> list[datetime]:
    """Midnights of UTC after which the clocks of a zone change within the day."""
    zone, day = ZoneInfo(timezone), datetime(year, 1, 1, tzinfo=UTC)
    days = [day + timedelta(days=step) for step in range(365)]
    return [
        d
        for d in days
        if d.astimezone(zone).utcoffset() != (d + timedelta(days=1)).astimezone(zone).utcoffset()
    ]


clocks = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
night_clocks = st.integers(0, 16).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
any_clock = night_clocks | clocks


@st.composite
def times(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone, and a day in it from which its clocks change before long, if they ever do."""
    timezone = draw(st.sampled_from(ALL_ZONES) | st.sampled_from(DRASTIC))
    year = draw(st.integers(1975, 2036))
    if timezone == "Pacific/Apia" and draw(st.booleans()):
        year = 2011
    near = changes_by_day(timezone, year) or [datetime(year, 6, 1, tzinfo=UTC)]
    change = draw(st.sampled_from(near))
    return timezone, change - timedelta(days=draw(st.integers(0, 20)))


@st.composite
def handoffs(draw: st.DrawFn) -> Handoff:
    kind = draw(st.sampled_from(["daily", "weekly", "monthly", "hourly", "hourly"]))
    at = draw(any_clock)
    match kind:
        case "daily":
            return Handoff(kind="daily", at=at)
        case "weekly":
            return Handoff(kind="weekly", at=at, weekday=draw(st.sampled_from(WEEK)))
        case "monthly":
            return Handoff(
                kind="monthly", at=at, day=draw(st.sampled_from([1, 15, 28, 29, 30, 31]))
            )
        case _:
            hours = draw(st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24, 5, 7, 36, 48, 100, 168]))
            return Handoff(kind="hourly", hours=hours)


@st.composite
def working(draw: st.DrawFn) -> Hours | None:
    if draw(st.booleans()):
        return None
    days = draw(st.sets(st.sampled_from(WEEK), min_size=1))
    start, end = draw(any_clock), draw(any_clock | st.just("24:00"))
    if (start, end) == ("00:00", "00:00"):
        end = "24:00"
    return Hours(days=tuple(day for day in WEEK if day in days), from_=start, to=end)


@st.composite
def layers(draw: st.DrawFn, number: int, timezone: str, begin: datetime) -> Layer:
    starts = begin.date() + timedelta(days=draw(st.integers(0, 3)))
    exactly = f"{starts}T{draw(any_clock)}"
    line = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=5))
    return Layer(
        name=f"layer{number}",
        priority=draw(st.integers(0, 1)),
        timezone=timezone,
        starts=draw(st.sampled_from([exactly, str(starts)])),
        handoff=draw(handoffs()),
        members=tuple(line),
        hours=draw(working()),
        advance=draw(st.sampled_from(["served", "served", "calendar"])),
    )


@st.composite
def sunny_layers(draw: st.DrawFn, timezone: str, begin: datetime) -> Layer:
    others = draw(st.lists(st.sampled_from(ALL_ZONES), max_size=3))
    stations = [
        Station(
            region=f"region-{place}",
            timezone=zone,
            members=tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3))),
        )
        for place, zone in enumerate([timezone, *others])
    ]
    return Layer(
        name="sun",
        timezone=timezone,
        starts=str(begin.date() + timedelta(days=1)),
        handoff=Handoff(kind="sun", at=draw(any_clock)),
        stations=tuple(stations),
    )


@st.composite
def overrides(draw: st.DrawFn, number: int, begin: datetime) -> Override:
    kinds: list[OverrideKind] = ["replace", "replace", "add", "remove"]
    kind = draw(st.sampled_from(kinds))
    person, other = draw(st.permutations(PEOPLE))[:2]
    start = begin + QUARTER * draw(st.integers(0, 96 * 10))
    return Override(
        id=f"O{number}",
        kind=kind,
        person=person,
        with_person=other if kind == "replace" else None,
        start=start,
        end=start + QUARTER * draw(st.integers(1, 96 * 8)),
        created_by="ada",
        created_at=datetime(1990, 1, draw(st.integers(1, 5)), tzinfo=UTC),
    )


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """A rotation, and an instant before which no layer of it starts."""
    timezone, begin = draw(times())
    found = [draw(layers(number, timezone, begin)) for number in range(draw(st.integers(1, 2)))]
    if draw(st.integers(0, 4)) == 0:
        found[-1] = draw(sunny_layers(timezone, begin))
    exceptions = [draw(overrides(number, begin)) for number in range(draw(st.integers(0, 4)))]
    schedule = Schedule(name="payments", layers=tuple(found), overrides=tuple(exceptions))
    return schedule, begin - timedelta(days=1)
