"""Who and what a body names must be there; a typing error at 3 a.m. is not a person."""

from typing import Any

from incident.runtime import Runtime
from incident.web.problems import invalid


async def refuse_unknown_people(runtime: Runtime, body: Any) -> None:  # noqa: ANN401 (any body; not all name people)
    """Raises a 422 that names the first field with a handle or an incident that is nowhere."""
    people = getattr(body, "people", None)
    for field, handle in (people() if people else {}).items():
        person = await runtime.directory.find(handle)
        if person is None or person.disabled:
            raise invalid(field, msg=f"there is no person {handle}", code="no-such-person")
    merged_into = getattr(body, "merged_into", None)
    if merged_into is not None and await runtime.journal.latest(merged_into) is None:
        raise invalid("mergedInto", msg=f"there is no {merged_into}", code="no-such-incident")
