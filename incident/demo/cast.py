"""Who is in the demo: five people who know what they are doing, and the person who looks on.

They are made up.
"""

from datetime import datetime

from incident.store.directory import Person

YOU = "you"
"""The visitor, who may do everything."""

PEOPLE = (
    {"handle": YOU, "name": "You", "role": "admin"},
    {"handle": "ada", "name": "Ada Okafor", "timezone": "Europe/London"},
    {"handle": "mei", "name": "Mei Tanaka", "timezone": "Asia/Tokyo"},
    {"handle": "tomas", "name": "Tomás Oliveira", "timezone": "Europe/Lisbon"},
    {"handle": "samir", "name": "Samir Haddad", "timezone": "Europe/Berlin"},
    {"handle": "priya", "name": "Priya Raman", "timezone": "Asia/Kolkata"},
)


def people(now: datetime) -> list[Person]:
    return [Person.model_validate({**fields, "created_at": now}) for fields in PEOPLE]


def names() -> dict[str, str]:
    """Everybody but the visitor, by handle."""
    return {one["handle"]: one["name"] for one in PEOPLE if one["handle"] != YOU}
