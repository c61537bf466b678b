"""The socket: a cursor into an incident's log that moves, and commands on the way back.

Resume and live are the same thing: whoever connects is told what comes after the cursor.
No rule lives here; commands are those of the API.
"""

import asyncio
import secrets
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from incident import shapes
from incident.access import ForeignOrigin, Visitor, refuse_foreign, visitor
from incident.runtime import Runtime
from incident.store.commit import Commit
from incident.store.errors import StoreAway
from incident.web.conversation import Conversation
from incident.web.problems import Problem, problem_of
from incident.web.reading import is_incident_id, whole_incident
from incident.web.rooms import Member, member_of, text_frame
from incident.web.warrooms import WarRoom

PROTOCOL = 1
CATCH_UP = 2_000
"""Commits that a client may be behind before it is given a snapshot instead."""
PAUSE = 0.02
"""Seconds between two looks at whether a full connection takes more."""
PATIENCE = 30.0
"""Seconds that a connection may stay full while it catches up."""
SIGNED_OUT, UNKNOWN_INCIDENT = 4401, 4404
TRY_LATER = 1013


async def live(websocket: WebSocket) -> None:
    """`GET /ws?incident=INC-7[&after=SEQ]`, or the lobby without `incident`."""
    runtime: Runtime = websocket.app.state.runtime
    try:
        who = await admitted(websocket, runtime)
        incident, after = wanted(websocket)
    except (Problem, StoreAway) as error:
        await websocket.send_denial_response(problem_of(error).response())
        return
    await websocket.accept()
    if who is None:
        await websocket.close(SIGNED_OUT, "Sign in again.")
        return
    member = member_of(websocket.scope, websocket.send)
    websocket.app.state.sockets.add(member)
    try:
        member.write(text_frame(hello(runtime, who)))
        if incident is None:
            await in_lobby(websocket, runtime, who, member)
        else:
            await in_room(websocket, runtime, who, member, incident, after)
    except (WebSocketDisconnect, TimeoutError):
        pass
    except StoreAway:
        await hang_up(websocket, member, TRY_LATER, "The database is out of reach.")
    finally:
        websocket.app.state.sockets.discard(member)


async def admitted(websocket: WebSocket, runtime: Runtime) -> Visitor | None:
    """Who is connecting; None is for browsers whose session is over, which are told so.

    Raises `Problem`: 403 for another site's page, 401 for a program without a valid token.
    """
    try:
        if "authorization" not in websocket.headers:
            refuse_foreign(websocket, runtime)
    except ForeignOrigin as error:
        raise problem_of(error) from error
    who = await visitor(websocket, runtime)
    if who is None and "authorization" in websocket.headers:
        told = "This token is not valid."
        raise Problem(401, "unauthenticated", told, headers={"WWW-Authenticate": "Bearer"})
    return who


def wanted(websocket: WebSocket) -> tuple[str | None, int | None]:
    """The incident and the cursor that were asked for."""
    incident = websocket.query_params.get("incident")
    after = websocket.query_params.get("after")
    if after is not None and not (after.isascii() and after.isdigit() and len(after) < 16):  # noqa: PLR2004 (a seq has fewer digits)
        raise Problem(400, "bad-cursor", "after must be the seq of a commit, such as 42.")
    return incident, int(after) if after is not None else None


def hello(runtime: Runtime, who: Visitor) -> bytes:
    user = {"handle": who.handle, "name": who.person.name, "role": who.authority}
    now = shapes.time(runtime.clock())
    return shapes.encoded({"type": "hello", "protocol": PROTOCOL, "now": now, "user": user})


async def in_lobby(websocket: WebSocket, runtime: Runtime, who: Visitor, member: Member) -> None:
    """Watch the list."""
    lobby = websocket.app.state.lobby
    cursor = lobby.room.seq
    member.write(text_frame(await lobby.snapshot()))
    if not lobby.room.join(member, cursor):
        member.cut("slow")
        return
    talk = Conversation(
        runtime,
        who,
        None,
        lambda p: lobby.room.whisper(member, p),
        lambda: visitor(websocket, runtime),
    )
    try:
        await heard_out(websocket, member, talk)
    finally:
        lobby.room.leave(member)


async def in_room(
    websocket: WebSocket,
    runtime: Runtime,
    who: Visitor,
    member: Member,
    incident: str,
    after: int | None,
) -> None:
    """Be in an incident's room, from the cursor on."""
    newest = await runtime.journal.latest(incident) if is_incident_id(incident) else None
    if newest is None:
        await hang_up(websocket, member, UNKNOWN_INCIDENT, "There is no such incident.")
        return
    async with websocket.app.state.warrooms.entered(newest) as warroom:
        await caught_up(runtime, member, warroom, newest, after)
        if warroom.present:
            warroom.room.whisper(member, warroom.present)
        connection = secrets.token_hex(8)
        talk = Conversation(
            runtime,
            who,
            incident,
            lambda p: warroom.room.whisper(member, p),
            lambda: visitor(websocket, runtime),
        )
        try:
            await talk.be_here(connection, "timeline")
            warroom.stir()
            await heard_out(websocket, member, talk, warroom.stir)
        finally:
            warroom.room.leave(member)
            await talk.be_gone(connection)


async def caught_up(
    runtime: Runtime, member: Member, warroom: WarRoom, newest: Commit, after: int | None
) -> None:
    """Tell the member what it lacks, and let it join where that ends."""
    base = await cursor_commit(runtime, newest, after)
    if base is None:
        whole = await whole_incident(runtime, newest)
        snapshot = {"type": "snapshot", "seq": newest.seq, "incident": whole}
        member.write(text_frame(shapes.encoded(snapshot)))
        base = newest
    while not warroom.room.join(member, base.seq):
        for commit in await runtime.journal.since(base):
            member.write(text_frame(shapes.frame(base, commit)))
            base = commit
        await drained(member)


async def cursor_commit(runtime: Runtime, newest: Commit, after: int | None) -> Commit | None:
    """The commit at the cursor; None when a snapshot is better."""
    if after is None or after < 1 or not newest.seq - CATCH_UP <= after <= newest.seq:
        return None
    return await runtime.journal.at_seq(newest.incident, after)


async def drained(member: Member) -> None:
    """Return when the connection takes more; raises `TimeoutError` if it does not in time."""
    async with asyncio.timeout(PATIENCE):
        while member.paused and not member.closed.is_set():  # noqa: ASYNC110 (its hook is the room's)
            await asyncio.sleep(PAUSE)


async def heard_out(
    websocket: WebSocket,
    member: Member,
    talk: Conversation,
    moved: Callable[[], None] = lambda: None,
) -> None:
    """Take what the client says, one message after the other, until it is gone."""
    while not member.closed.is_set():
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        await talk.heard(text if text is not None else message.get("bytes"))
        moved()
        if talk.signed_out:
            await hang_up(websocket, member, SIGNED_OUT, "Sign in again.")
            return


async def hang_up(websocket: WebSocket, member: Member, code: int, reason: str) -> None:
    """Close, unless the connection is gone already."""
    if not member.closed.is_set():
        await websocket.close(code, reason)
