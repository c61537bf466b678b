"""What the courier asks of the incidents: is this still worth sending, and who must know it failed.

A page of a round that was answered or is over wakes nobody any more.
"""

from contextlib import suppress

from incident.answers import KeyReused
from incident.core.commands import ReportUndelivered
from incident.core.owed import still_asked
from incident.desk import Desk
from incident.errands import Report, StillDue
from incident.store.deliveries import Delivery
from incident.store.journal import Journal


def reporting(desk: Desk) -> Report:
    """Make a page that did not arrive an entry that everybody sees; once for each `key`."""

    async def report(*, incident: str, person: str, channel: str, why: str, key: str) -> None:
        told = ReportUndelivered(person=person, channel=channel, why=why)
        with suppress(KeyReused):  # reported before, when something else was in the way
            await desk.submit(incident, told, key=key)

    return report


def judging(journal: Journal) -> StillDue:
    """Whether the newest state still asks for what a delivery tells."""

    async def still_due(delivery: Delivery) -> bool:
        newest = await journal.latest(delivery.incident)
        cause = await journal.at_seq(delivery.incident, delivery.seq)
        if newest is None or cause is None:
            return False
        return still_asked(cause.events[delivery.index], delivery.person, newest.state)

    return still_due
