"""Where a region is, by its name: the time zone that people there live in.

A name that is not known is nobody's fault; whoever reads it asks for a time zone beside it.
"""

import re
from functools import cache

from incident.core.oncall.clockwork import zones

ZONES = {
    "us-west": "America/Los_Angeles",
    "us-northwest": "America/Los_Angeles",
    "us-southwest": "America/Phoenix",
    "us-central": "America/Chicago",
    "us-south": "America/Chicago",
    "us-east": "America/New_York",
    "northamerica-northeast": "America/Toronto",
    "ca-central": "America/Toronto",
    "ca-east": "America/Toronto",
    "ca-west": "America/Edmonton",
    "mx-central": "America/Mexico_City",
    "sa-east": "America/Sao_Paulo",
    "southamerica-east": "America/Sao_Paulo",
    "southamerica-west": "America/Santiago",
    "eu-central": "Europe/Berlin",
    "eu-central-2": "Europe/Zurich",
    "eu-west": "Europe/Dublin",
    "eu-west-2": "Europe/London",
    "eu-west-3": "Europe/Paris",
    "eu-north": "Europe/Stockholm",
    "eu-south": "Europe/Rome",
    "eu-south-2": "Europe/Madrid",
    "eu-east": "Europe/Warsaw",
    "europe-central": "Europe/Warsaw",
    "europe-north": "Europe/Helsinki",
    "europe-southwest": "Europe/Madrid",
    "europe-west": "Europe/Brussels",
    "europe-west-2": "Europe/London",
    "europe-west-3": "Europe/Berlin",
    "europe-west-4": "Europe/Amsterdam",
    "europe-west-6": "Europe/Zurich",
    "europe-west-8": "Europe/Rome",
    "europe-west-9": "Europe/Paris",
    "uk": "Europe/London",
    "af-south": "Africa/Johannesburg",
    "il-central": "Asia/Jerusalem",
    "me-central": "Asia/Dubai",
    "me-south": "Asia/Bahrain",
    "ap-east": "Asia/Hong_Kong",
    "ap-east-2": "Asia/Taipei",
    "ap-northeast": "Asia/Tokyo",
    "ap-northeast-2": "Asia/Seoul",
    "ap-south": "Asia/Kolkata",
    "ap-southeast": "Asia/Singapore",
    "ap-southeast-2": "Australia/Sydney",
    "ap-southeast-3": "Asia/Jakarta",
    "ap-southeast-4": "Australia/Melbourne",
    "ap-southeast-5": "Asia/Kuala_Lumpur",
    "ap-southeast-6": "Pacific/Auckland",
    "ap-southeast-7": "Asia/Bangkok",
    "asia-east": "Asia/Taipei",
    "asia-east-2": "Asia/Hong_Kong",
    "asia-northeast": "Asia/Tokyo",
    "asia-northeast-3": "Asia/Seoul",
    "asia-south": "Asia/Kolkata",
    "asia-southeast": "Asia/Singapore",
    "asia-southeast-2": "Asia/Jakarta",
    "australia-southeast": "Australia/Sydney",
    "australia-southeast-2": "Australia/Melbourne",
    "cn-north": "Asia/Shanghai",
    "cn-northwest": "Asia/Shanghai",
}
"""As clouds name their regions; a longer name wins."""

WITHIN = re.compile(r"(?<=[0-9])-?[a-z]$")
"""The part of a region: `eu-west-2a`, `europe-west3-b`."""
NUMBERED = re.compile(r"(?<=[a-z])(?=[0-9])")


def zone_of(region: str) -> str | None:
    """The zone of `eu-central`, `eu-central-1`, `europe-west3` or a city; None: not known."""
    name = NUMBERED.sub("-", region.strip().lower().replace("_", "-").replace(" ", "-"))
    steps = WITHIN.sub("", name).split("-")
    for length in range(len(steps), 0, -1):
        if found := ZONES.get("-".join(steps[:length])):
            return found
    return cities().get(name)


@cache
def cities() -> dict[str, str]:
    """Zones by the city that they are named for: `los-angeles`."""
    named = (zone for zone in sorted(zones()) if "/" in zone and not zone.startswith("Etc/"))
    return {zone.rpartition("/")[2].lower().replace("_", "-"): zone for zone in named}
