"""What schemathesis has to be told about us: sensible values for our formats, and one check more.

It loads this in a process of its own; see test_openapi.
"""

import os
import re
from datetime import datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st

OURSELVES = {os.environ["FUZZ_HANDLE"], os.environ["FUZZ_TOKEN"]}
TIMES = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2025, 12, 31))  # noqa: DTZ001 (hypothesis adds no zone to these; the Z does)

FORMATS: dict[str, st.SearchStrategy[str]] = {
    "date-time": TIMES.map(lambda moment: f"{moment.isoformat(timespec='milliseconds')}Z"),
    "duration": st.sampled_from(["PT1M", "PT15M", "PT1H30M", "P1D"]),
    "entity-tags": st.sampled_from(["*", '"1"', '"2"', '"1", W/"2"']),
    "handle": st.sampled_from(["me", "ada", "mei"]),
    "web-address": st.from_regex(
        r"https?://[a-z][a-z0-9-]{0,20}(:[1-9][0-9]{0,3})?(/[a-z?&=%]{0,9})?", fullmatch=True
    ),
    "time-zone": st.sampled_from(["UTC", "Europe/Lisbon", "Asia/Tokyo"]),
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)


PLACES = {"name": "berlin", "role": "scribe"}
"""Rotations and roles that are there: no random name is that of one."""
SOUND = re.compile(r"[a-z][a-z0-9_]{0,39}")


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Half of what is asked is asked about something that is there, but for its removal."""
    removes = context.operation is not None and context.operation.method.upper() == "DELETE"
    for name, place in PLACES.items():
        value = str((path_parameters or {}).get(name, ""))
        if SOUND.fullmatch(value) and len(value) % 2 and (name == "role" or not removes):
            path_parameters = {**(path_parameters or {}), name: place}
    return path_parameters


@schemathesis.hook
def filter_path_parameters(context: object, path_parameters: dict[str, Any] | None) -> bool:
    """It must not lock itself out: neither disable who it is nor revoke its own token."""
    return not OURSELVES & {str(value) for value in (path_parameters or {}).values()}


@schemathesis.check
def valid_data_is_never_invalid(
    ctx: object, response: schemathesis.Response, case: "schemathesis.Case[Any]"
) -> None:
    """422 may say that a time or a name is wrong, which no schema can know, but not the form."""
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if positive and response.status_code == 422:
        assert response.json()["code"] != "invalid", "Well-formed data were refused as invalid"
