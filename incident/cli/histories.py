"""`incident import` and `incident export`: incidents from files, and into files.

Files are read with limits and believed in nothing; the import format itself is
described by the core.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from incident.cli import options
from incident.cli.ending import Ending, complain, misused, printable, remark, run, say

if TYPE_CHECKING:
    from incident.core.commands import Import
    from incident.runtime import Runtime
    from incident.settings import Settings

IMPORTER = "import"
"""Whose command an import is: always the same, so that a file is known whoever brings it."""
DEPTH_LIMIT = 32
"""Levels of nesting in a file; no report needs more than six."""

Format = Literal["md", "json", "jsonl"]


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="YAML files.")],
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Bring in past incidents. A file that is here already stays as it is."""
    run(_import(options.settings(data, mongodb), files))


async def _import(settings: "Settings", files: list[Path]) -> int:
    from incident.core.history import BadHistory
    from incident.runtime import opened

    bad = 0
    async with opened(settings) as runtime:
        for place, file in enumerate(files, start=1):
            remark(printable(f"[{place}/{len(files)}] {file}"))
            try:
                await bring_in(runtime, file)
            except BadHistory as refused:
                bad += 1
                for problem in refused.problems:
                    complain(f"{file}: {problem}")
    if bad:
        remark(f"{bad} of {len(files)} files could not be imported. Nothing of them was kept.")
    return int(bool(bad))


async def bring_in(runtime: "Runtime", file: Path) -> None:
    """Declare the incident that `file` tells; raises BadHistory."""
    from incident.answers import KeyReused
    from incident.core.history import BadHistory
    from incident.core.rejected import Rejected

    command, key = told_by(file)
    try:
        answer = await runtime.desk.declare(command, key=key)
    except KeyReused:
        here = await runtime.journal.declaration(f"{command.by}:{key}")
        where = here.incident if here else "another incident"
        raise BadHistory(
            f"id: {where} was imported under it with other content, and is kept"
        ) from None
    except Rejected as refused:
        raise BadHistory(f"the file: {refused}") from None
    incident = answer.commit.incident
    if answer.repeated:
        say(f"{incident}  already here")
    else:
        say(f"{incident}  {len(answer.events)} entries  {printable(answer.commit.state.title)}")


def told_by(file: Path) -> tuple["Import", str]:
    """The command that recounts `file`, and the key under which it happens once."""
    from incident.core.commands import Import
    from incident.core.history import BadHistory, parse, recount

    try:
        record = parse(loaded(file))
        source = record.sources[0] if record.sources else record.id
        command = Import(by=IMPORTER, source=source, events=recount(record))
    except RecursionError:
        raise BadHistory("the file: is nested too deep") from None
    return command, f"import:{record.id}"


def loaded(file: Path) -> object:
    """What YAML makes of a file: small, flat, without aliases; raises BadHistory."""
    import yaml

    from incident.core.history import BadHistory

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = text_of(file)
    try:
        for trouble in troubles(yaml.parse(text, Loader=loader)):
            raise BadHistory(f"the file: {trouble}")
        return yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "the file"
        what = getattr(error, "problem", None) or "cannot be read"
        raise BadHistory(f"{where}: is not YAML: {what}") from None
    except (ValueError, OverflowError) as error:  # a date or a number that cannot be
        raise BadHistory(f"the file: {error}") from None


def troubles(events: Any) -> Iterator[str]:  # noqa: ANN401 (the parser's events are untyped)
    """What makes a file that is YAML more than a report needs."""
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            yield f"{line(event)} uses an alias; write it out"
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_LIMIT:
            yield f"{line(event)} is nested too deep"


def line(event: Any) -> str:  # noqa: ANN401 (likewise)
    return f"line {event.start_mark.line + 1}"


def text_of(file: Path) -> str:
    from incident.core.history import FILE_LIMIT, BadHistory

    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_LIMIT + 1)
    except OSError as error:
        raise BadHistory(f"cannot be read: {error.strerror}") from None
    if len(content) > FILE_LIMIT:
        raise BadHistory(f"the file: is larger than {FILE_LIMIT // 1024} KiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadHistory("the file: is not UTF-8 text") from None


def export(
    incident: Annotated[str, typer.Argument(metavar="INC-n", help="Which incident.")],
    format: Annotated[  # noqa: A002 (shown as --format)
        Format,
        typer.Option(
            help="md: post-mortem draft. json: the incident with its whole timeline. "
            "jsonl: one entry a line."
        ),
    ] = "md",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Instead of printing.")
    ] = None,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Print one incident, or write it to a file: as Markdown, JSON or JSON lines."""
    run(_export(options.filled(data, mongodb), incident, format, output))


async def _export(settings: "Settings", incident: str, form: Format, output: Path | None) -> None:
    from incident.cli.exporting import exported
    from incident.runtime import opened

    name = incident.upper()
    if not name.startswith("INC-") or not name[4:].isascii() or not name[4:].isdigit():
        raise misused("An incident is named like INC-7.")
    async with opened(settings) as runtime:
        text = await exported(runtime, name, form)
    if text is None:
        raise misused(f"There is no {name} here.")
    if output is None:
        typer.echo(text, nl=False)
    else:
        write(text, output)
        remark(printable(f"{name} is in {output}."))


def write(text: str, output: Path) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Ending(f"{output} cannot be written: {error.strerror}.") from None
