"""The stretch of time that the page of rotations shows: its bounds, its columns, its words.

Where something stands is said in per cent, so that no page needs to know its own width.
Addresses that mean nothing show the days around now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from incident.core.oncall.moments import in_sight, wall_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LENGTHS = (1, 7, 14, 28)
"""Days that can be shown at once."""
USUAL = 7
STEPS = {1: HOUR, 7: 6 * HOUR, 14: 12 * HOUR, 28: DAY}
"""How far apart the hours stand that are written over the columns."""
WEEK_AHEAD = timedelta(days=6)


class Tick(NamedTuple):
    """A column: `day` where one begins in UTC, the hour in UTC, and that of the viewer."""

    x: str
    day: str
    utc: str
    local: str


@dataclass(frozen=True, slots=True)
class Window:
    """`days` from `start`, seen at `now` by somebody in `zone`."""

    start: datetime
    days: int
    now: datetime
    zone: str

    @property
    def end(self) -> datetime:
        return self.start + self.days * DAY

    def place(self, at: datetime) -> float:
        """Where an instant stands, in per cent; what lies outside is at the edge."""
        inside = min(max(at, self.start), self.end)
        return 100 * ((inside - self.start) / (self.end - self.start))

    def x(self, at: datetime) -> str:
        return percent(self.place(at))

    def width(self, since: datetime, until: datetime) -> float:
        return self.place(until) - self.place(since)

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def address(self, start: datetime | None, days: int) -> str:
        """The link to another stretch; without a start to the one around now."""
        asked = [f"from={start.date()}"] if start else []
        return "/oncall?" + "&".join([*asked, f"days={days}"])


def asked(query: Mapping[str, str], now: datetime, zone: str) -> Window:
    """The window of an address."""
    days = next((one for one in LENGTHS if query.get("days") == str(one)), USUAL)
    start = day_of(query.get("from", ""))
    if start is None or not in_sight(start, now):
        today = midnight(now.date())
        start = today if days == 1 else today - DAY
    return Window(start, days, now, zone)


def day_of(text: str) -> datetime | None:
    """Midnight, UTC, of a day such as 2026-07-10."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return midnight(day)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def percent(share: float) -> str:
    return f"{share:.3f}%"


def ticks(window: Window) -> list[Tick]:
    """The columns, from the left."""
    step = STEPS[window.days]
    zone = ZoneInfo(window.zone)
    count = (window.end - window.start) // step
    return [tick(window, window.start + place * step, zone) for place in range(count)]


def tick(window: Window, at: datetime, zone: ZoneInfo) -> Tick:
    begins = at.hour == 0
    return Tick(
        x=window.x(at),
        day=day_in_words(window, at) if begins else "",
        utc=at.strftime("%H"),
        local=hour_of(wall_of(zone, at)),
    )


def day_in_words(window: Window, at: datetime) -> str:
    """`Sat 21 Nov`; where columns are narrow the number, and the month where it begins."""
    if window.days < LENGTHS[-1]:
        return f"{at:%a} {at.day} {at:%b}"
    return f"{at.day} {at:%b}" if at.day == 1 or at == window.start else str(at.day)


def hour_of(wall: datetime) -> str:
    return wall.strftime("%H:%M" if wall.minute else "%H")


def steps(window: Window) -> dict[str, Any]:
    """The links to other stretches of time."""
    go = window.address
    return {
        "back_week": go(window.start - 7 * DAY, window.days),
        "back_day": go(window.start - DAY, window.days),
        "now": go(None, window.days),
        "on_day": go(window.start + DAY, window.days),
        "on_week": go(window.start + 7 * DAY, window.days),
        "lengths": [
            {"days": n, "href": go(window.start if n != 1 else None, n), "chosen": n == window.days}
            for n in LENGTHS
        ],
    }


def city(zone: str) -> str:
    """`Europe/Lisbon` as people say it: Lisbon."""
    return zone.rpartition("/")[2].replace("_", " ")


def moment(at: datetime, now: datetime, zone: str) -> str:
    """`16:00 UTC (17:00 Lisbon)`, with the day where it is another than today."""
    told = f"{near(at, now)} UTC"
    if zone == "UTC":
        return told
    here = ZoneInfo(zone)
    wall = wall_of(here, at)
    same = wall.date() == at.date() and wall_of(here, now).date() == now.date()
    local = f"{wall:%H:%M}" if same else near(wall, wall_of(here, now))
    return f"{told} ({local} {city(zone)})"


def near(at: datetime, now: datetime) -> str:
    """The time of day, the weekday in the days to come, the date beyond them."""
    clock = f"{at:%H:%M}"
    if at.date() == now.date():
        return clock
    if timedelta(0) < at.date() - now.date() <= WEEK_AHEAD:
        return f"{at:%a} {clock}"
    year = f" {at.year}" if at.year != now.year else ""
    return f"{at:%a} {at.day} {at:%b}{year} {clock}"


def stretch_in_words(since: datetime, until: datetime, now: datetime) -> str:
    """`Sat 21 Nov 08:00-16:00 UTC`, the end as 24:00 where it is that midnight."""
    year = f" {since.year}" if since.year != now.year else ""
    begun = f"{since:%a} {since.day} {since:%b}{year} {since:%H:%M}"
    return f"{begun}{ending(since, until)} UTC"


def local_stretch(since: datetime, until: datetime, window: Window) -> str:
    """`09:00-17:00 Lisbon` by the viewer's clocks; empty where these show UTC."""
    if window.zone == "UTC":
        return ""
    here = ZoneInfo(window.zone)
    begun, over = wall_of(here, since), wall_of(here, until)
    day = "" if begun.date() == since.date() else f"{begun:%a} "
    return f"{day}{begun:%H:%M}{ending(begun, over)} {city(window.zone)}"


def ending(since: datetime, until: datetime) -> str:
    following = datetime.combine(since.date(), time(), since.tzinfo) + DAY
    if until < following:
        return f"-{until:%H:%M}"
    if until == following:
        return "-24:00"
    return f" to {until:%a} {until.day} {until:%b} {until:%H:%M}"
