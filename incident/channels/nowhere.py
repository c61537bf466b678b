"""Where things go for people that no channel reaches: nowhere, with the reason.

So that a page to nobody is found out like any other that did not arrive.
"""

from typing import Literal

from incident.channels.parcel import Outcome, Parcel, Refused
from incident.store.directory import Person

NOWHERE = "none"
"""The name of this channel."""


class Nowhere:
    """`configured`: whether the server has any real channel."""

    in_order: Literal["person", "incident"] = "person"

    def __init__(self, *, configured: bool) -> None:
        self._configured = configured

    def reaches(self, person: Person | None) -> bool:  # noqa: ARG002 (nobody is)
        return False

    async def send(self, parcel: Parcel) -> Outcome:
        if not self._configured:
            return Refused("this server has neither e-mail nor a webhook set up")
        if parcel.person is None:
            return Refused("they are not in the directory")
        if parcel.person.disabled:
            return Refused("they are disabled")
        return Refused("they have no address for any channel that they have switched on")
