"""Files over the API: put beside an incident, and given back as what they are and no more.

A file is taken piece by piece as it comes, and written as it comes. Which entry shows it is
said when the entry is written.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from incident.command_shapes import attachment
from incident.core.entry_events import Attachment
from incident.runtime import Runtime
from incident.store.attachments import Stored
from incident.store.errors import StoreAway
from incident.store.uploads import Upload
from incident.web.api_people import claimed, used_for
from incident.web.attachment_bodies import UploadQuery, disposition, readable
from incident.web.exchange import as_json, asking, runtime_of, unchanged
from incident.web.pictures import Look
from incident.web.problems import Problem, invalid
from incident.web.reading import found

FILE_LIMIT = 5 * 1024 * 1024
"""Bytes of one file."""
QUOTA = 200 * 1024 * 1024
"""Bytes of all files of an incident."""
ANYTHING = "application/octet-stream"
FENCED = "sandbox; default-src 'none'"
"""Whatever the file turns out to be, a browser does nothing with it."""
CHECKED = "private, no-cache"
"""Kept by the reader's browser alone, which asks each time: a file may be removed for good."""


async def upload(request: Request) -> Response:
    """Take a file. The same bytes again are the same file, under the name that it had first."""
    called = readable(UploadQuery.of(request.query_params).name)
    runtime = runtime_of(request)
    incident = (await found(runtime, request.path_params["incident"])).incident
    known = await used_for(request)
    size = announced(request)
    if known is None:
        await refuse_beyond_quota(runtime, incident, size)
    coming = await runtime.attachments.begin(incident, size, runtime.clock())
    try:
        if known is None:
            await refuse_beyond_quota(runtime, incident, 0)  # others may have begun meanwhile
        look = await received(request, coming)
        return await kept(request, coming, called, look)
    except ClientDisconnect:
        await given_up(coming)
        return Response(status_code=400)  # which nobody reads
    except BaseException:
        await given_up(coming)
        raise


def announced(request: Request) -> int:
    """The size as the request tells it, the most that there may be where it does not."""
    told = request.headers.get("content-length")
    if told is None:
        return FILE_LIMIT
    size = int(told) if told.isdecimal() else 0
    if size > FILE_LIMIT:
        raise too_large()
    if size == 0:
        raise empty()
    return size


async def refuse_beyond_quota(runtime: Runtime, incident: str, size: int) -> None:
    if await runtime.attachments.used(incident) + size > QUOTA:
        told = f"The files of {incident} come to {QUOTA // 2**20} MB. Put this one elsewhere, "
        raise Problem(409, "attachments-full", f"{told}and link to it.")


async def received(request: Request, coming: Upload) -> Look:
    """Write the body as it comes."""
    look = Look()
    async for piece in request.stream():
        if coming.size + len(piece) > FILE_LIMIT:
            raise too_large()
        look.feed(piece)
        await coming.write(piece)
    if coming.size == 0:
        raise empty()
    return look


async def kept(request: Request, coming: Upload, called: str, look: Look) -> Response:
    """The file is whole: from now on it is there, and this is what it is."""
    runtime, picture = runtime_of(request), look.picture
    about = Attachment(
        id=coming.id,
        name=called,
        type=picture.type if picture else ANYTHING,
        size=coming.size,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
    )
    claim = await claimed(request, digest(coming, called))
    try:
        there = await coming.keep(about, asking(request).handle, runtime.clock())
    except BaseException:
        await claim.release()
        raise
    told = attachment(coming.incident, there)
    headers = {"Location": told["url"]}
    if claim.seen:
        headers["Idempotency-Replayed"] = "true"
    return as_json(told, 201, headers)


def digest(coming: Upload, called: str) -> str:
    """What an Idempotency-Key of an upload stands for."""
    told = f"attachment {coming.incident} {coming.id} {called}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


async def given_up(coming: Upload) -> None:
    """Half an upload leaves nothing; what cannot be removed now is cleared up later."""
    with suppress(StoreAway):
        await coming.discard()


async def download(request: Request) -> Response:
    """A picture to be shown, anything else to be saved."""
    runtime, path = runtime_of(request), request.path_params
    incident = (await found(runtime, path["incident"])).incident
    file = await runtime.attachments.find(incident, path["attachment"][:100])
    if file is None:
        raise gone()
    headers = {"ETag": f'"{file.about.id}"', "Cache-Control": CHECKED}
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers |= fenced(file)
    if request.method == "HEAD":
        return Response(headers=headers, media_type=file.about.type)
    pieces = runtime.attachments.pieces(file)
    first = await anext(pieces, None)
    if first is None:
        raise gone()
    body = from_first(first, pieces)
    return StreamingResponse(body, headers=headers, media_type=file.about.type)


async def from_first(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


def fenced(file: Stored) -> dict[str, str]:
    kind = "attachment" if file.about.type == ANYTHING else "inline"
    return {
        "Content-Length": str(file.about.size),
        "Content-Disposition": disposition(kind, file.about.name),
        "Content-Security-Policy": FENCED,
    }


def too_large() -> Problem:
    return Problem(413, "too-large", f"A file has at most {FILE_LIMIT // 2**20} MB.")


def empty() -> Problem:
    return invalid("body", msg="the file is empty", code="empty-file")


def gone() -> Problem:
    return Problem(404, "no-such-file", "There is no such file here, or it was removed.")
