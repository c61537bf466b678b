"""`incident policy`: check a file, put it into force, show what holds.

What is wrong with a file is known elsewhere; here it is printed, one line a fault.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incident.cli import options
from incident.cli.ending import WRONG, Ending, misused, printable, remark, run, say

if TYPE_CHECKING:
    from incident.policy_file.reading import PolicyFile
    from incident.policy_file.verdict import Verdict
    from incident.settings import Settings

BY = "admin"
"""Who changes the policy at the machine."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="A policy file (YAML).")]

policy = typer.Typer(
    help="The policy: severities, escalation, roles, rotations.", no_args_is_help=True
)


@policy.command("check")
def check(file: File) -> None:
    """Say everything that is wrong with a policy file, with line and column. Asks no database."""
    run(_check(file))


async def _check(file: Path) -> int:
    from incident.policy_file.verdict import read

    return told(file, read(text_of(file), datetime.now(UTC)))


@policy.command("load")
def load(file: File, data: options.Data = None, mongodb: options.MongoDB = None) -> None:
    """Put a policy file into force. The same file again changes nothing."""
    run(_load(options.settings(data, mongodb), file))


async def _load(settings: "Settings", file: Path) -> int:
    from incident.policy_file.verdict import digest
    from incident.policy_loading import Loading
    from incident.runtime import opened

    text = text_of(file)
    async with opened(settings) as runtime:
        loading = Loading.on(runtime.database)
        verdict = await loading.read(text, runtime.clock())
        code = told(file, verdict)
        if verdict.file is None:
            remark("Nothing was changed.")
            return code
        loaded = await loading.load(verdict.file, BY, runtime.clock(), digest(text))
    for line in loaded.told or ("Nothing to change: all of it holds already.",):
        say(printable(line))
    return 0


@policy.command("show")
def show(
    revision: Annotated[
        int | None, typer.Option(min=0, help="An earlier revision; 0 is the built-in policy.")
    ] = None,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Print what holds as a policy file: the policy, and the rotations as they are now."""
    run(_show(options.filled(data, mongodb), revision))


async def _show(settings: "Settings", revision: int | None) -> None:
    from incident.policy_file.writing import text_of as written
    from incident.policy_loading import Loading
    from incident.runtime import opened

    async with opened(settings) as runtime:
        loading = Loading.on(runtime.database)
        newest = await loading.policies.newest()
        number = newest.revision if revision is None else revision
        held = await loading.policies.at_revision(number)
        every = await loading.rotations.every() if revision is None else []
    if held is None:
        raise misused(f"There is no revision {number}: the newest is {newest.revision}.")
    if held.at:
        say(printable(f"# Revision {held.revision}, by {held.by}, {held.at:%Y-%m-%d %H:%M} UTC"))
    else:
        say("# Revision 0: the built-in policy")
    typer.echo(written(held.policy, [rotation.schedule for rotation in every]), nl=False)


def told(file: Path, verdict: "Verdict") -> int:
    """Print what there is to say about a file; returns how the command ends."""
    from incident.policy_file.faults import line_of

    for fault in verdict.faults:
        say(printable(line_of(file, fault)))
    say(printable(f"{file}: {summary(verdict)}"))
    return 0 if verdict.file else WRONG


def summary(verdict: "Verdict") -> str:
    wrong = count(len(verdict.errors), "error", "errors")
    doubtful = count(len(verdict.warnings), "warning", "warnings")
    if verdict.file is None:
        return f"{wrong}, {doubtful}."
    found = contents(verdict.file)
    return f"can be used ({', '.join(found)}), with {doubtful}." if verdict.warnings else (
        f"nothing is wrong ({', '.join(found)})."
    )  # fmt: skip


def contents(file: "PolicyFile") -> Iterable[str]:
    yield count(len(file.policy.escalation), "level", "levels")
    yield count(len(file.policy.roles), "role", "roles")
    yield count(len(file.schedules), "rotation", "rotations")


def count(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


def text_of(file: Path) -> str:
    """The text of a file; a file that is not there is the typist's fault."""
    from incident.policy_file.faults import Unloadable
    from incident.policy_loading import text_of as read

    if not file.is_file():
        raise misused(f"There is no file {file}.")
    try:
        return read(file)
    except Unloadable as error:
        raise Ending(f"{error}.") from None
