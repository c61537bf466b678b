"""The timeline over the API: read page by page, write, amend, pin, redact.

A page never cuts a commit in two. No rule stands here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident import shapes
from incident.answers import Answer
from incident.core.commands import RedactEntry
from incident.core.rejected import Rejected
from incident.runtime import Runtime
from incident.store.commit import Commit, Told
from incident.store.scrubbing import scrub
from incident.store.sought import Holding, Pins, of_numbers, of_types
from incident.web.api_query import PAGE_LIMIT, TimelineQuery
from incident.web.attaching import attached, let_go
from incident.web.bodies import EntryBody, MarkBody, UpdateBody
from incident.web.exchange import (
    answered,
    as_json,
    asking,
    key_of,
    next_link,
    parsed,
    runtime_of,
    submitted,
)
from incident.web.reading import commit_of_entry, entries_of, found

SCANNED = 5_000
"""Entries, or a little more, that one request looks through for what its filters want."""

Entry = dict[str, Any]


async def timeline(request: Request) -> Response:
    query = TimelineQuery.of(request.query_params)
    runtime = runtime_of(request)
    newest = await found(runtime, request.path_params["incident"])
    holding = await narrowed(runtime, newest, query)
    if query.before is not None and query.after is None:
        page = await backwards(runtime, newest, query, holding)
        changes = {"before": str(page.reached)}
    else:
        page = await forwards(runtime, newest, query, holding)
        changes = {"after": str(page.reached)}
    return as_json(page.entries, headers=next_link(request, **changes) if page.more else None)


async def narrowed(runtime: Runtime, newest: Commit, query: TimelineQuery) -> Holding:
    """The commits that may hold what is wanted."""
    if query.pinned:
        ahead = newest.state.entries - newest.seq
        return of_numbers(await Pins(runtime.database).ever(newest.incident), ahead)
    return of_types(query.type)


@dataclass(slots=True)
class Page:
    """Entries in order, the last commit that was looked at, and whether there may be more."""

    reached: int
    entries: list[Entry] = field(default_factory=list)
    more: bool = False


async def forwards(
    runtime: Runtime, newest: Commit, query: TimelineQuery, holding: Holding
) -> Page:
    """The first entries after `after` that are wanted."""
    page = Page(query.after or 0)
    end = query.before or 2**53
    pace = Pace.of(newest, query)
    while pace.goes_on:
        read = await runtime.journal.forwards(newest.incident, page.reached, pace.size, holding)
        commits = [told for told in read if told.seq < end]
        for told, entries in await by_commit(runtime, commits, wanted(query)):
            if len(page.entries) >= query.limit:
                page.more = True
                return page
            page.entries += entries
            page.reached = told.seq
        if len(commits) < pace.size:
            return page
        pace.read(commits)
    page.more = True
    return page


async def backwards(
    runtime: Runtime, newest: Commit, query: TimelineQuery, holding: Holding
) -> Page:
    """The last entries before `before` that are wanted, oldest first all the same."""
    assert query.before is not None
    page = Page(query.before)
    pace = Pace.of(newest, query)
    while pace.goes_on:
        commits = await runtime.journal.backwards(newest.incident, page.reached, pace.size, holding)
        for told, entries in await by_commit(runtime, commits, wanted(query)):
            if len(page.entries) >= query.limit:
                page.more = True
                return page
            page.entries = entries + page.entries
            page.reached = told.seq
        if len(commits) < pace.size:
            return page
        pace.read(commits)
    page.more = page.reached > 1
    return page


@dataclass(slots=True)
class Pace:
    """How many commits to read at a time, and whether to read on.

    As many as hold one entry more than fills the page, or many where few are wanted: after a
    storm of alerts a commit may hold hundreds, and one of a person holds one.
    """

    wanted: int
    size: int
    looked: int = 0

    @classmethod
    def of(cls, newest: Commit, query: TimelineQuery) -> "Pace":
        filtered = query.type or query.q or query.pinned is not None
        wanted = PAGE_LIMIT if filtered else query.limit + 1
        return cls(wanted, -(-wanted * newest.seq // newest.state.entries))

    @property
    def goes_on(self) -> bool:
        return self.looked < SCANNED

    def read(self, commits: list[Told]) -> None:
        """The next ones are likely to hold as much as these, which are at least one."""
        entries = sum(len(told.events) for told in commits)
        self.looked += entries
        self.size = -(-self.wanted * len(commits) // entries)


async def by_commit(
    runtime: Runtime, commits: list[Told], keep: Callable[[Entry], bool]
) -> list[tuple[Told, list[Entry]]]:
    """Each commit, in the order given, with the entries of it that are kept."""
    kept: dict[int, list[Entry]] = {told.seq: [] for told in commits}
    for entry in await entries_of(runtime, commits):
        if keep(entry):
            kept[entry["seq"]].append(entry)
    return [(told, kept[told.seq]) for told in commits]


def wanted(query: TimelineQuery) -> Callable[[Entry], bool]:
    """Whether an entry, as it reads now, passes the filters."""
    text = query.q.casefold()

    def keep(entry: Entry) -> bool:
        return (
            (not query.type or entry["type"] in query.type)
            and (query.pinned is None or entry["pinned"] == query.pinned)
            and (not text or text in reading(entry).casefold())
        )

    return keep


def reading(entry: Entry) -> str:
    """What an entry says now."""
    amended: Entry | None = entry["amended"]
    return str(amended["message"] if amended else entry["message"])


async def add_entry(request: Request) -> Response:
    body = await parsed(request, EntryBody)
    runtime, incident = runtime_of(request), request.path_params["incident"]
    command = body.command(asking(request).handle)
    files = await attached(runtime, incident, body.attachments, by=command.by, key=key_of(request))
    answer = await submitted(request, command.model_copy(update={"attachments": files}))
    return answered(answer, first_entry(answer), 201)


async def post_update(request: Request) -> Response:
    body = await parsed(request, UpdateBody)
    answer = await submitted(request, body.command(asking(request).handle))
    return answered(answer, first_entry(answer), 201)


def first_entry(answer: Answer) -> Entry:
    """The entry that a command made."""
    return shapes.entries([answer.commit])[answer.index]


async def mark_entry(request: Request) -> Response:
    """Amend, pin or unpin."""
    told, index = await entry_of(request)
    body = await parsed(request, MarkBody)
    command = body.mark(asking(request).handle, told.first + index)
    answer = await submitted(request, command)
    return await as_it_reads(request, told, index, answer)


async def redact_entry(request: Request) -> Response:
    """Remove an entry's text and files, from the log too; again, if a crash came in between."""
    told, index = await entry_of(request)
    command = RedactEntry(
        by=asking(request).handle, entry=told.first + index, original=told.events[index]
    )
    answer = await submitted(request, command)
    await let_go(runtime_of(request), told, index)
    await scrub(runtime_of(request).journal, told.incident)
    return await as_it_reads(request, told, index, answer)


async def entry_of(request: Request) -> tuple[Told, int]:
    """The commit and the index that the address names; raises `Rejected`."""
    runtime = runtime_of(request)
    path = request.path_params
    incident = (await found(runtime, path["incident"])).incident
    seq, index = path["seq"], path["index"]
    if not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in (seq, index)):  # noqa: PLR2004 (a seq has fewer digits)
        raise Rejected("no-such-entry", "An entry is named by two numbers: its seq and its index.")
    return await commit_of_entry(runtime, incident, int(seq), int(index)), int(index)


async def as_it_reads(request: Request, told: Told, index: int, answer: Answer) -> Response:
    """The entry as the command left it."""
    runtime = runtime_of(request)
    told = await commit_of_entry(runtime, told.incident, told.seq, index)
    entries = await entries_of(runtime, [told], until=answer.commit.seq)
    return answered(answer, entries[index])
