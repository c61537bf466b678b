"""`incident user`: who there is, and the link that lets a person in.

What a person may do is decided elsewhere.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from incident.cli import options
from incident.cli.ending import misused, remark, run, say
from incident.cli.table import day, table

if TYPE_CHECKING:
    from incident.runtime import Runtime
    from incident.settings import Settings
    from incident.store.directory import Person

Handle = Annotated[str, typer.Argument(help="The person's handle, such as ada.")]

user = typer.Typer(help="People: add, list, sign-in links.", no_args_is_help=True)


@user.command("add")
def add(
    handle: Handle,
    name: Annotated[str, typer.Option(help="The name that others see, such as 'Ada Okafor'.")],
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
    timezone: Annotated[str, typer.Option(help="IANA zone, such as Europe/Berlin.")] = "UTC",
    admin: Annotated[bool, typer.Option("--admin", help="Make them an administrator.")] = False,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Add a person, who then signs in with a link: `incident user link HANDLE`."""
    fields = {"handle": handle, "name": name, "email": email, "timezone": timezone}
    run(_add(options.settings(data, mongodb), fields | {"role": "admin" if admin else "responder"}))


async def _add(settings: "Settings", fields: dict[str, str | None]) -> None:
    from incident.runtime import opened
    from incident.store.directory import Taken

    person_of(fields, datetime.now().astimezone())  # refused before a database is started
    async with opened(settings) as runtime:
        person = person_of(fields, runtime.clock())
        try:
            await runtime.directory.add(person)
        except Taken:
            raise misused(f"{person.handle} is taken. See: incident user list") from None
    say(f"Added {person.handle} ({person.name}), {person.role}.")
    remark(f"To let them in: incident user link {person.handle}")


def person_of(fields: dict[str, str | None], now: datetime) -> "Person":
    from pydantic import ValidationError

    from incident.store.directory import Person

    try:
        return Person.model_validate(fields | {"created_at": now})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        what = first["msg"].removeprefix("Value error, ")
        if first["loc"] == ("handle",):
            what = "use 1 to 40 of a-z, 0-9, dot, dash and underscore, such as ada"
        raise misused(f"The {first['loc'][0]} cannot be used: {what}.") from None


@user.command("list")
def list_users(data: options.Data = None, mongodb: options.MongoDB = None) -> None:
    """Show every person."""
    run(_list_users(options.filled(data, mongodb)))


async def _list_users(settings: "Settings") -> None:
    from incident.runtime import opened

    async with opened(settings) as runtime:
        people = await runtime.directory.everyone()
    table(
        ("HANDLE", "NAME", "ROLE", "TIME ZONE", "LAST SEEN"),
        [(p.handle, p.name, p.role, p.timezone, day(p.last_seen)) for p in people],
    )


@user.command("link")
def link(
    handle: Handle,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="How people reach the server, if not INCIDENT_BASE_URL."),
    ] = None,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Print a link that signs a person in. It works once, within 30 minutes."""
    run(_link(options.filled(data, mongodb, base_url=base_url), handle))


async def _link(settings: "Settings", handle: str) -> None:
    from incident import bootstrap
    from incident.runtime import opened

    async with opened(settings) as runtime:
        person = await known(runtime, handle)
        address = await bootstrap.link(runtime, person.handle)
    say(address)
    remark(f"Signs in {person.handle}, once, within 30 minutes.")


async def known(runtime: "Runtime", handle: str) -> "Person":
    person = await runtime.directory.find(handle)
    if person is None:
        raise misused(
            f"There is no person {handle}. Add one: incident user add {handle} --name ..."
        )
    return person
