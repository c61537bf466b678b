"""`incident token`: what lets programs in. Only hashes of tokens are stored.

A token is printed once, alone on standard output, so that a script can take it from there.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from incident.cli import options
from incident.cli.ending import misused, remark, run, say
from incident.cli.people import Handle, known
from incident.cli.table import day, table

if TYPE_CHECKING:
    from incident.settings import Settings

LONGEST_DAYS = 3650

token = typer.Typer(help="API tokens: create, list, revoke.", no_args_is_help=True)


@token.command("create")
def create(
    handle: Handle,
    label: Annotated[str, typer.Option(help="What it is for, shown in the list.")] = "",
    days: Annotated[
        int | None,
        typer.Option(min=1, max=LONGEST_DAYS, help="Days it is valid; without: until revoked."),
    ] = None,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Make an API token for a person, and print it. It is shown this once."""
    life = timedelta(days=days) if days else None
    run(_create(options.filled(data, mongodb), handle, label, life))


async def _create(settings: "Settings", handle: str, label: str, life: timedelta | None) -> None:
    from incident.runtime import opened

    name = label_of(label)
    async with opened(settings) as runtime:
        person = await known(runtime, handle)
        made, text = await runtime.credentials.issue_token(
            person.handle, name, runtime.clock(), life
        )
    say(text)
    remark(f"Token {made.id} acts as {person.handle}. It is stored nowhere: keep it now.")
    remark(f"To take it back: incident token revoke {made.id}")


def label_of(text: str) -> str:
    """Labels are one short line."""
    from pydantic import TypeAdapter, ValidationError

    from incident.core.values import Name

    if not text:
        return "made on the command line"
    try:
        return TypeAdapter[str](Name).validate_python(text)
    except ValidationError:
        raise misused("--label must be one line of at most 100 characters.") from None


@token.command("list")
def list_tokens(data: options.Data = None, mongodb: options.MongoDB = None) -> None:
    """Show every token: all but its secret."""
    run(_list_tokens(options.filled(data, mongodb)))


async def _list_tokens(settings: "Settings") -> None:
    from incident.runtime import opened

    async with opened(settings) as runtime:
        tokens = await runtime.credentials.tokens()
    table(
        ("ID", "PERSON", "LABEL", "CREATED", "EXPIRES", "LAST USED"),
        [
            (t.id, t.handle, t.label, day(t.created_at), day(t.expires_at), day(t.last_used))
            for t in tokens
        ],
    )


@token.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(help="The token's ID, from `incident token list`.")],  # noqa: A002 (shown as ID)
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Make a token worthless at once."""
    run(_revoke(options.filled(data, mongodb), id))


async def _revoke(settings: "Settings", id_: str) -> None:
    from incident.runtime import opened

    async with opened(settings) as runtime:
        if not await runtime.credentials.revoke_token(id_):
            raise misused(f"There is no token {id_}. See: incident token list")
    say(f"Token {id_} is revoked.")
