"""Files beside entries: there once and whole, gone for good, and pictures only where they are."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from gridfs import GridFS
from hypothesis import given
from hypothesis import strategies as st
from pymongo import MongoClient

from incident.core import commands as do
from incident.core.events import Attachment
from incident.leftovers import ABANDONED, UNWANTED, clear_up
from incident.runtime import Runtime, assembled
from incident.settings import Settings
from incident.store.attachments import Attachments
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.uploads import CHUNK, Upload
from incident.verify_files import missing_files
from incident.web.attachment_bodies import KEPT, UNNAMED, disposition, readable
from incident.web.pictures import Look, Picture
from tests.builders import NOON
from tests.parts import pictures

SECOND = timedelta(seconds=1)
LARGE = bytes(range(256)) * (3 * CHUNK // 256)


@pytest.fixture
async def files(database: Database) -> Attachments:
    made = Attachments(database)
    await made.prepare()
    return made


@pytest.fixture
async def runtime(database: Database) -> AsyncIterator[Runtime]:
    runtime = await assembled(Settings(), database)
    yield runtime
    await runtime.desk.close()


def about(content: bytes, name: str = "a.log") -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(id=digest, name=name, type="application/octet-stream", size=len(content))


async def coming(files: Attachments, content: bytes, incident: str = "INC-1") -> Upload:
    upload = await files.begin(incident, len(content), NOON)
    for at in range(0, len(content), 100_000):
        await upload.write(content[at : at + 100_000])
    return upload


async def put(
    files: Attachments, content: bytes, incident: str = "INC-1", name: str = "a.log"
) -> Attachment:
    upload = await coming(files, content, incident)
    return await upload.keep(about(content, name), "ada", NOON)


async def left(database: Database) -> dict[str, int]:
    """Documents in each collection of files."""
    return {
        name: await database.db[f"files.{name}"].count_documents({})
        for name in ("files", "chunks", "moving")
    }


NOTHING = {"files": 0, "chunks": 0, "moving": 0}


async def content_of(files: Attachments, name: str, incident: str = "INC-1") -> bytes:
    found = await files.find(incident, name)
    assert found is not None
    return b"".join([piece async for piece in files.pieces(found)])


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, len(LARGE)])
async def test_a_file_is_given_back_as_it_came(files: Attachments, size: int) -> None:
    told = await put(files, LARGE[:size])

    assert about(LARGE[:size]) == told
    assert LARGE[:size] == await content_of(files, told.id)
    assert {told.id} == await files.whole("INC-1")


async def test_tools_for_gridfs_read_what_is_kept(files: Attachments, database_uri: str) -> None:
    await put(files, LARGE, name="graph.png")

    def read() -> tuple[str | None, bytes]:
        with MongoClient[dict[str, Any]](database_uri) as client:
            found = GridFS(client.get_default_database(), "files").find_one()
            assert found is not None
            return found.filename, found.read()

    assert ("graph.png", LARGE) == await asyncio.to_thread(read)


async def test_the_same_bytes_are_one_file_of_an_incident_under_its_first_name(
    files: Attachments, database: Database
) -> None:
    first = await put(files, LARGE)
    again = await put(files, LARGE, name="b.log")
    elsewhere = await put(files, LARGE, incident="INC-2", name="c.log")

    assert [first, first] == [first, again]
    assert "c.log" == elsewhere.name
    assert {"files": 2, "chunks": 6, "moving": 0} == await left(database)


async def test_the_same_bytes_at_once_are_one_file(files: Attachments, database: Database) -> None:
    told = await asyncio.gather(*(put(files, LARGE, name=f"{n}.log") for n in range(8)))

    assert 1 == len({one.name for one in told})
    assert {"files": 1, "chunks": 3, "moving": 0} == await left(database)
    assert LARGE == await content_of(files, told[0].id)


async def test_an_upload_that_was_given_up_leaves_nothing(
    files: Attachments, database: Database
) -> None:
    upload = await coming(files, LARGE)
    before = await left(database)
    await upload.discard()

    assert (3, 1) == (before["chunks"], before["moving"])
    assert NOTHING == await left(database)


async def test_what_is_coming_counts_as_used_from_its_first_byte(files: Attachments) -> None:
    await put(files, LARGE)
    await files.begin("INC-1", 1_000, NOON)

    assert len(LARGE) + 1_000 == await files.used("INC-1")
    assert 0 == await files.used("INC-2")


async def test_half_an_upload_is_cleared_up_and_one_that_goes_on_is_not(
    runtime: Runtime, database: Database
) -> None:
    files = runtime.attachments
    await coming(files, LARGE)
    await clear_up(files, runtime.journal, NOON + ABANDONED)
    early = await left(database)
    await clear_up(files, runtime.journal, NOON + ABANDONED + SECOND)

    assert 3 == early["chunks"]
    assert NOTHING == await left(database)


async def test_an_upload_that_was_cleared_up_too_early_is_refused_and_not_half_there(
    files: Attachments, database: Database
) -> None:
    upload = await coming(files, LARGE)
    await files.clear(NOON + SECOND)
    with pytest.raises(StoreAway):
        await upload.keep(about(LARGE), "ada", NOON)
    await upload.discard()

    assert NOTHING == await left(database)


async def test_a_file_that_is_there_survives_the_mark_of_its_upload(
    files: Attachments, database: Database
) -> None:
    upload = await coming(files, LARGE)
    kept = await upload.keep(about(LARGE), "ada", NOON)
    key = (await database.db["files.files"].find_one({}))["_id"]  # type: ignore[index] # it is there
    mark = {"_id": key, "incident": "INC-1", "size": 1, "at": NOON}
    await database.db["files.moving"].insert_one(mark)  # as a crash just after would leave it
    await files.clear(NOON + SECOND)

    assert LARGE == await content_of(files, kept.id)
    assert {"files": 1, "chunks": 3, "moving": 0} == await left(database)


async def test_a_removal_that_a_crash_cut_short_is_ended_by_the_next(
    files: Attachments, database: Database
) -> None:
    told = await put(files, LARGE)
    stored = await files.find("INC-1", told.id)
    assert stored is not None
    await files._mark(stored, NOON)
    await database.db["files.files"].delete_many({})  # and then the lights went out
    await files.delete("INC-1", [told.id], NOON)

    assert NOTHING == await left(database)


async def test_removing_a_file_leaves_that_of_another_incident(
    files: Attachments, database: Database
) -> None:
    told = await put(files, LARGE)
    await put(files, LARGE, incident="INC-2")
    await files.delete("INC-1", [told.id], NOON)

    assert await files.find("INC-1", told.id) is None
    assert LARGE == await content_of(files, told.id, "INC-2")
    assert {"files": 1, "chunks": 3, "moving": 0} == await left(database)


async def noted(runtime: Runtime, *files: Attachment) -> str:
    """An incident with an entry that shows these files."""
    answer = await runtime.desk.declare(do.Declare(by="ada", title="Payments fail"))
    incident = answer.commit.incident
    await runtime.desk.submit(incident, do.AddEntry(by="ada", message="Look", attachments=files))
    return incident


async def test_a_file_that_no_entry_shows_goes_after_a_day(
    runtime: Runtime, database: Database
) -> None:
    files = runtime.attachments
    shown, unshown = about(b"shown"), about(b"unshown")
    incident = await noted(runtime, shown)
    for content in (b"shown", b"unshown"):
        await put(files, content, incident)
    await clear_up(files, runtime.journal, NOON + UNWANTED)
    early = await files.whole(incident)
    for days in (1, 2, 3):
        await clear_up(files, runtime.journal, NOON + days * (UNWANTED + SECOND))

    assert {shown.id, unshown.id} == early
    assert {shown.id} == await files.whole(incident)
    assert {"files": 1, "chunks": 1, "moving": 0} == await left(database)


async def test_a_log_that_cannot_be_read_keeps_its_files_and_those_of_others_go(
    runtime: Runtime, database: Database
) -> None:
    files = runtime.attachments
    strange, other = [await noted(runtime, about(b"shown")) for _ in range(2)]
    for incident, content in ((strange, b"shown"), (strange, b"unshown"), (other, b"unshown")):
        await put(files, content, incident)
    change = {"$set": {"commands.0.events.0.kind": "teleported"}}
    await database.db.commits.update_one({"incident": strange, "seq": 2}, change)

    removed = await clear_up(files, runtime.journal, NOON + UNWANTED + SECOND)

    assert 1 == removed
    assert (2, 0) == (len(await files.whole(strange)), len(await files.whole(other)))


async def test_a_file_that_an_entry_is_about_to_show_stays(
    runtime: Runtime, database: Database
) -> None:
    files = runtime.attachments
    incident = await noted(runtime)
    told = await put(files, b"soon", incident)
    later = NOON + UNWANTED + SECOND
    [stored] = await files.unwanted(later, 10)
    found = await files.wanted(incident, [told.id, "other"], later)
    removed = await files.forget(stored, later - UNWANTED, later)

    assert ([told], False) == (found, removed)
    assert {"files": 1, "chunks": 1, "moving": 0} == await left(database)


async def test_a_file_of_a_redacted_entry_goes_also_where_its_removal_was_forgotten(
    runtime: Runtime, database: Database
) -> None:
    secret = about(b"secret")
    incident = await noted(runtime, secret)
    await put(runtime.attachments, b"secret", incident)
    told = (await runtime.journal.forwards(incident, 1, 1))[0]
    await runtime.desk.submit(
        incident,
        do.RedactEntry(by="root", authority="admin", entry=told.first, original=told.events[0]),
    )
    await clear_up(runtime.attachments, runtime.journal, NOON + UNWANTED + SECOND)

    assert NOTHING == await left(database)


async def found_missing(runtime: Runtime) -> list[str]:
    findings = missing_files(runtime.journal, runtime.attachments)
    return [f"{one.subject} {one.message}" async for one in findings]


async def test_verifying_names_what_an_entry_shows_and_is_not_there_whole(
    runtime: Runtime, database: Database
) -> None:
    there, half, gone = about(LARGE, "there"), about(LARGE[1:], "half"), about(b"gone", "gone")
    incident = await noted(runtime, there, half, gone)
    for content in (LARGE, LARGE[1:]):
        await put(runtime.attachments, content, incident)
    before = await found_missing(runtime)
    stored = await runtime.attachments.find(incident, half.id)
    assert stored is not None
    await database.db["files.chunks"].delete_one({"files_id": stored.key, "n": 1})

    assert [f"{incident} a file of T3 is not there: gone"] == before
    assert [
        f"{incident} a file of T3 is not there: {name}" for name in ("half", "gone")
    ] == await found_missing(runtime)


# What a file is.


def looked(content: bytes, at_once: int = 7) -> Picture | None:
    look = Look()
    for at in range(0, len(content), at_once):
        look.feed(content[at : at + at_once])
    return look.picture


CAMERA = pictures.segment(0xE2, bytes(65_000)) * 4
PICTURES = {
    "png": (pictures.png(3, 2), Picture("image/png", 3, 2)),
    "gif": (pictures.gif(300, 200), Picture("image/gif", 300, 200)),
    "jpeg": (pictures.jpeg(300, 200), Picture("image/jpeg", 300, 200)),
    "progressive jpeg": (pictures.jpeg(300, 200, mark=0xC2), Picture("image/jpeg", 300, 200)),
    "jpeg of a camera": (pictures.jpeg(30, 20, CAMERA), Picture("image/jpeg", 30, 20)),
    "jpeg of an editor": (
        pictures.jpeg(30, 20, pictures.segment(0xE2, bytes(300)) * 300),
        Picture("image/jpeg", 30, 20),
    ),
    "upright": (pictures.jpeg(30, 20, pictures.exif(3)), Picture("image/jpeg", 30, 20)),
    "lying": (pictures.jpeg(30, 20, pictures.exif(6)), Picture("image/jpeg", 20, 30)),
    "lying, little end": (
        pictures.jpeg(30, 20, pictures.exif(8, "<")),
        Picture("image/jpeg", 20, 30),
    ),
    "webp": (pictures.webp_plain(300, 200), Picture("image/webp", 300, 200)),
    "webp without loss": (pictures.webp_lossless(300, 200), Picture("image/webp", 300, 200)),
    "extended webp": (pictures.webp_extended(300, 200), Picture("image/webp", 300, 200)),
}


@pytest.mark.parametrize("at_once", [1, 7, 1_000_000])
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_known_with_its_size(name: str, at_once: int) -> None:
    content, expected = PICTURES[name]

    assert expected == looked(content, at_once)


NO_PICTURES = {
    "nothing": b"",
    "a zip": b"PK\x03\x04" + bytes(100),
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html after a mark": b"GIF89<html>" + bytes(20),
    "a png without a head": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "a png that ends in its head": pictures.png(3, 2)[:20],
    "a jpeg that ends before its size": pictures.jpeg(3, 2)[:20],
    "a jpeg that is over at once": b"\xff\xd8\xff\xd9" + bytes(20),
    "a jpeg with a wrong length": b"\xff\xd8\xff\xe0\x00\x00" + bytes(20),
    "a jpeg that goes astray": b"\xff\xd8\xff\xe0\x00\x04\x00\x00\x00\x00" + bytes(20),
    "no width": pictures.gif(0, 9),
    "more pixels than a browser bears": pictures.gif(9_000, 9_000),
    "a side of a million": pictures.png(0, 0)[:16] + b"\x00\x0f\x42\x40\x00\x00\x00\x01" + bytes(9),
    "sound": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30),
    "webp of no kind": pictures.webp(b"VP8L", bytes(10)),
    "a jpeg that begins without end": pictures.jpeg(3, 2, pictures.segment(0xE0, b"") * 10_000),
    "a jpeg of filling": pictures.jpeg(3, 2, b"\xff" * 40_000),
    "a jpeg of restarts": pictures.jpeg(3, 2, b"\xff\xd0" * 20_000),
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_anything_else_is_no_picture(content: bytes) -> None:
    assert looked(content) is None


@given(
    st.sampled_from([content[:12] for content, _ in PICTURES.values()]),
    st.binary(max_size=300),
    st.integers(1, 50),
)
def test_no_bytes_are_too_odd_to_look_at(head: bytes, rest: bytes, at_once: int) -> None:
    assert looked(head + rest, at_once) == looked(head + rest, 1_000)


# What a file is called.

NAMES = {
    "graph.png": "graph.png",
    "": UNNAMED,
    "..": UNNAMED,
    "../../etc/passwd": "passwd",
    "C:\\Users\\ada\\graph.png": "graph.png",
    "/": UNNAMED,
    "a\r\nSet-Cookie: b.png": "a Set-Cookie: b.png",
    "\x00\x1b[31mred.txt": "[31mred.txt",
    "\u202egnp.exe": "gnp.exe",
    "\u200b\ufeff": UNNAMED,
    "  a   b  .txt ": "a b .txt",
    "re\u0301sume\u0301.pdf": "r\u00e9sum\u00e9.pdf",
    "\u30b0\u30e9\u30d5.png": "\u30b0\u30e9\u30d5.png",
    "x" * 1_000 + ".png": "x" * (KEPT - 4) + ".png",
    "x" * 1_000: "x" * KEPT,
    "a." + "x" * 1_000: "a." + "x" * (KEPT - 2),
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items(), ids=lambda v: repr(v)[:30])
def test_a_name_is_kept_readable(given: str, kept: str) -> None:
    assert kept == readable(given)


@given(st.text(max_size=1_000))
def test_no_name_leads_anywhere_or_turns_what_stands_around_it(given: str) -> None:
    name = readable(given)

    assert 0 < len(name) <= KEPT
    assert name == readable(name)
    assert name.isprintable()
    assert not set(name) & set("/\\")
    header = disposition("attachment", name)
    assert header.isascii()
    assert header.isprintable()
    assert 2 == header.count('"')
