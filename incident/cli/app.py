"""The list of commands; reading it is reading the command line.

What a command needs is imported when it runs, so that `--help` and `--version` are quick.
"""

from typing import Annotated

import typer

from incident import __version__
from incident.cli import checking, histories, oncall, people, policy, serving, tokens

main = typer.Typer(
    name="incident",
    help="Coordinate people through an outage: live room, roles, fixes, timeline, post-mortem.",
    epilog="Exit codes: 0 done, 1 something is wrong, 2 used wrongly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"incident {__version__}")
        raise typer.Exit


@main.callback()
def everything(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=show_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Coordinate people through an outage: live room, roles, fixes, timeline, post-mortem."""


main.command()(serving.serve)
main.command()(serving.demo)
main.command("import")(histories.import_)
main.command()(histories.export)
main.command()(checking.verify)
main.command()(checking.rebuild)
main.command()(checking.doctor)
main.command()(oncall.oncall)
main.add_typer(policy.policy, name="policy")
main.add_typer(tokens.token, name="token")
main.add_typer(people.user, name="user")
