"""Every member hears every seq after its cursor once and in order, or is cut."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from incident.web.connection import GuardedWebSocket
from incident.web.frames import payloads, text_frame
from incident.web.members import Hook, PlainConnection, Sink
from incident.web.rooms import FastMember, Member, PlainMember, Room, member_of
from tests.web.serving import raw, serving


class Wire:
    """A connection in memory whose peer reads when it is told to."""

    HIGH = 2000  # bytes unread at which it pauses

    def __init__(self) -> None:
        self.on_pause: Hook = lambda: None
        self.on_resume: Hook = lambda: None
        self.on_close: Hook = lambda: None
        self.paused = False
        self.gone = False
        self.writes: list[bytes] = []
        self.said_bye = ""
        self._unread = 0
        self._reading = True

    @property
    def sink(self) -> Sink:
        return self.write

    def write(self, frame: bytes) -> None:
        assert not self.gone, "a frame after the end"
        self.writes.append(frame)
        if not self._reading:
            self._unread += len(frame)
            if self._unread > self.HIGH and not self.paused:
                self.paused = True
                self.on_pause()

    def cut(self, reason: str) -> None:
        self.said_bye = reason
        self.close()

    def close(self) -> None:
        if not self.gone:
            self.gone = True
            self.on_close()

    def stop_reading(self) -> None:
        self._reading = False

    def read_on(self) -> None:
        self._reading = True
        self._unread = 0
        if self.paused:
            self.paused = False
            self.on_resume()

    @property
    def heard(self) -> list[bytes]:
        return list(payloads(b"".join(self.writes)))

    @property
    def seqs(self) -> list[int]:
        return [int(payload) for payload in self.heard if payload.isdigit()]


class SmallRoom(Room):
    RING = 8
    RUN_BYTES = 12  # a few frames
    CHUNK = 2
    ASIDES = 4


def say(room: Room, count: int = 1) -> None:
    """Publish the next seqs; each payload is its seq."""
    for _ in range(count):
        room.publish(room.seq + 1, b"%d" % (room.seq + 1))


async def quiet() -> None:
    """Let every run that is under way come to its end."""
    for _ in range(200):
        await asyncio.sleep(0)


def seated(room: Room, after: int = 0) -> tuple[Wire, Member]:
    wire = Wire()
    member = FastMember(wire)
    assert room.join(member, after)
    return wire, member


@given(st.binary(max_size=300) | st.integers(65_530, 65_540).map(bytes))
def test_a_frame_gives_its_payload_back(payload: bytes) -> None:
    assert list(payloads(text_frame(payload) * 3)) == [payload] * 3


async def test_a_member_hears_what_is_published_after_it_joined() -> None:
    room = Room(7)
    wire, _ = seated(room, 7)

    say(room, 3)
    await quiet()

    assert wire.seqs == [8, 9, 10]


async def test_what_is_published_together_arrives_in_one_write() -> None:
    room = Room()
    wire, _ = seated(room)

    say(room, 16)
    await quiet()

    assert len(wire.writes) == 1
    assert wire.seqs == list(range(1, 17))


async def test_everybody_gets_the_very_same_bytes() -> None:
    room = Room()
    wires = [seated(room)[0] for _ in range(3)]

    say(room, 4)
    await quiet()

    assert wires[0].writes[0] is wires[1].writes[0] is wires[2].writes[0]


async def test_a_seq_out_of_order_is_a_programmers_error() -> None:
    room = Room(7)

    with pytest.raises(AssertionError):
        room.publish(9, b"9")


async def test_a_newcomer_begins_after_its_cursor() -> None:
    room = Room()
    say(room, 10)
    await quiet()

    wire, _ = seated(room, 4)

    assert wire.seqs == [5, 6, 7, 8, 9, 10]
    assert len(wire.writes) == 1


async def test_a_newcomer_whose_cursor_left_the_ring_is_turned_away() -> None:
    room = SmallRoom()
    say(room, 20)
    await quiet()
    member = FastMember(Wire())

    assert not room.join(member, 11)
    assert room.join(member, 12)


async def test_a_ring_of_huge_payloads_is_shorter() -> None:
    class HeavyRoom(Room):
        RING_BYTES = 1000

    room = HeavyRoom()
    for seq in range(1, 11):
        room.publish(seq, bytes(300))
    await quiet()
    member = FastMember(Wire())

    assert not room.join(member, 6)
    assert room.join(member, 7)


async def test_a_member_ahead_of_the_room_hears_nothing_until_the_room_passes_it() -> None:
    room = Room(10)
    wire, _ = seated(room, 12)

    say(room, 2)
    await quiet()
    before = wire.seqs
    say(room, 2)
    await quiet()

    assert before == []
    assert wire.seqs == [13, 14]


async def test_a_member_ahead_hears_the_end_of_the_run_that_passes_it() -> None:
    room = Room(10)
    wire, _ = seated(room, 12)

    say(room, 5)
    await quiet()

    assert wire.seqs == [13, 14, 15]


async def test_somebody_who_left_hears_nothing_more() -> None:
    room = Room()
    wire, member = seated(room)
    say(room)

    room.leave(member)
    room.leave(member)
    await quiet()

    assert wire.heard == []
    assert len(room) == 0


async def test_a_closed_connection_has_left_and_says_so() -> None:
    room = Room()
    wire, member = seated(room)

    wire.close()
    say(room)
    await quiet()

    assert member.closed.is_set()
    assert member not in room


async def test_a_connection_that_is_gone_does_not_join() -> None:
    room = Room()
    wire = Wire()
    wire.gone = True
    member = FastMember(wire)

    assert room.join(member, 0)
    assert member.closed.is_set()
    assert len(room) == 0


async def test_a_paused_reader_goes_cold_and_catches_up_in_one_write() -> None:
    room = Room()
    wire, member = seated(room)
    wire.stop_reading()
    room.publish(1, b"1" + b" " * Wire.HIGH)
    await quiet()
    paused_after = len(wire.writes)

    say(room, 500)
    await quiet()
    while_paused = len(wire.writes)
    wire.read_on()

    assert paused_after == while_paused == 1
    assert len(wire.writes) == 2
    assert [int(payload) for payload in wire.heard] == list(range(1, 502))
    assert member in room


async def test_catching_up_stops_where_the_connection_pauses_again() -> None:
    room = SmallRoom()
    wire, _ = seated(room)
    wire.stop_reading()
    room.publish(1, b"1" + b" " * Wire.HIGH)
    await quiet()
    for seq in range(2, 6):
        room.publish(seq, b"%d" % seq + b" " * Wire.HIGH)
    await quiet()
    before = len(wire.writes)

    wire.read_on()
    wire.stop_reading()
    caught_up = len(wire.writes)

    assert before == 1
    assert caught_up == 5


async def test_a_reader_that_lags_off_the_ring_is_cut_and_nobody_else() -> None:
    room = SmallRoom()
    slow, member = seated(room)
    quick, _ = seated(room)
    slow.stop_reading()
    room.publish(1, b"1" + b" " * Wire.HIGH)
    await quiet()
    for _ in range(SmallRoom.RING):
        say(room)
        await quiet()
    still_there = member in room
    say(room)
    await quiet()

    assert still_there
    assert slow.said_bye == "slow"
    assert member.closed.is_set()
    assert len(room) == 1
    assert quick.seqs[-1] == room.seq


async def test_a_burst_longer_than_the_ring_cuts_nobody_who_reads() -> None:
    room = SmallRoom()
    wires = [seated(room)[0] for _ in range(5)]
    wire, member = seated(room)

    say(room, 50)
    room.whisper(member, b"ack")
    await quiet()

    assert [other.seqs for other in wires] == [list(range(1, 51))] * 5
    assert wire.seqs == list(range(1, 51))


async def test_a_whisper_is_heard_by_one_after_what_was_published_before() -> None:
    room = Room()
    wire, member = seated(room)
    other, _ = seated(room)

    say(room, 2)
    room.whisper(member, b"ack")
    say(room)
    await quiet()

    assert wire.heard.index(b"2") < wire.heard.index(b"ack")
    assert wire.seqs == other.seqs == [1, 2, 3]


async def test_a_whisper_in_a_quiet_room_is_heard_at_once() -> None:
    room = Room()
    wire, member = seated(room)

    room.whisper(member, b"pong")

    assert wire.heard == [b"pong"]


async def test_a_whisper_does_not_overtake_what_a_cold_member_lacks() -> None:
    room = Room()
    wire, member = seated(room)
    wire.stop_reading()
    room.publish(1, b"1" + b" " * Wire.HIGH)
    await quiet()

    say(room, 2)
    await quiet()
    room.whisper(member, b"ack")
    wire.read_on()

    assert wire.heard[1:] == [b"2", b"3", b"ack"]


async def test_a_member_that_never_hears_its_whispers_is_cut() -> None:
    room = SmallRoom()
    wire, member = seated(room)
    wire.stop_reading()
    room.publish(1, b"1" + b" " * Wire.HIGH)
    await quiet()

    for _ in range(SmallRoom.ASIDES + 1):
        room.whisper(member, b"pong")

    assert wire.said_bye == "slow"


async def test_a_whisper_to_somebody_who_left_is_lost() -> None:
    room = Room()
    wire, member = seated(room)
    room.leave(member)

    room.whisper(member, b"pong")

    assert wire.heard == []


async def test_all_are_told_after_what_was_published_before() -> None:
    room = SmallRoom()
    wires = [seated(room)[0] for _ in range(5)]
    ahead, _ = seated(room, 3)
    cold, _ = seated(room)
    cold.stop_reading()
    cold.write(text_frame(bytes(Wire.HIGH)))

    say(room, 6)
    room.tell(b"who is here")
    await quiet()
    cold.read_on()

    assert [wire.heard[-1] for wire in (*wires, ahead, cold)] == [b"who is here"] * 7
    assert [wire.heard.count(b"who is here") for wire in (*wires, ahead, cold)] == [1] * 7


async def test_a_whisper_that_waits_is_not_lost_to_what_all_are_told() -> None:
    room = SmallRoom()
    wire, member = seated(room)

    room.tell(b"who is here")
    say(room, 5)
    room.whisper(member, b"ack")
    await quiet()

    assert wire.seqs == [1, 2, 3, 4, 5]
    assert sorted(wire.heard[-2:]) == [b"ack", b"who is here"]


class StormRoom(SmallRoom):
    CHUNK = 1  # so that something can happen before each single write


WHO = st.integers(0, 9)
STEP = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 6)),
    st.tuples(st.just("turn"), st.integers(1, 3)),
    st.tuples(st.just("join"), st.integers(-10, 3)),
    st.tuples(st.just("whisper"), WHO),
    st.tuples(st.sampled_from(["stop", "read"]), WHO),
    st.tuples(st.sampled_from(["leave", "close", "tell"]), WHO),
)


class Seat:
    """A member in the storm, and what it must have heard in the end."""

    def __init__(self, room: Room, after: int) -> None:
        self.wire = Wire()
        self.wire.HIGH = 20
        self.after = after
        self.told: list[bytes] = []
        self.whispers = 0
        self.writes_when_left: int | None = None
        self.member = FastMember(self.wire)
        self.joined = room.join(self.member, after)


class Storm:
    """Plays a story with several members at once."""

    def __init__(self) -> None:
        self.room = StormRoom()
        self.seats = [Seat(self.room, 0) for _ in range(4)]
        self._tells = 0

    async def play(self, word: str, number: int) -> None:
        match word:
            case "publish":
                say(self.room, number)
            case "turn":
                for _ in range(number):
                    await asyncio.sleep(0)
            case "join":
                self.seats.append(Seat(self.room, max(self.room.seq + number, 0)))
            case "tell":
                self.tell()
            case _:
                self.disturb(word, self.seats[number % len(self.seats)])

    def tell(self) -> None:
        self._tells += 1
        self.room.tell(b"tell %d" % self._tells)
        for seat in self.seats:
            if seat.member in self.room:
                seat.told.append(b"tell %d" % self._tells)

    def disturb(self, word: str, seat: Seat) -> None:
        match word:
            case "whisper":
                seat.whispers += seat.member in self.room
                self.room.whisper(seat.member, b"whisper %d" % self.room.seq)
            case "stop":
                seat.wire.stop_reading()
            case "read":
                seat.wire.read_on()
            case "close":
                seat.wire.close()
            case _:
                self.room.leave(seat.member)
                if seat.writes_when_left is None:
                    seat.writes_when_left = len(seat.wire.writes)

    async def settle(self) -> None:
        await quiet()
        for seat in self.seats:
            seat.wire.read_on()
        await quiet()


@given(st.lists(STEP, max_size=60))
@settings(max_examples=500, deadline=None)
async def test_every_member_hears_each_seq_once_and_in_order(story: list[tuple[str, int]]) -> None:
    storm = Storm()
    for word, number in story:
        await storm.play(word, number)
    await storm.settle()

    for seat in storm.seats:
        seqs = seat.wire.seqs
        assert seqs == list(range(seat.after + 1, seat.after + 1 + len(seqs)))
        assert_whispers_follow(seat.wire.heard, seat.after)
        assert_told_once(seat)
        if seat.member in storm.room:
            assert seqs == list(range(seat.after + 1, storm.room.seq + 1))
            assert set(seat.told) <= set(seat.wire.heard)
            assert seat.whispers == count(seat, b"whisper ")
        elif seat.writes_when_left is not None:
            assert len(seat.wire.writes) == seat.writes_when_left


def count(seat: Seat, start: bytes) -> int:
    return sum(payload.startswith(start) for payload in seat.wire.heard)


def assert_told_once(seat: Seat) -> None:
    tells = {payload for payload in seat.wire.heard if payload.startswith(b"tell ")}
    assert len(tells) == count(seat, b"tell ")


def assert_whispers_follow(heard: list[bytes], after: int) -> None:
    """A whisper comes after every seq that was there when it was said."""
    seen = after
    for payload in heard:
        if payload.isdigit():
            seen = int(payload)
        elif payload.startswith(b"whisper "):
            assert int(payload.removeprefix(b"whisper ")) <= seen


class Server:
    """The `send` of some other ASGI server, with a client that reads when it is told to."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.gone = False

    async def send(self, message: Message) -> None:
        await self.reading.wait()
        if self.gone:
            raise OSError
        self.sent.append(message)

    @property
    def heard(self) -> list[bytes]:
        return [message["text"].encode() for message in self.sent if "text" in message]


async def test_plain_and_fast_members_hear_the_same_bytes() -> None:
    room = SmallRoom()
    say(room, 3)
    await quiet()
    wire, fast = seated(room, 1)
    server = Server()
    plain = PlainMember(server.send)
    assert room.join(plain, 1)

    for _ in range(20):
        say(room, 3)
        room.whisper(fast, b"ack")
        room.whisper(plain, b"ack")
        room.tell("é ✓ 𝄞".encode())
        await quiet()

    assert wire.heard == server.heard
    assert wire.seqs == list(range(2, 64))


async def test_a_plain_member_that_does_not_read_is_cut_with_1013() -> None:
    room = Room()
    server = Server()
    member = PlainMember(server.send)
    room.join(member, 0)
    server.reading.clear()
    for seq in range(1, 10):
        room.publish(seq, b"%d" % seq + b" " * 65536)
    await quiet()

    say(room, Room.RING)
    await quiet()
    server.reading.set()
    await member.closed.wait()

    assert member not in room
    assert server.heard == [b'{"type":"bye","reason":"slow"}']
    assert server.sent[-1] == {"type": "websocket.close", "code": 1013, "reason": "slow"}


async def test_a_plain_member_that_pauses_catches_up() -> None:
    room = Room()
    server = Server()
    room.join(PlainMember(server.send), 0)
    server.reading.clear()
    for seq in range(1, 100):
        room.publish(seq, b"%d" % seq + b" " * 65536)
    await quiet()
    server.reading.set()
    await quiet()
    await quiet()

    assert [int(payload) for payload in server.heard] == list(range(1, 100))


