"""The short form of rotations: one person a region, follow the sun.

Turns its lines into a rotation of the role and into people for the directory.
"""

from collections.abc import Mapping

from incident.core.oncall.schedule import Schedule, Station, follow_the_sun
from incident.policy_file.contacts import NewPerson, handle_of
from incident.policy_file.faults import Path, warning
from incident.policy_file.form import MemberForm
from incident.policy_file.parts import Parts
from incident.policy_file.regions import zone_of

UNPLACED = "UTC"
"""Where somebody is taken to be when nothing tells."""

REGIONS_LIMIT = 50


class Crew:
    """Everybody who is named in the short form, each once. `by_email` are handles of those who
    are in the directory already.
    """

    def __init__(self, parts: Parts, by_email: Mapping[str, str]) -> None:
        self._parts = parts
        self._by_email = by_email
        self._people: dict[str, tuple[NewPerson, int]] = {}

    @property
    def people(self) -> tuple[NewPerson, ...]:
        return tuple(person for person, _ in self._people.values())

    def rotation(self, role: str, members: tuple[MemberForm, ...], path: Path) -> Schedule | None:
        """The rotation of a role; None where somebody in it cannot be told apart."""
        handles = [self._met(member, (*path, place)) for place, member in enumerate(members)]
        regions: dict[str, list[tuple[str, MemberForm]]] = {}
        for handle, member in zip(handles, members, strict=True):
            if handle is None:
                return None
            regions.setdefault(member.region, []).append((handle, member))
        if len(regions) > REGIONS_LIMIT:
            self._parts.wrong(path, f"must be at most {REGIONS_LIMIT} regions")
            return None
        stations = tuple(station(region, crew) for region, crew in regions.items())
        return follow_the_sun(role, role, stations)

    def _met(self, member: MemberForm, path: Path) -> str | None:
        """The handle of a member, who is somebody new or was named before."""
        email = member.contact.email
        handle = member.handle or self._by_email.get((email or "").lower())
        handle = handle or handle_of(member.name, email)
        line = self._parts.tree.place(path).line
        if handle is None:
            self._parts.wrong(path, "no handle can be made of this name: add one, handle: ada")
            return None
        zone = member.timezone or zone_of(member.region)
        if zone is None:
            self._unplaced(member, path)
        person = NewPerson(
            handle=handle, name=member.name, email=email, phone=member.contact.phone,
            region=member.region, timezone=zone or UNPLACED,
        )  # fmt: skip
        first, where = self._people.setdefault(handle, (person, line))
        if (first.name, first.email) != (person.name, person.email):
            told = f"{handle} is {first.name} of line {where} already: give one of them a `handle`"
            self._parts.wrong(path, told)
            return None
        return handle

    def _unplaced(self, member: MemberForm, path: Path) -> None:
        told = f"nothing tells where {member.region} is, so it is taken for UTC: add `timezone`"
        place = self._parts.tree.place((*path, "region"))
        self._parts.faults.append(warning(place, (*path, "region"), told))


def station(region: str, crew: list[tuple[str, MemberForm]]) -> Station:
    """A region, whose people take turns day by day. The first that tells its zone is believed."""
    zones = (member.timezone for _, member in crew)
    zone = next(filter(None, zones), None) or zone_of(region) or UNPLACED
    return Station(region=region, timezone=zone, members=tuple(handle for handle, _ in crew))
