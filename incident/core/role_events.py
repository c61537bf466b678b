"""What can have happened to a role: taken, given, offered, handed over; and to a hypothesis.

Nothing here decides whether an event may happen.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from incident.core.values import Happening, Moment, RoleName, in_seconds_or_iso

Verdict = Literal["open", "supported", "eliminated"]
Wait = Annotated[timedelta, Field(ge=timedelta(0)), PlainSerializer(in_seconds_or_iso)]
"""How long something took: unlike a promise, it may have taken no time."""


class RoleAssigned(Happening):
    """`shift_ends`: when the holder's shift for this role is over, where they are on call."""

    kind: Literal["role_assigned"] = "role_assigned"
    role: RoleName
    holder: str
    previous: str | None = None
    shift_ends: Moment | None = None


class RoleReleased(Happening):
    kind: Literal["role_released"] = "role_released"
    role: RoleName
    holder: str


class RoleOffered(Happening):
    """`to` may take the role until `expires_at`; until then whoever holds it holds it.

    `message` is what the offering person adds to the brief. `why`: why it was them, where
    the server offered it.
    """

    kind: Literal["role_offered"] = "role_offered"
    role: RoleName
    to: str
    message: str = ""
    why: str = ""
    expires_at: Moment


class RoleAccepted(Happening):
    """An offer was taken: from this moment `holder` has the role, and `previous` has not."""

    kind: Literal["role_accepted"] = "role_accepted"
    role: RoleName
    holder: str
    previous: str | None = None
    offered_by: str
    waited: Wait
    shift_ends: Moment | None = None


class OfferDeclined(Happening):
    kind: Literal["offer_declined"] = "offer_declined"
    role: RoleName
    to: str
    reason: str = ""


class OfferExpired(Happening):
    kind: Literal["offer_expired"] = "offer_expired"
    role: RoleName
    to: str


class OfferWithdrawn(Happening):
    kind: Literal["offer_withdrawn"] = "offer_withdrawn"
    role: RoleName
    to: str


class ShiftEnded(Happening):
    """The holder's shift is over; `next` is on call now, if anybody is."""

    kind: Literal["shift_ended"] = "shift_ended"
    role: RoleName
    holder: str
    next: str | None = None


class ShiftExtended(Happening):
    """The holder's shift ends otherwise than it did, after a change of the rotation.

    `shift_ends` may lie before what it was, too. None: no end is in sight.
    """

    kind: Literal["shift_extended"] = "shift_extended"
    role: RoleName
    holder: str
    shift_ends: Moment | None = None


class HypothesisRaised(Happening):
    kind: Literal["hypothesis_raised"] = "hypothesis_raised"
    hypothesis: str
    description: str


class HypothesisJudged(Happening):
    """`entries`: numbers of the entries that speak for it, `against` of those against it.

    Where it is eliminated and nothing stands in `against`, `entries` speak against it.
    """

    kind: Literal["hypothesis_judged"] = "hypothesis_judged"
    hypothesis: str
    verdict: Verdict
    reason: str = ""
    entries: tuple[int, ...] = ()
    against: tuple[int, ...] = ()

    @property
    def evidence(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The numbers of what speaks for it, and of what speaks against it."""
        if self.verdict == "eliminated" and not self.against:
            return (), self.entries
        return self.entries, self.against


class EvidenceCited(Happening):
    """Entries that speak for it (`entries`) or `against` it; what is thought of it stays."""

    kind: Literal["evidence_cited"] = "evidence_cited"
    hypothesis: str
    reason: str = ""
    entries: tuple[int, ...] = ()
    against: tuple[int, ...] = ()

    @property
    def evidence(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The numbers of what speaks for it, and of what speaks against it."""
        return self.entries, self.against
