"""What a channel is given to send, and the four ways in which that can end.

Only a channel knows how to tell them apart; only the courier knows what to do then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from incident.channels.letters import Notice
from incident.store.directory import Person


@dataclass(frozen=True, slots=True)
class Parcel:
    """`name` is the same at every attempt, so that a receiver can tell a repetition."""

    name: str
    person: Person | None
    handle: str
    kind: str
    urgent: bool
    at: datetime
    notice: Notice


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side has it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side will never take this one; the channel itself is sound."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """It was not taken now. `after`: when the other side says to come again.

    `sound`: the channel works, and it is only this one that was not taken.
    """

    why: str
    after: timedelta | None = None
    sound: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been taken: the answer never came."""

    why: str


Outcome = Sent | Refused | Later | Unknown


class Channel(Protocol):
    """A way out. Reasons that it gives are shown to people: no secrets, no foreign words.

    `in_order`: whether what goes to one person, or of one incident, is sent one by one.
    """

    in_order: Literal["person", "incident"]

    def reaches(self, person: Person | None) -> bool:
        """Whether this person can be told, and wants to be, in this way."""

    async def send(self, parcel: Parcel) -> Outcome:
        """Try once, within a bounded time; raises nothing that can be foreseen."""
