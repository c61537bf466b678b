"""Deadlines: whoever finds one passed says so to the desk, and the log makes it happen once.

What comes next is read ahead from the index, and shortly before, the state it is about. The
living processes have an order for each incident: whoever is not first looks later, and only at
what is still armed by then. What a passed deadline means is decided by the core.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from incident.agenda import GRID, LONG_AGO, Agenda, Fault, on_grid
from incident.core.commands import Tick
from incident.desk import Desk
from incident.store.clock import DatabaseClock
from incident.store.commit import Commit
from incident.store.deadlines import Armed, Deadlines
from incident.store.errors import StoreAway

SWEEP = timedelta(seconds=5)
"""Between two looks at the index."""
AHEAD = 3 * SWEEP
"""How far a look reaches, so that one or two may be late."""
HELD = 10_000
"""Deadlines that one look takes. Where there are more, the next look follows after `SOON`."""
SOON = timedelta(seconds=1)
AWAY = 1.0
"""Seconds to wait before asking a store again that was away."""
LEAD = timedelta(seconds=5)
"""How long before its deadline the state of an incident is read: a burst finds most of it done."""
AT_HAND = 2_000
"""States that are read and not told: half of those that the desk keeps."""
TURN = timedelta(seconds=0.5)
"""How long each process leaves a deadline to the one whose turn is before its own."""
AT_ONCE = 500
"""Deadlines about which something is under way at any time."""
TOGETHER = 100
"""Deadlines that one question is about."""
GATHER = 0.04
"""Seconds in which more gathers after something was begun: it is written together."""
GLANCE = timedelta(seconds=1)
"""The longest wait, as somebody may set the clock."""
Act = Callable[[Sequence[Armed]], Awaitable[None]]

logger = logging.getLogger(__name__)


class Alarms:
    """The deadlines that this process knows of.

    One for which it is first is read, told when it passes, and cleared; any other is checked
    when those before it have had their turns.
    """

    def __init__(self, desk: Desk, deadlines: Deadlines, clock: DatabaseClock, origin: str) -> None:
        self._desk, self._deadlines, self._clock = desk, deadlines, clock
        self._origin = origin
        self._alive: tuple[str, ...] = (origin,)
        self._to_check, self._to_read, self._to_tell = Agenda(), Agenda(), Agenda()
        self._agendas = (self._to_check, self._to_read, self._to_tell)
        self._known: set[Armed] = set()
        self._busy: set[Armed] = set()
        self._spent: list[Armed] = []
        self._faults: dict[Armed, Fault] = {}
        self._looking = False
        self._look_at = self._horizon = self._clear_at = self._seen = LONG_AGO
        self._changed = asyncio.Event()
        self.told = 0
        """Commits that were made because time had passed."""

    @property
    def alive(self) -> tuple[str, ...]:
        """The processes that take turns."""
        return self._alive

    @alive.setter
    def alive(self, origins: Sequence[str]) -> None:
        if set(origins) != set(self._alive):
            self._alive = tuple(origins)
            self._begin_anew()

    def heard(self, incident: str, commit: Commit | None) -> None:
        """A commit was made here: it may have armed a deadline."""
        if commit is None or commit.wake_at is None:
            return
        # With less notice than that the others may not find it in time.
        sudden = commit.wake_at - self._clock() < SWEEP
        armed = Armed(incident, commit.seq, commit.wake_at)
        self._expect(armed, 0 if sudden else self._place(incident))

    async def run(self) -> None:
        """Tell what falls due, for ever."""
        while True:
            self._begin_afresh()
            try:
                async with asyncio.TaskGroup() as group:
                    while True:
                        if self._begin(group):
                            await asyncio.sleep(GATHER)
                        else:
                            await self._wait()
            except* StoreAway as away:
                error = str(away.exceptions[0])
                logger.warning("alarms wait for the store", extra={"error": error})
            await asyncio.sleep(AWAY)

    async def sweep(self) -> int:
        """Look at the index, and do what `run` would do by now; returns how many commits.

        Raises a group of `StoreAway`.
        """
        before = self.told
        self._begin_afresh()
        async with asyncio.TaskGroup() as group:
            while self._begin(group) or self._looking or self._busy:
                await self._changed.wait()
            group.create_task(self._clear())
        return self.told - before

    def _begin(self, group: asyncio.TaskGroup) -> bool:
        """Begin all that is due, as far as there is room; returns whether anything was."""
        self._changed.clear()
        now = self._clock()
        self._notice(now)
        begun = [self._about([armed], self._tell) for armed in self._taken(self._to_tell)]
        for agenda, act in ((self._to_read, self._read), (self._to_check, self._check)):
            if agenda in self._open and (found := self._taken(agenda)):
                begun.append(self._about(found, act))
        if self._spent and now >= self._clear_at:
            begun.append(self._clear())
        if not self._looking and now >= self._look_at:
            self._looking, self._look_at = True, now + SWEEP
            begun.append(self._look())
        for work in begun:
            group.create_task(work)
        return bool(begun)

    def _notice(self, now: datetime) -> None:
        """What was reckoned by a clock that was set back since would come too late."""
        if now < self._seen - GLANCE:
            logger.warning("the clock was set back", extra={"was": self._seen, "is": now})
            self._faults.clear()
            self._begin_anew()
        self._seen = now

    def _begin_afresh(self) -> None:
        """Nothing is under way: what was, has been cancelled."""
        self._busy.clear()
        self._looking = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget all but what is under way, and look at the index at once."""
        for agenda in self._agendas:
            agenda.clear()
        self._known = self._busy | set(self._spent)
        self._look_at = self._horizon = LONG_AGO
        self._changed.set()

    def _taken(self, agenda: Agenda) -> list[Armed]:
        """What is due of an agenda, as far as there is room; it counts as under way."""
        found = agenda.take(self._seen, min(TOGETHER, AT_ONCE - len(self._busy)))
        self._busy.update(found)
        return found

    @property
    def _open(self) -> list[Agenda]:
        """Where there is something to do: reading stops where the desk would forget the first."""
        late = self._to_read.next and self._to_read.next <= self._seen - LEAD
        reading = late or len(self._to_tell) < AT_HAND
        return [one for one in self._agendas if one is not self._to_read or reading]

    async def _about(self, found: Sequence[Armed], act: Act) -> None:
        """Do something about `found`, and make room."""
        try:
            await act(found)
        finally:
            self._busy.difference_update(found)
            self._changed.set()

    async def _wait(self) -> None:
        """Return when something is due or has changed."""
        now = self._clock()
        times = [now + GLANCE]
        if len(self._busy) < AT_ONCE:
            times += [agenda.next for agenda in self._open if agenda.next]
        if self._spent:
            times.append(self._clear_at)
        if not self._looking:
            times.append(self._look_at)
        try:
            async with asyncio.timeout(max((min(times) - now).total_seconds(), 0.001)):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        """Read ahead: what falls due until the horizon is known from here on."""
        try:
            self._horizon = await self._clock.sync() + AHEAD
            found = await self._deadlines.until(self._horizon, HELD)
            if len(found) == HELD:
                self._horizon, self._look_at = found[-1].wake_at, self._clock() + SOON
            else:  # those that others have told meanwhile are forgotten
                self._faults = {one: self._faults[one] for one in found if one in self._faults}
            for armed in found:
                if armed not in self._known:
                    self._expect(armed, self._place(armed.incident))
        finally:
            self._looking = False
            self._changed.set()

    def _expect(self, armed: Armed, place: int) -> None:
        """Put it where this process, which has that place in the order, will see to it."""
        if armed in self._known or armed.wake_at > self._horizon:
            return
        self._known.add(armed)
        if fault := self._faults.get(armed):
            self._to_read.put(fault.until, armed)
        elif place:
            from_now = max(armed.wake_at, self._clock())
            self._to_check.put(on_grid(from_now + place * TURN), armed)
        else:
            self._to_read.put(on_grid(armed.wake_at - LEAD), armed)
        self._changed.set()

    def _place(self, incident: str) -> int:
        """How many processes are before this one; it is not first before it is known itself."""
        if self._origin not in self._alive:
            return 1
        order = sorted(self._alive, key=lambda origin: weight(incident, origin))
        return order.index(self._origin)

    async def _check(self, found: Sequence[Armed]) -> None:
        """Take over what nobody has told although it was others' turn."""
        still = await self._deadlines.still(found)
        for armed in found:
            if armed in still:
                self._to_read.put(armed.wake_at - LEAD, armed)
            else:
                self._known.discard(armed)

    async def _read(self, found: Sequence[Armed]) -> None:
        """Have the states at hand when the deadlines pass; drop those that were met or moved."""
        newest = await self._desk.recall({armed.incident for armed in found})
        for armed in found:
            commit = newest.get(armed.incident)
            if commit is None or commit.state.wake_at == armed.wake_at:
                self._to_tell.put(armed.wake_at, armed)
            else:
                self._spend(armed)

    async def _tell(self, found: Sequence[Armed]) -> None:
        """Tell the desk that time has passed for the one that was found."""
        (armed,) = found
        try:
            answer = await self._desk.submit(armed.incident, Tick(), now=self._clock())
        except StoreAway:
            raise
        except Exception:
            logger.exception("a deadline could not be told", extra={"incident": armed.incident})
            self._leave(armed)
            return
        self.told += bool(answer.events)
        if answer.commit.state.wake_at == armed.wake_at:
            self._leave(armed)
        else:
            self._spend(armed)

    def _leave(self, armed: Armed) -> None:
        """Leave it alone for a while, as the same would happen again; others go on."""
        fault = self._faults[armed] = Fault.after(self._faults.get(armed), self._clock())
        self._to_read.put(fault.until, armed)

    def _spend(self, armed: Armed) -> None:
        """The newest state no longer has this deadline."""
        if not self._spent:
            self._clear_at = self._clock() + GRID
        self._spent.append(armed)
        self._faults.pop(armed, None)

    async def _clear(self) -> None:
        """Clear what is spent, and only then forget it."""
        spent, self._spent = self._spent, []
        if spent:
            await self._deadlines.clear(spent)
        self._known.difference_update(spent)
        self._changed.set()


def weight(incident: str, origin: str) -> str:
    """Rendezvous hashing: every process orders all of them alike, anew for each incident."""
    return hashlib.sha256(f"{incident} {origin}".encode()).hexdigest()
