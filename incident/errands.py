"""One attempt at one delivery, from the lease to what is written down of it.

Sent is written down only under the lease; where nobody knows whether it was sent, it is sent
again under the same name, and says so. When attempts are made is the courier's business.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from incident.breaker import Breaker
from incident.channels.letters import Notice
from incident.channels.nowhere import NOWHERE
from incident.channels.parcel import Channel, Later, Outcome, Parcel, Refused, Sent, Unknown
from incident.channels.quiet import quiet_until
from incident.core.asks import ask
from incident.core.chronicle import sentence
from incident.core.owed import PAGES
from incident.core.surroundings import Surroundings
from incident.store.deliveries import Deliveries, Delivery
from incident.store.directory import Directory, Person
from incident.store.errors import StoreAway
from incident.store.journal import Journal

SEND_LIMIT = 20.0
"""Seconds that sending may take."""
READY_LIMIT = 5.0
"""Seconds from the lease to the sending; together they are well below the lease."""
DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 15, 30, 60, 120, 300, 900, 1800, 3600, 7200, 14400, 28800)
)
"""How long to wait at most after the first, second, ... failure in a row; then the last again."""
REPORT_AFTER = 3
"""Failures in a row after which everybody hears that a page has not arrived."""
GIVE_UP = timedelta(days=2)
"""After that, nobody wants to hear of it any more."""

logger = logging.getLogger(__name__)


class Report(Protocol):
    """Make known that a page did not arrive. The same `key` again must change nothing.

    `person` is empty where the server has no way to anybody.
    """

    async def __call__(
        self, *, incident: str, person: str, channel: str, why: str, key: str
    ) -> None: ...


class StillDue(Protocol):
    """Whether the newest state still asks for it, or somebody answered meanwhile."""

    async def __call__(self, delivery: Delivery) -> bool: ...


def full_jitter(delay: timedelta) -> timedelta:
    """Anything up to `delay`, so that what failed together does not come again together."""
    return delay * secrets.SystemRandom().random()


@dataclass(frozen=True, slots=True, kw_only=True)
class Errands:
    """What an attempt needs. `base_url` is where links lead, `origin` names this process.

    `around` is who is on call, and the policy: a letter says whom the ladder pages next.
    """

    deliveries: Deliveries
    journal: Journal
    directory: Directory
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    around: Callable[[], Surroundings]
    origin: str
    base_url: str
    report: Report
    still_due: StillDue
    jitter: Callable[[timedelta], timedelta] = full_jitter

    async def run(self, waiting: Delivery, breaker: Breaker) -> bool:
        """Try once, if it is ours to try; False when it is not.

        A fault of the program is logged, and does not spread to other deliveries.
        """
        taken_at = asyncio.get_running_loop().time()
        mine = await self.deliveries.take(waiting, self.origin)
        if mine is None:
            return False
        attempt = self._attempt(mine, breaker, taken_at)
        [fault] = await asyncio.gather(attempt, return_exceptions=True)
        if isinstance(fault, StoreAway):
            raise fault
        if isinstance(fault, BaseException):
            await self._broke(mine, fault)
        return True

    async def addressee(self, handle: str) -> Person | None:
        """Somebody of the directory; None also for a person that cannot be read."""
        try:
            return await self.directory.find(handle)
        except ValueError:
            logger.exception("a person cannot be read", extra={"handle": handle})
            return None

    async def overdue(self, waiting: Delivery, why: str) -> None:
        """A page waits because its channel is out of order: everybody should know."""
        if await self.still_due(waiting):
            await self._report(waiting, why)
            await self.deliveries.was_reported(waiting)

    async def _attempt(self, mine: Delivery, breaker: Breaker, taken_at: float) -> None:
        person = await self.addressee(mine.person)
        quiet = self._quiet(mine, person)
        if quiet:
            await self._report_page(mine, f"their quiet hours last until {quiet:%H:%M} UTC")
            await self.deliveries.put_off(mine, quiet, "quiet")
            return self._log(mine, "quiet")
        if not await self.still_due(mine):
            await self.deliveries.end(mine, "obsolete")
            return self._log(mine, "obsolete")
        parcel = await self._parcel(mine, person)
        elapsed = asyncio.get_running_loop().time() - taken_at
        if elapsed > READY_LIMIT or not breaker.admits():
            await self.deliveries.release(mine)
            return None
        outcome = await self._send(parcel, mine.channel)
        judge(breaker, outcome)
        self._log(mine, type(outcome).__name__.lower(), getattr(outcome, "why", None))
        return await self._write_down(mine, outcome)

    def _quiet(self, mine: Delivery, person: Person | None) -> datetime | None:
        """Until when this has to wait because they want their peace."""
        if person is None or person.quiet is None or mine.urgent or mine.channel == NOWHERE:
            return None
        return quiet_until(person.quiet, person.timezone, self.clock())

    async def _parcel(self, mine: Delivery, person: Person | None) -> Parcel:
        """What is sent, in today's words: what was redacted meanwhile is not told."""
        told = await self.journal.at_seq(mine.incident, mine.seq)
        newest = await self.journal.latest(mine.incident)
        if told is None or newest is None:
            raise LookupError(f"there is no commit {mine.seq} of {mine.incident}")
        event, state = told.events[mine.index], newest.state
        asked = ask(event, mine.person, state, self.around(), self.clock())
        kept_back = told.first + mine.index in state.redacted
        notice = Notice(
            kind=mine.kind,
            incident=mine.incident,
            title=state.title,
            severity=state.severity,
            drill=state.drill,
            headline=asked.headline,
            answer=asked.answer,
            happened="" if kept_back else sentence(event),
            link=f"{self.base_url}/i/{mine.incident.removeprefix('INC-')}",
            services=state.affected_services,
            regions=state.affected_regions,
            status=", ".join(filter(None, (state.status, state.phase))),
            leads=state.commander,
            possibly_repeated=mine.possibly_repeated,
        )
        return Parcel(mine.name, person, mine.person, mine.kind, mine.urgent, mine.at, notice)

    async def _send(self, parcel: Parcel, channel: str) -> Outcome:
        try:
            async with asyncio.timeout(SEND_LIMIT):
                return await self.channels[channel].send(parcel)
        except TimeoutError:
            return Unknown("the answer did not come in time")

    async def _write_down(self, mine: Delivery, outcome: Outcome) -> None:
        """Settle it; a report comes first, so that a crash in between cannot lose it."""
        match outcome:
            case Sent():
                kept = await self.deliveries.end(mine, "sent")
            case Refused(why):
                await self._report_page(mine, why)
                kept = await self.deliveries.end(mine, "failed", why)
            case Later() | Unknown() if self.clock() - mine.at > GIVE_UP:
                kept = await self.deliveries.end(mine, "failed", outcome.why)
            case Later(why, after):
                kept = await self._again(mine, why, after)
            case Unknown(why):
                repeated = mine.model_copy(update={"possibly_repeated": True})
                kept = await self._again(repeated, why, None)
            case _:
                assert_never(outcome)
        if not kept:
            logger.warning("a delivery outlived its lease", extra={"delivery": mine.id})

    async def _again(self, mine: Delivery, why: str, after: timedelta | None) -> bool:
        if mine.failures + 1 >= REPORT_AFTER and not mine.reported:
            await self._report_page(mine, why)
            mine = mine.model_copy(update={"reported": True})
        delay = self.jitter(DELAYS[min(mine.failures, len(DELAYS) - 1)])
        return await self.deliveries.again(mine, min(max(delay, after or delay), DELAYS[-1]), why)

    async def _report_page(self, mine: Delivery, why: str) -> None:
        if mine.kind in PAGES and not mine.reported:
            await self._report(mine, why)

    async def _report(self, one: Delivery, why: str) -> None:
        """The key makes it one report, however many processes and attempts find it out.

        Where no channel reaches somebody, or the server has none at all, once an incident.
        """
        person, what = one.person, one.id
        if one.channel == NOWHERE:
            person = "" if self.channels.keys() == {NOWHERE} else person
            what = f"{one.incident}/{person or 'everybody'}"
        await self.report(
            incident=one.incident,
            person=person,
            channel=one.channel,
            why=why,
            key=f"undelivered:{what}",
        )

    async def _broke(self, mine: Delivery, fault: BaseException) -> None:
        logger.error("a delivery broke", extra={"delivery": mine.id}, exc_info=fault)
        parked = await self.deliveries.broke(mine, self.jitter(DELAYS[0]))
        if parked:
            logger.error("a delivery is parked", extra={"delivery": mine.id})
            await self._report_page(mine, "the server failed to write the letter; its log says why")

    def _log(self, mine: Delivery, outcome: str, why: str | None = None) -> None:
        told = {"delivery": mine.id, "attempt": mine.fence, "outcome": outcome}
        told |= {"repeated": mine.possibly_repeated} if mine.possibly_repeated else {}
        logger.info("delivery", extra=told | ({"why": why} if why else {}))


def judge(breaker: Breaker, outcome: Outcome) -> None:
    """Whether the channel works: it does where it refuses one thing and takes others."""
    match outcome:
        case Sent() | Refused() | Later(sound=True):
            breaker.worked()
        case Later(why) | Unknown(why):
            breaker.failed(why)
