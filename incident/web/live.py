"""The socket: a cursor into an incident's log that moves, and commands on the way back.

Resume and live are the same thing: whoever connects is told what comes after the cursor.
No rule lives here; commands are those of the API.
"""

from contextlib import suppress
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from incident import shapes
from incident.access import ForeignOrigin, Visitor, refuse_foreign, visitor
from incident.command_shapes import time
from incident.runtime import Runtime
from incident.store.errors import StoreAway
from incident.web.catching_up import caught_up
from incident.web.conversation import Conversation
from incident.web.doors import Doors, Seat
from incident.web.lobby import Lobby
from incident.web.problems import Problem, problem_of
from incident.web.reading import is_incident_id
from incident.web.rooms import Member, member_of, text_frame

PROTOCOL = 1
TRY_LATER, SIGNED_OUT, UNKNOWN_INCIDENT = 1013, 4401, 4404


async def live(websocket: WebSocket) -> None:
    """`GET /ws?incident=INC-7[&after=SEQ]`, or the lobby without `incident`."""
    runtime: Runtime = websocket.app.state.runtime
    with suppress(WebSocketDisconnect):  # whenever it happens, nobody is left to be told
        try:
            who = await admitted(websocket, runtime)
            incident, after = wanted(websocket)
        except (Problem, StoreAway) as error:
            await websocket.send_denial_response(problem_of(error).response())
            return
        await websocket.accept()
        if who is None:
            await websocket.close(SIGNED_OUT, "Sign in again.")
        elif reason := doors_of(websocket).full(who):
            await websocket.close(TRY_LATER, reason)
        else:
            await seated(websocket, runtime, who, incident, after)


def doors_of(websocket: WebSocket) -> Doors:
    doors: Doors = websocket.app.state.sockets
    return doors


async def seated(
    websocket: WebSocket, runtime: Runtime, who: Visitor, incident: str | None, after: int | None
) -> None:
    """Be connected, for as long as client, person and database last."""
    member = member_of(websocket.scope, websocket.send)
    show_out = partial(hang_up, websocket, member, SIGNED_OUT, "Sign in again.")
    with doors_of(websocket).seated(Seat(who, show_out, lambda: member.cut("role-changed"))):
        try:
            member.write(text_frame(hello(runtime, who)))
            if incident is None:
                await in_lobby(websocket, runtime, who, member)
            else:
                await in_room(websocket, runtime, who, member, incident, after)
        except TimeoutError:
            member.cut("slow")
        except StoreAway:
            await hang_up(websocket, member, TRY_LATER, "The database is out of reach.")


async def admitted(websocket: WebSocket, runtime: Runtime) -> Visitor | None:
    """Who is connecting; None is for browsers whose session is over, which are told so.

    Raises `Problem`: 403 for another site's page, 401 for a program without a valid token.
    """
    if not {"authorization", "cookie", "origin"} & set(websocket.headers):
        told = "Connect with Authorization: Bearer and a token."
        raise Problem(401, "unauthenticated", told, headers={"WWW-Authenticate": "Bearer"})
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
    now = time(runtime.clock())
    return shapes.encoded({"type": "hello", "protocol": PROTOCOL, "now": now, "user": user})


async def in_lobby(websocket: WebSocket, runtime: Runtime, who: Visitor, member: Member) -> None:
    """Watch the list."""
    lobby: Lobby = websocket.app.state.lobby
    async with lobby.entered() as cursor:
        member.write(text_frame(await lobby.snapshot()))
        if not lobby.room.join(member, cursor):
            member.cut("slow")
            return
        say = partial(lobby.room.whisper, member)
        try:
            await heard_out(websocket, member, Conversation(runtime, who, None, say))
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
        say = partial(warroom.room.whisper, member)
        if warroom.present:
            say(warroom.present)
        talk = Conversation(runtime, who, incident, say, warroom.stir)
        try:
            await talk.be_at("timeline")
            warroom.stir()
            await heard_out(websocket, member, talk)
        finally:
            warroom.room.leave(member)
            await talk.be_gone()


async def heard_out(websocket: WebSocket, member: Member, talk: Conversation) -> None:
    """Take what the client says, one message after the other, until either side is gone."""
    while not is_over(websocket, member):
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect" or is_over(websocket, member):
            return
        text = message.get("text")
        await talk.heard(text if text is not None else message.get("bytes"))


def is_over(websocket: WebSocket, member: Member) -> bool:
    """Whether we have hung up: what was said by then and not yet heard is for nobody."""
    return member.closed.is_set() or websocket.application_state is WebSocketState.DISCONNECTED


async def hang_up(websocket: WebSocket, member: Member, code: int, reason: str) -> None:
    """Close, unless the connection is gone already."""
    if not is_over(websocket, member):
        with suppress(WebSocketDisconnect):
            await websocket.close(code, reason)
