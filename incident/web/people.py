"""Who and what a body names must be there; a typing error at 3 a.m. is not a person."""

from collections.abc import Iterator
from typing import Any

from incident.runtime import Runtime
from incident.web.problems import invalid


async def refuse_unknown_people(runtime: Runtime, body: Any) -> None:  # noqa: ANN401 (any body; not all name people)
    """Raises a 422 that names the first field with a handle or an incident that is nowhere."""
    for where, handle in named(body):
        person = await runtime.directory.find(handle)
        if person is None or person.disabled:
            raise invalid(*where, msg=f"there is no person {handle}", code="no-such-person")
    merged_into = getattr(body, "merged_into", None)
    if merged_into is not None and await runtime.journal.latest(merged_into) is None:
        raise invalid("mergedInto", msg=f"there is no {merged_into}", code="no-such-incident")


def named(body: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:  # noqa: ANN401 (likewise)
    """Where each handle stands that must be somebody's: a list of people, or single fields."""
    people = getattr(body, "people", ())
    if callable(people):
        yield from (((field,), handle) for field, handle in people().items())
    else:
        yield from ((("people", place), who) for place, who in enumerate(people) if who != "me")
