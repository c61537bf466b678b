"""Under which version of a document a write may happen: If-Match and If-None-Match as revisions.

Incidents have conditions of their own, as their version is checked where they are written.
"""

import re

from starlette.requests import Request

from incident.web.exchange import TAGS
from incident.web.problems import Problem

NEVER = -1
"""A revision that nothing is at."""
OUR_REVISION = re.compile(r'(?<!W/)"(0|[1-9][0-9]{0,14})"')


def expected_revision(request: Request, newest: int) -> int | None:
    """The revision that the document must be at (0: none yet); None when any will do."""
    if request.headers.get("if-none-match", "").strip() == "*":
        return 0
    condition = request.headers.get("if-match")
    if condition is None:
        return None
    condition = condition.strip()
    if condition == "*":
        return newest or NEVER
    if not TAGS.fullmatch(condition):
        raise Problem(400, "bad-if-match", 'If-Match is an ETag that was given, such as "42".')
    revisions = {int(found) for found in OUR_REVISION.findall(condition)}
    return newest if newest in revisions else NEVER


def moved(what: str, newest: int) -> Problem:
    told = f"{what} is at revision {newest} by now. Read it again."
    return Problem(412, "if-match-failed", told, revision=newest)
