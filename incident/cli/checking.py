"""`incident verify`, `rebuild` and `doctor`: what is wrong, what can be made again, what to fix.

What counts as wrong is known elsewhere; here it is printed.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from incident.cli import options
from incident.cli.ending import WRONG, printable, remark, run, say

if TYPE_CHECKING:
    from incident.settings import Settings

REMEDIES = {
    "log": "The log itself cannot be made again: restore it from a backup.",
    "state": "States follow from the log: incident rebuild",
    "redaction": "Redacted text is removed by: incident rebuild",
    "row": "Rows follow from the log: incident rebuild",
    "file": "A file cannot be made again: restore it from a backup, or upload it to a new entry.",
    "hold": "A hold that nobody needs is taken back when somebody wants its target. "
    "A fix that runs without one: complete or abandon it, and propose it again.",
}


def verify(data: options.Data = None, mongodb: options.MongoDB = None) -> None:
    """Check that everything stored follows from the log. Changes nothing; a server may run."""
    run(_verify(options.filled(data, mongodb)))


async def _verify(settings: "Settings") -> int:
    from incident import verify as verification
    from incident.cli.progress import Counter
    from incident.runtime import opened
    from incident.verify_files import missing_files

    kinds: set[str] = set()
    async with opened(settings) as runtime:
        with Counter("Checking") as counter:
            async for finding in verification.verify(
                runtime.journal,
                runtime.lists,
                runtime.holds,
                runtime.clock,
                progress=counter.at,
            ):
                kinds.add(finding.kind)
                say(printable(f"{finding.subject}  {finding.message}"))
        async for finding in missing_files(runtime.journal, runtime.attachments):
            kinds.add(finding.kind)
            say(printable(f"{finding.subject}  {finding.message}"))
    if not kinds:
        say(f"{counter.incidents} incidents, {counter.commits} commits: nothing is wrong.")
        return 0
    for kind in sorted(kinds):
        remark(REMEDIES[kind])
    return WRONG


def rebuild(data: options.Data = None, mongodb: options.MongoDB = None) -> None:
    """Make again what follows from the log: list rows, stored states, removed text."""
    run(_rebuild(options.filled(data, mongodb)))


async def _rebuild(settings: "Settings") -> int:
    from incident.cli.progress import Counter
    from incident.cli.rebuilding import rebuilt
    from incident.runtime import opened

    async with opened(settings) as runtime:
        with Counter("Rebuilding") as counter:
            made = await rebuilt(runtime.journal, runtime.lists, progress=counter.at)
    say(f"{made.rows} rows made again, {made.commits} commits rewritten.")
    for incident in made.left:
        remark(f"{incident} was left as it is: its log has a hole. See: incident verify")
    return WRONG if made.left else 0


def doctor(
    host: Annotated[str | None, typer.Option(help="Address that would be listened on.")] = None,
    port: options.Port = None,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
    mail_to: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Send one test letter there, and say what happened."),
    ] = None,
) -> None:
    """Check what a server needs here, line by line, with the fix to type."""
    from incident.cli.doctor import examine

    run(examine(lambda: options.read(data, mongodb, host=host, port=port), mail_to))
