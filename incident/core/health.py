"""How services do, region by region: said in one word each, and kept with what is affected.

What is well is not listed. Nobody is paged for a word.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from incident.core.events import HealthChanged
from incident.core.pieces import Ailing
from incident.core.rejected import Rejected
from incident.core.targets import ANYWHERE
from incident.core.values import NAMES_LIMIT, Health, Name

if TYPE_CHECKING:
    from incident.core.commands import ChangeIncident
    from incident.core.incident import Incident

OK: Health = "ok"
WORST: tuple[Health, ...] = ("down", "slow", "ok")


def not_too_many(patch: dict[Name, dict[Name, Health]]) -> dict[Name, dict[Name, Health]]:
    """Each word becomes an entry, so there are only so many at a time."""
    if sum(len(regions) for regions in patch.values()) > NAMES_LIMIT:
        raise ValueError(f"must name at most {NAMES_LIMIT} services and regions at a time")
    return patch


HealthPatch = Annotated[
    dict[Name, dict[Name, Health]], Field(max_length=NAMES_LIMIT), AfterValidator(not_too_many)
]
"""Words by service and region."""


def say(incident: "Incident", command: "ChangeIncident", now: datetime) -> list[HealthChanged]:
    """The words that are new. Only of what is affected: a typing error is no service."""
    words = command.health or {}
    cells = [(service, region) for service, regions in words.items() for region in regions]
    for place in cells:
        must_be_affected(incident, *place)
    return [
        HealthChanged(
            by=command.by,
            at=now,
            service=service,
            region=region,
            health=words[service][region],
            previous=word_for(incident, service, region),
        )
        for service, region in cells
        if words[service][region] != word_for(incident, service, region)
    ]


def must_be_affected(incident: "Incident", service: str, region: str) -> None:
    if service not in incident.affected_services:
        told = f"{service} is not among the affected services. Add it first."
        raise Rejected("not-affected", told)
    if region not in regions_of(incident):
        known = incident.affected_regions
        told = f"{region} is not among the affected regions. Add it first."
        raise Rejected(
            "not-affected", told if known else f"No region is named yet: say {ANYWHERE}."
        )


def regions_of(incident: "Incident") -> tuple[str, ...]:
    """Where services may be unwell: everywhere at once, as long as no region is named."""
    return incident.affected_regions or (ANYWHERE,)


def word_for(incident: "Incident", service: str, region: str) -> Health:
    words = (a.health for a in incident.health if (a.service, a.region) == (service, region))
    return next(words, OK)


def recorded(incident: "Incident", event: HealthChanged) -> tuple[Ailing, ...]:
    """The ailing ones after `event`, in the order in which they fell ill."""
    place = (event.service, event.region)
    if event.health == OK:
        return tuple(one for one in incident.health if (one.service, one.region) != place)
    new = Ailing(service=event.service, region=event.region, health=event.health)
    if word_for(incident, *place) == OK:
        return (*incident.health, new)
    return tuple(new if (one.service, one.region) == place else one for one in incident.health)


def kept(before: "Incident", after: "Incident") -> tuple[Ailing, ...]:
    """The ailing ones when what is affected has changed: what is gone from it drops out.

    What ailed everywhere ails in each region once regions are named.
    """
    left = [
        one
        for ailing in before.health
        if ailing.service in after.affected_services
        for one in spread(ailing, regions_of(after))
    ]
    return tuple({(one.service, one.region): one for one in left}.values())


def spread(ailing: Ailing, regions: tuple[str, ...]) -> Iterator[Ailing]:
    if ailing.region in regions:
        yield ailing
    elif ailing.region == ANYWHERE:
        yield from (ailing.model_copy(update={"region": region}) for region in regions)


def worst(incident: "Incident") -> Health:
    """The worst word of all."""
    return next((word for word in WORST if word in {one.health for one in incident.health}), OK)
