"""How the log reads: one line a record, as text for people or as JSON for machines.

No query string, no credential and no control character gets through, whoever wrote the
record. Where the lines go from here (files, collectors) is not decided here.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Literal

from incident.core.values import rfc3339

Form = Literal["text", "json"]

TAKEN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}
"""What every record carries; anything else was given as `extra`."""

SECRETS = (
    (re.compile(r"(?<=[\w/)\]])\?[^\s\"'<>]+"), "?..."),  # query strings
    (re.compile(r"://[^/\s@\"']*@"), "://...@"),  # a password in an address
    (re.compile(r"(?<=/ical/)[\w-]+"), "..."),  # addresses of calendars
    (re.compile(r"\bict_[\w-]+"), "ict_..."),  # API tokens
    (re.compile(r"(?i)\b(bearer|incident_session=)\s*[^\s\"';,]+"), r"\1 ..."),
)

QUIET = ("pymongo", "motor")
"""Their debug output quotes what people wrote, so it is never switched on."""


def configure(level: str, form: Form) -> None:
    """Write the records of every logger from `level` on to standard error in `form`."""
    handler = logging.StreamHandler()
    handler.setFormatter(Text() if form == "text" else Json())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Text(logging.Formatter):
    """`2026-03-01T12:00:00.000Z INFO incident.desk: commit incident=INC-7 seq=42`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = [f"{name}={quoted(value)}" for name, value in extras(record).items()]
        if trouble := traceback(record):
            facts.append(f"traceback={quoted(trouble)}")
        head = f"{moment(record)} {record.levelname} {record.name}: {spoken(record)}"
        return on_one_line(" ".join([head, *facts]))


class Json(logging.Formatter):
    """An object a line; all in ASCII, so that nothing in it can end the line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": spoken(record),
        }
        if trouble := traceback(record):
            line["traceback"] = trouble
        return json.dumps(line | {n: v for n, v in extras(record).items() if n not in line})


def extras(record: logging.LogRecord) -> dict[str, object]:
    """What was given as `extra`, as JSON values."""
    return {
        name: presentable(value) for name, value in record.__dict__.items() if name not in TAKEN
    }


def presentable(value: object) -> object:
    """`value` as JSON, its texts without secrets."""
    match value:
        case None | bool() | int() | float():
            return value
        case dict():
            return {without_secrets(str(name)): presentable(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [presentable(one) for one in value]
        case datetime():
            return value.isoformat()
        case _:
            return without_secrets(str(value))


def spoken(record: logging.LogRecord) -> str:
    return without_secrets(record.getMessage())


def traceback(record: logging.LogRecord) -> str | None:
    if not record.exc_info or record.exc_info[0] is None:
        return None
    return without_secrets(logging.Formatter().formatException(record.exc_info))


def moment(record: logging.LogRecord) -> str:
    return rfc3339(datetime.fromtimestamp(record.created, UTC))


def quoted(value: object) -> str:
    """A value as it stands after `name=`: bare where it is one word."""
    if isinstance(value, str) and re.fullmatch(r"[^\s\"={}\[\]]+", value):
        return value
    return json.dumps(value, ensure_ascii=False)


def without_secrets(text: str) -> str:
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


def on_one_line(text: str) -> str:
    """Every character that could end a line or steer a terminal, as its escape."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )
