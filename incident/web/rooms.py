"""Every member of a room hears every seq after its cursor exactly once and in order, or is cut.

A room knows nothing of incidents: it passes on payloads, numbered without a gap. It keeps no
queue for anybody, it does not store, and it does not ask who may listen.

What is published is framed once, and the same bytes go to everybody. A *hot* member has all that
was told so far and needs no bookkeeping. A *cold* one has a cursor, the last seq it was sent: its
connection is full, or it joined from a seq that the room has yet to reach, or it has something of
its own to hear first. As soon as it can, it is sent what it lacks and is hot again.
"""

import asyncio
from collections import deque
from itertools import islice

from incident.web.frames import text_frame
from incident.web.members import FastMember, Member, PlainMember, Sink, member_of

__all__ = ["FastMember", "Member", "PlainMember", "Room", "member_of", "text_frame"]


class Room:
    """Publish in order; whatever is published while a run is under way is the next run.

    So the batch grows with the load by itself, and an idle room adds no delay.
    """

    RING = 1024  # seqs: how far a member may lag, and how far back a newcomer may begin
    RING_BYTES = 16 * 1024 * 1024  # the ring is shorter where payloads are huge
    RUN_BYTES = 64 * 1024  # one write to one member; with the high water mark its memory's bound
    CHUNK = 250  # members written to before requests and answers have a turn
    ASIDES = 256  # messages of its own that may wait for a member that does not read

    def __init__(self, seq: int = 0) -> None:
        self._seq = seq  # the last that was published
        self._told = seq  # the last that every hot member has, once the run has passed it
        self._ring: deque[bytes] = deque()  # the frames that end with `_seq`
        self._ring_bytes = 0
        self._hot: dict[Member, Sink] = {}
        self._cold: dict[Member, int] = {}
        self._tells: list[tuple[int, bytes]] = []  # frames for all, each due after a seq
        self._run: Run | None = None
        self._busy = False  # a run is under way or about to begin

    def __len__(self) -> int:
        return len(self._hot) + len(self._cold)

    def __contains__(self, member: Member) -> bool:
        return member in self._hot or member in self._cold

    @property
    def seq(self) -> int:
        """The last seq that was published."""
        return self._seq

    def publish(self, seq: int, payload: bytes) -> None:
        """Pass on the payload of the next seq."""
        assert seq == self._seq + 1, f"{seq} does not follow {self._seq}"
        frame = text_frame(payload)
        self._ring.append(frame)
        self._ring_bytes += len(frame)
        self._seq = seq
        self._stir()

    def join(self, member: Member, after: int) -> bool:
        """Tell `member` every seq after `after`; False when the ring no longer reaches back.

        A cursor ahead of the room is fine: the member is told nothing until the room passes it.
        """
        assert member.room is None, "a member is in one room at a time"
        if after < self._floor:
            return False
        if not member.closed.is_set():
            member.room = self
            self._cold[member] = after
            self.settle(member)
        return True

    def leave(self, member: Member) -> None:
        """Tell `member` nothing more. Its connection stays as it is."""
        if member not in self:
            return
        member.room = None
        member.asides.clear()
        self._cold.pop(member, None)
        if self._hot.pop(member, None) is not None and self._run is not None:
            self._run.withdraw(member)

    def whisper(self, member: Member, payload: bytes) -> None:
        """Say something to `member` alone, after all that was published before."""
        if member not in self:
            return
        self.cool(member)
        member.asides.append((self._seq, text_frame(payload)))
        if len(member.asides) > self.ASIDES:
            self._cut(member)
        else:
            self.settle(member)

    def tell(self, payload: bytes) -> None:
        """Say something to every member, outside the seqs, after all that was published before."""
        self._tells.append((self._seq, text_frame(payload)))
        self._stir()

    def cool(self, member: Member) -> None:
        """Give a hot member a cursor of its own: from now on it is told when it can be."""
        if self._hot.pop(member, None) is None:
            return
        if self._run is not None and self._run.withdraw(member):
            self._cold[member] = self._run.base
            member.asides = [(self._told, frame) for frame in self._run.tells]
        else:
            self._cold[member] = self._told

    def settle(self, member: Member) -> None:
        """Send a cold member what it lacks, as far as it takes it; then it is hot again."""
        while not member.paused:
            cursor = self._cold[member]
            frames = self._frames(cursor, self._told)
            cursor += len(frames)
            frames += member.due(cursor)
            if not frames:
                break
            self._cold[member] = cursor
            member.write(b"".join(frames))
            if member not in self._cold:
                return
        self._warm(member)

    @property
    def _floor(self) -> int:
        """The earliest cursor that the ring can serve."""
        return self._seq - len(self._ring)

    def _frames(self, after: int, until: int) -> list[bytes]:
        """The frames after one seq until another, cut where one write is full."""
        frames: list[bytes] = []
        size = 0
        for frame in islice(self._ring, after - self._floor, until - self._floor):
            size += len(frame)
            if frames and size > self.RUN_BYTES:
                break
            frames.append(frame)
        return frames

    def _warm(self, member: Member) -> None:
        missing = self._cold[member] != self._told or member.asides
        if not (missing or member.paused):
            del self._cold[member]
            self._hot[member] = member.sink

    def _stir(self) -> None:
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        """Begin the run that tells what has been published since the last one began."""
        base = self._told
        frames = self._frames(base, self._seq)
        self._told += len(frames)
        tells = self._due_tells()
        for member in self._cold:
            member.asides.extend((self._told, frame) for frame in tells)
        self._run = Run(base, frames, tells, self._hot)
        self._advance()

    def _due_tells(self) -> list[bytes]:
        due = [frame for after, frame in self._tells if after <= self._told]
        del self._tells[: len(due)]
        return due

    def _advance(self) -> None:
        assert self._run is not None
        self._run.write_to(self.CHUNK)
        if self._run.over:
            self._finish()
        else:
            asyncio.get_running_loop().call_soon(self._advance)

    def _finish(self) -> None:
        """Let the cold ones catch up, forget what is too old, and begin again where needed."""
        self._run = None
        for member in list(self._cold):
            if member in self._cold:  # else the write to another one closed it
                self.settle(member)
        self._trim()
        self._busy = False
        if self._told < self._seq or self._tells:
            self._stir()

    def _trim(self) -> None:
        """Shorten the ring; whoever lags behind it, or does not listen at all, is cut."""
        while self._floor < self._told and self._too_long():
            self._ring_bytes -= len(self._ring.popleft())
        for member, cursor in list(self._cold.items()):
            if cursor < self._floor or len(member.asides) > self.ASIDES:
                self._cut(member)

    def _too_long(self) -> bool:
        return len(self._ring) > self.RING or self._ring_bytes > self.RING_BYTES

    def _cut(self, member: Member) -> None:
        self.leave(member)
        member.cut("slow")


class Run:
    """One write to everybody who was hot when it began, the same bytes for all.

    The inner loop touches nothing but the sinks: members would be cache misses.
    """

    def __init__(
        self, base: int, frames: list[bytes], tells: list[bytes], hot: dict[Member, Sink]
    ) -> None:
        self.base = base  # the seq that members have which the run has not reached
        self.tells = tells
        self._bytes = b"".join(frames + tells)
        self._members = list(hot)
        self._sinks = list(hot.values())
        self._position = 0
        self._places: dict[Member, int] | None = None

    @property
    def over(self) -> bool:
        return self._position >= len(self._sinks)

    def write_to(self, count: int) -> None:
        """Write to the next `count` members."""
        start, frames = self._position, self._bytes
        # Before the writes: who is paused by its write has been written to.
        self._position = start + count
        for sink in self._sinks[start : self._position]:
            sink(frames)

    def withdraw(self, member: Member) -> bool:
        """Take `member` out; True when the run would still have come to it."""
        if self._places is None:
            self._places = {member: place for place, member in enumerate(self._members)}
        place = self._places.pop(member, -1)
        if place < self._position:
            return False
        self._sinks[place] = _discard
        return True


def _discard(_: bytes) -> None:
    """The sink of a member that left a run."""
