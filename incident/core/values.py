"""The building stones of every value: frozen, closed to unknown fields, in UTC milliseconds.

Limits of length stand here, once, for every way a text can come in. No rule about
incidents stands here.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    StringConstraints,
    TypeAdapter,
)

TITLE_LIMIT = 200
TEXT_LIMIT = 10_000
NAME_LIMIT = 100
"""Characters in the name of a service, a region or a target."""
NAMES_LIMIT = 100
"""Services or regions of one incident."""
LONGEST = timedelta(days=30)
"""Nobody promises or estimates further ahead than this."""

Status = Literal["triage", "active", "mitigated", "resolved", "closed", "cancelled"]
Phase = Literal["investigating", "identified", "fixing"]
Audience = Literal["customers", "leadership", "support"]
ActionStatus = Literal["proposed", "in-progress", "completed", "abandoned"]
Health = Literal["ok", "slow", "down"]
Risk = Literal["low", "medium", "high"]
NoteType = Literal["info", "action", "decision", "milestone", "communication", "alert"]
EntryType = NoteType | Literal["escalation", "role"]

AUDIENCES: tuple[Audience, ...] = ("customers", "leadership", "support")
ROLES: tuple[str, ...] = (
    "incident_commander",
    "communications_lead",
    "operations_lead",
    "scribe",
    "tech_lead",
)
"""The roles that every incident has; a policy may add others."""
ENDED: frozenset[str] = frozenset({"resolved", "closed", "cancelled"})
"""States in which no deadline runs."""
FINAL: frozenset[str] = frozenset({"closed", "cancelled"})
"""States in which nothing is done any more but reopening and writing things down."""

_ISO_DURATION = TypeAdapter(timedelta)
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE_BREAKS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TARGET = re.compile(r"[^\s/,*][^\s/,*]*(/[^\s/,*]+)*(/\*)?")


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def in_utc_milliseconds(moment: datetime) -> datetime:
    """`moment` in UTC, cut to whole milliseconds, because that is what BSON keeps."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset from UTC, for example 2026-01-31T18:00:00Z")
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError("must lie between the years 1 and 9999 in UTC") from beyond
    odd = utc.microsecond % 1000
    return utc.replace(microsecond=utc.microsecond - odd) if odd else utc


def without_nul(text: str) -> str:
    """Refuse what no database, log or terminal should be handed."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def on_one_line(text: str) -> str:
    """Refuse line breaks of every kind, and text that is only white space."""
    if _LINE_BREAKS.search(text):
        raise ValueError("must be one line")
    return with_something_to_read(text)


def with_something_to_read(text: str) -> str:
    """Refuse text of white space only."""
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def a_path(target: str) -> str:
    """A target is a path of names: `db`, `db/primary`, `waf/*`."""
    if not _TARGET.fullmatch(target):
        raise ValueError("must be a path such as db/primary or waf/*, without spaces or commas")
    return target


def in_seconds_or_iso(duration: timedelta, form: SerializationInfo) -> float | str:
    """Durations are stored as seconds and shown as ISO 8601."""
    return iso_duration(duration) if form.mode_is_json() else duration.total_seconds()


def iso_duration(duration: timedelta) -> str:
    """`PT15M`: how every duration is shown."""
    return str(_ISO_DURATION.dump_python(duration, mode="json"))


def rfc3339(moment: datetime) -> str:
    """`2026-01-31T18:00:00.000Z`: how every time is shown."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _not_a_number(moment: object) -> object:
    """Numbers are not times: 5 or "5.5" would be read as seconds past 1970."""
    dated = _DATED.match(moment) if isinstance(moment, str) else isinstance(moment, date)
    if not dated:
        raise ValueError("must be a time such as 2026-01-31T18:00:00Z")
    return moment


Moment = Annotated[
    datetime,
    BeforeValidator(_not_a_number),
    AfterValidator(in_utc_milliseconds),
    PlainSerializer(rfc3339, when_used="json"),
]
Duration = Annotated[
    timedelta, Field(gt=timedelta(0), le=LONGEST), PlainSerializer(in_seconds_or_iso)
]
Severity = Annotated[int, Field(ge=1, le=5)]
Handle = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Title = Annotated[
    str, StringConstraints(max_length=TITLE_LIMIT), AfterValidator(without_nul),
    AfterValidator(on_one_line),
]  # fmt: skip
Text = Annotated[
    str, StringConstraints(max_length=TEXT_LIMIT), AfterValidator(without_nul),
    AfterValidator(with_something_to_read),
]  # fmt: skip
OptionalText = Annotated[str, StringConstraints(max_length=TEXT_LIMIT), AfterValidator(without_nul)]
Name = Annotated[
    str, StringConstraints(max_length=NAME_LIMIT), AfterValidator(without_nul),
    AfterValidator(on_one_line),
]  # fmt: skip
Target = Annotated[
    str, StringConstraints(max_length=NAME_LIMIT), AfterValidator(without_nul),
    AfterValidator(a_path),
]  # fmt: skip
ActionId = Annotated[str, StringConstraints(pattern=r"^ACT-[1-9][0-9]{0,5}$")]


def with_a_host(url: str) -> str:
    """Refuse what looks like a web address and leads nowhere, such as `https://[`."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise ValueError("must be a web address") from error
    if not parts.hostname:
        raise ValueError("must be a web address")
    return url


class Link(Value):
    """A link that belongs to the incident: a dashboard, a call, a ticket."""

    url: Annotated[
        str,
        StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00-\x20<>\"]+$"),
        AfterValidator(with_a_host),
    ]
    label: Name


class Intent(Value):
    """`by` is the handle of who asks; `authority` is what the access rules say they are."""

    by: str
    authority: Literal["responder", "admin"] = "responder"


class Happening(Value):
    """`by` is a handle or the name of a system; `at` is when it happened, in UTC."""

    by: str
    at: Moment
