"""The past without what was redacted since, also while the log still holds its text.

The log is rewritten after a redaction was committed, newest commit first; here is what is told
meanwhile. It changes nothing that is stored.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from incident.core.events import Event
from incident.core.recording import without_text
from incident.core.redaction import bare, fields_still_showing
from incident.runtime import Runtime
from incident.store.commit import Commit, Told
from incident.store.sought import of_numbers

ToldOne = TypeVar("ToldOne", bound=Told)


def forgetful(told: ToldOne, gone: Collection[int]) -> ToldOne:
    """What it tells, without the text of the entries `gone` and of what amended them."""
    if not gone:
        return told
    clean = iter(bare(told.events, told.first, gone))
    commands = tuple(
        replace(command, events=tuple(next(clean) for _ in command.events))
        for command in told.commands
    )
    return replace(told, commands=commands)


async def as_it_may_be_told(runtime: Runtime, commit: Commit, newest: Commit) -> Commit:
    """`commit` without the text of what was redacted after it, up to `newest`."""
    state = commit.state
    since = set(newest.state.redacted) - set(state.redacted)
    gone = sorted(number for number in since if number <= state.entries)
    if not gone:
        return commit
    originals = [await event_at(runtime, newest, number) for number in gone]
    again = await runtime.journal.at_seq(commit.incident, commit.seq)
    assert again is not None  # an event that was clean already was rewritten after this one
    state = again.state
    for event in originals:
        state = state.model_copy(update=without_text(state, fields_still_showing(state, event)))
    return replace(forgetful(again, newest.state.redacted), state=state)


async def event_at(runtime: Runtime, newest: Commit, number: int) -> Event:
    """The event of entry `number`, as the log has it now."""
    ahead = newest.state.entries - newest.seq
    where = {"$and": [of_numbers([number], ahead), {"first": {"$lte": number}}]}
    [told] = await runtime.journal.backwards(newest.incident, limit=1, where=where)
    return told.events[number - told.first]
