"""The options that several commands share, and the settings that they lead to.

An option wins over the environment, which wins over `incident.toml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incident.cli.ending import complain, misused, plainly

if TYPE_CHECKING:  # reading settings takes longer than `incident --version` may
    from incident.settings import Settings

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data folder, instead of INCIDENT_DATA."),
]
MongoDB = Annotated[
    str | None,
    typer.Option(
        "--mongodb",
        metavar="URI",
        help="Replica set to use, instead of INCIDENT_MONGODB_URI. "
        "A URI with a password is better given there: options can be seen by others.",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Port to listen on; 0 takes any that is free."),
]


def settings(data: Path | None = None, mongodb: str | None = None, **others: object) -> Settings:
    """What the environment and the options come to; ends the command where that is wrong."""
    with plainly():
        found = read(data, mongodb, **others)
        for name in found.unknown_variables():
            complain(f"Warning: {name} is not a setting, and is ignored.")
        return found


def filled(data: Path | None = None, mongodb: str | None = None, **others: object) -> Settings:
    """The same for a command that needs what is stored: it makes no database to find it empty."""
    found = settings(data, mongodb, **others)
    with plainly():
        from incident.runtime import address

        if address(found) is None and not (found.data / "db" / "WiredTiger").is_file():
            raise misused(
                f"There is no data in {found.data}. "
                "Name the folder with --data or INCIDENT_DATA, or begin there: incident serve"
            )
    return found


def read(data: Path | None = None, mongodb: str | None = None, **others: object) -> Settings:
    """The same, but raises `WrongSettings`."""
    from incident.settings import Settings

    found = Settings.read(data=data, mongodb_uri=mongodb, **others)
    return found.model_copy(update={"data": found.data.expanduser().absolute()})
