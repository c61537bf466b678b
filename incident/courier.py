"""What commits owe to people gets to them: unpacked once, sent at least once, in order.

It runs in every process at once; a lease keeps two from sending the same. How a thing is sent,
and what becomes of it then, is not known here.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from incident.breaker import Breaker
from incident.channels.nowhere import NOWHERE, Nowhere
from incident.channels.parcel import Channel
from incident.core.owed import PAGES, Owed
from incident.core.values import rfc3339
from incident.errands import Errands
from incident.store.commit import Commit
from incident.store.deliveries import LEASE, Delivery
from incident.store.errors import StoreAway
from incident.store.outbox import Item, Laden, Outbox

SWEEP_EVERY = timedelta(seconds=5)
"""How long until somebody looks for what no bell told of."""
SWEPT = 1000
"""Documents that are looked at together."""
AT_ONCE = 8
"""Deliveries under way at once, for each channel, so that none starves another."""
OVERDUE = timedelta(minutes=1)
"""How long a page may wait for a channel that is out of order before everybody hears of it."""
TOGETHER = 20
"""Commits that are unpacked at once."""
TRIES = 5
"""How often a commit that cannot be unpacked is tried."""
STEP = timedelta(seconds=2)
"""A clock that shows so much less than before was set back; less is how well it is known."""
GRACE = 5.0
"""Seconds that what is under way has to end by itself when the server stops."""

logger = logging.getLogger(__name__)


class Courier:
    """One a process. Deliveries of one lane follow each other; several lanes go at once."""

    def __init__(self, outbox: Outbox, errands: Errands) -> None:
        self._outbox = outbox
        self._channels: Mapping[str, Channel] = {
            **errands.channels,
            NOWHERE: Nowhere(configured=bool(errands.channels)),
        }
        self._errands = replace(errands, channels=self._channels)
        self._clock: Callable[[], datetime] = errands.clock
        self._breakers = {name: Breaker(self._clock) for name in self._channels}
        self._lanes: dict[str, asyncio.Task[bool]] = {}
        self._faults: dict[object, int] = {}
        self._woken = asyncio.Event()
        self._latest: datetime | None = None
        self._closing = False

    def heard(self, _: str, commit: Commit | None) -> None:
        """A commit was made here: it may owe something."""
        if commit is not None and commit.deliver:
            self._woken.set()

    def states(self) -> dict[str, dict[str, str | None]]:
        """Whether each channel works, for people and programs that look after the server."""
        return {
            name: {
                "state": breaker.state.name,
                "since": rfc3339(breaker.state.since),
                "lastError": breaker.state.last_error,
            }
            for name, breaker in self._breakers.items()
            if name != NOWHERE
        }

    async def run(self) -> None:
        """Unpack and send, for ever."""
        try:
            while True:
                self._woken.clear()
                try:
                    pause = await self.round()
                except StoreAway as error:
                    logger.warning("the courier waits for the store", extra={"error": str(error)})
                    pause = timedelta(seconds=1)
                await self._rest(pause)
        finally:
            for task in self._lanes.values():
                task.cancel()

    async def close(self) -> None:
        """Begin nothing more, and let what is under way end; call it before cancelling `run`."""
        self._closing = True
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=GRACE)

    async def round(self) -> timedelta:
        """Unpack what is owed and begin what is due; returns when to look again."""
        await self.unpack()
        await self._notice_a_step_back()
        pauses = [await self._begin(name, breaker) for name, breaker in self._breakers.items()]
        return min([SWEEP_EVERY, *pauses])

    async def _notice_a_step_back(self) -> None:
        """At the start, too: it may have happened while nobody looked."""
        now = self._clock()
        if self._latest is None or now < self._latest - STEP:
            await self._errands.deliveries.bring_forward()
            self._latest = now
        self._latest = max(now, self._latest)

    async def unpack(self) -> None:
        """Take what commits owe off them: a delivery for each channel that reaches the person."""
        found = await self._outbox.unpacked(SWEPT)
        if found and found[-1].at > self._clock() + STEP:
            self._latest = None  # they were made before the clock stepped back
        for some in (found[at : at + TOGETHER] for at in range(0, len(found), TOGETHER)):
            results = await asyncio.gather(*map(self._unpack, some), return_exceptions=True)
            for commit, fault in zip(some, results, strict=True):
                if isinstance(fault, StoreAway):
                    raise fault
                if isinstance(fault, BaseException):
                    await self._stuck(commit, fault)

    async def _unpack(self, commit: Laden) -> None:
        if commit.broken:
            told = {"incident": commit.incident, "seq": commit.seq}
            logger.error("what a commit owes cannot be read", extra=told)
        items = [item for owed in commit.owed for item in await self._items(commit, owed)]
        await self._outbox.unpack(commit, items)

    async def _items(self, commit: Laden, owed: Owed) -> list[Item]:
        """A thing once for each channel; a page that has none is owed to nowhere."""
        person = await self._errands.addressee(owed.person)
        gone = person is not None and person.disabled
        names = [n for n, channel in self._channels.items() if not gone and channel.reaches(person)]
        if not names and owed.kind in PAGES:
            names = [NOWHERE]
        by = {"person": owed.person, "incident": commit.incident}
        return [Item(owed, name, f"{name} {by[self._channels[name].in_order]}") for name in names]

    async def _stuck(self, commit: Laden, fault: BaseException) -> None:
        """Log it, and leave it alone after a few times: it would be tried for ever."""
        told = {"incident": commit.incident, "seq": commit.seq}
        logger.error("a commit could not be unpacked", extra=told, exc_info=fault)
        self._faults[commit.id] = self._faults.get(commit.id, 0) + 1
        if self._faults[commit.id] >= TRIES:
            logger.error("what a commit owes is parked", extra=told)
            await self._outbox.park(commit)

    async def _begin(self, channel: str, breaker: Breaker) -> timedelta:
        """Begin what is due on one channel, oldest first; returns when to look again."""
        now = self._clock()
        waiting = await self._errands.deliveries.due(channel, now + SWEEP_EVERY, SWEPT)
        if breaker.retry_at is not None and breaker.retry_at > now:
            await self._tell_overdue(waiting, now, breaker.state.last_error or "")
            return breaker.retry_at - now
        busy = {one.lane for one in waiting if under_way(one, now)}
        lanes: dict[str, list[Delivery]] = {}
        for one in waiting:
            if one.due_at <= now and one.lane not in busy | self._lanes.keys():
                line = lanes.setdefault(one.lane, [])
                # A lease that ran out closes its lane to all but the one that had it.
                line.insert(0 if one.leased_until else len(line), one)
        room = AT_ONCE - sum(task.get_name() == channel for task in self._lanes.values())
        for lane in list(lanes)[: 0 if self._closing else room]:
            # `run` cancels it when it ends, and `close` waits for it.
            task = asyncio.create_task(self._work_off(lanes[lane], breaker), name=channel)
            self._lanes[lane] = task
            task.add_done_callback(partial(self._ended, lane))
        coming = [max(one.due_at, one.leased_until or one.due_at) - now for one in waiting]
        return min((wait for wait in coming if wait > timedelta(0)), default=SWEEP_EVERY)

    async def _work_off(self, waiting: Sequence[Delivery], breaker: Breaker) -> bool:
        """One after the other; returns whether anything was done, so that more may be due."""
        done = False
        for one in waiting:
            if self._closing or not breaker.ready() or not await self._errands.run(one, breaker):
                break
            done = True
        return done

    def _ended(self, lane: str, task: asyncio.Task[bool]) -> None:
        del self._lanes[lane]
        if task.cancelled():
            return
        fault = task.exception()
        if fault is None and task.result():
            self._woken.set()
        elif isinstance(fault, StoreAway):
            logger.warning("deliveries wait for the store", extra={"error": str(fault)})
        elif fault is not None:
            logger.error("deliveries stopped", extra={"lane": lane}, exc_info=fault)

    async def _tell_overdue(self, waiting: Sequence[Delivery], now: datetime, why: str) -> None:
        late = [
            one
            for one in waiting
            if one.kind in PAGES and not one.reported and one.due_at <= now - OVERDUE
        ]
        told = (self._errands.overdue(one, why) for one in late)
        for fault in await asyncio.gather(*told, return_exceptions=True):
            if isinstance(fault, StoreAway):
                raise fault
            if isinstance(fault, BaseException):
                logger.error("an overdue page could not be reported", exc_info=fault)

    async def _rest(self, pause: timedelta) -> None:
        try:
            async with asyncio.timeout(pause.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            return


def under_way(one: Delivery, now: datetime) -> bool:
    """Whether somebody has a lease; one that reaches too far is of a time before a step back."""
    left = one.leased_until - now if one.leased_until else timedelta(0)
    return timedelta(0) < left <= LEASE + STEP