async def test_a_plain_member_whose_connection_is_gone_has_left() -> None:
    room = Room()
    server = Server()
    member = PlainMember(server.send)
    room.join(member, 0)
    server.gone = True

    say(room)
    await member.closed.wait()
    say(room)
    await quiet()

    assert len(room) == 0


class Hall:
    """An app with one room; a client names its cursor by sending it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.joined: asyncio.Queue[Member] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        member = self.member(scope, send)
        try:
            await self.listen(member, receive)
        finally:
            self.room.leave(member)

    def member(self, scope: Scope, send: Send) -> Member:
        return member_of(scope, send)

    async def listen(self, member: Member, receive: Receive) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            assert self.room.join(member, int(message["text"]))
            await self.joined.put(member)


class PlainHall(Hall):
    def member(self, scope: Scope, send: Send) -> Member:
        return member_of({**scope, "extensions": {}}, send)


async def follow(port: int, after: int, until: int, patience: int) -> list[int]:
    """Join after a cursor and hear until a seq, hanging up after so many messages each time."""
    seqs: list[int] = []
    while (cursor := seqs[-1] if seqs else after) < until:
        async with connect(f"ws://127.0.0.1:{port}/ws", max_queue=None) as client:
            await client.send(str(cursor))
            await hear(client, seqs, until, patience)
    return seqs


async def hear(client: ClientConnection, seqs: list[int], until: int, patience: int) -> None:
    for _ in range(patience):
        seqs.append(json.loads(await client.recv())["seq"])
        if seqs[-1] == until:
            return


@pytest.mark.parametrize("hall", [Hall, PlainHall])
async def test_real_clients_that_come_and_go_hear_each_seq_once(
    hall: Callable[[Room], Hall],
) -> None:
    until = 1000
    chance = random.Random(7)
    room = Room()

    async def storm() -> None:
        while room.seq < until:
            for _ in range(min(chance.randrange(8), until - room.seq)):
                seq = room.seq + 1
                room.publish(seq, json.dumps({"seq": seq, "pad": "x" * 300}).encode())
            await asyncio.sleep(0)

    async with serving(hall(room)) as port, asyncio.TaskGroup() as group:
        followers = [
            group.create_task(follow(port, 0, until, chance.randrange(100, 1200)))
            for _ in range(20)
        ]
        group.create_task(storm())

    assert [task.result() for task in followers] == [list(range(1, until + 1))] * 20


async def test_our_own_server_gives_fast_members_and_others_plain_ones() -> None:
    hall, plain = Hall(Room()), PlainHall(Room())
    for app in (hall, plain):
        async with serving(app) as port, connect(f"ws://127.0.0.1:{port}/ws") as client:
            await client.send("0")
            member = await app.joined.get()

        assert isinstance(member, FastMember if app is hall else PlainMember)


@pytest.mark.parametrize("hall", [Hall, PlainHall])
async def test_a_real_reader_that_stops_is_cut_and_the_others_go_on(
    hall: Callable[[Room], Hall],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Brisk(GuardedWebSocket):
        CLOSE_GRACE = 0.2

    monkeypatch.setattr(PlainConnection, "CLOSE_GRACE", 0.2)
    room = Room()
    app = hall(room)
    async with serving(app, ws=Brisk) as port, raw(port) as slow:
        await slow.upgrade()
        await slow.send(bytes((0x81, 0x81, 0, 0, 0, 0)) + b"0")
        stuck = await app.joined.get()
        slow.stop_reading()
        async with connect(f"ws://127.0.0.1:{port}/ws", compression=None) as quick:
            await quick.send("0")
            await app.joined.get()
            heard: list[int] = []
            while stuck in room:
                room.publish(room.seq + 1, b"%d" % (room.seq + 1) + b" " * 4096)
                heard.append(int(await quick.recv()))
            await stuck.closed.wait()

    assert heard == list(range(1, room.seq + 1))


async def test_no_frame_of_a_room_follows_a_close_frame() -> None:
    room = Room()
    app = Hall(room)
    async with serving(app) as port, raw(port) as client:
        await client.upgrade()
        await client.send(bytes((0x81, 0x81, 0, 0, 0, 0)) + b"0")
        await app.joined.get()
        say(room, 2)
        await quiet()
        await client.send(bytes((0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8)))
        while len(room):
            say(room)
            await asyncio.sleep(0)
        received = await client.rest()

    assert received.endswith(bytes((0x88, 2, 0x03, 0xE8)))


async def test_stopping_the_server_empties_its_rooms() -> None:
    room = Room()
    app = Hall(room)
    async with serving(app) as port:
        client = await connect(f"ws://127.0.0.1:{port}/ws")
        await client.send("0")
        member = await app.joined.get()
    say(room)
    await quiet()
    with suppress(ConnectionClosed):
        await client.recv()

    assert client.close_code == 1012
    assert member.closed.is_set()
