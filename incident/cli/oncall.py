"""`incident oncall`: who is on call, when and where, and why.

The answer is the one that pages go by. From the server's database, or from a policy file alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incident.cli import options
from incident.cli.ending import WRONG, misused, printable, remark, run, say
from incident.cli.policy import text_of
from incident.cli.table import table
from incident.cli.times import moment, shown

if TYPE_CHECKING:
    from incident.core.oncall.roster import Roster
    from incident.core.oncall.watches import Duty, Watch
    from incident.core.surroundings import Surroundings
    from incident.settings import Settings

Subject = tuple[str, "Watch"]
"""A role, or a rotation that serves none, and who is on call for it."""


def oncall(  # noqa: PLR0913, PLR0917 (one for each option)
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Such as 2026-07-14T23:30Z; else now.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(help="Whoever is in it first, such as eu-central; one that a rotation has."),
    ] = None,
    role: Annotated[str | None, typer.Option(help="This role only.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why, since when, until when, who is next.")
    ] = False,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ask a policy file instead of the server's database."),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Of a TIME without offset; else local.")
    ] = None,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Say who is on call, now or at any time."""
    question = Question(at, timezone, region, role, explain)
    run(_oncall(question, policy, data, mongodb))


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed."""

    at: str | None
    timezone: str | None
    region: str | None
    role: str | None
    explain: bool


async def _oncall(
    question: Question, policy: Path | None, data: Path | None, mongodb: str | None
) -> int:
    asked = moment(question.at, question.timezone) if question.at else None
    refuse_far(asked)
    if policy:
        found = from_file(policy, asked)
    else:
        found = await from_database(options.filled(data, mongodb))
    if found is None:
        return WRONG
    around, now = found
    answer(around, question, asked or now)
    return 0


def refuse_far(at: datetime | None) -> None:
    """Such a time is a slip of the fingers, and would take long to answer."""
    from incident.core.oncall.moments import in_sight

    if at and not in_sight(at, datetime.now(UTC)):
        raise misused(f"{shown(at)} is too far away. Ask for a time within 10 years of now.")


def from_file(file: Path, at: datetime | None) -> "tuple[Surroundings, datetime] | None":
    """What a file says, everybody in it being there; None when it cannot be used."""
    from incident.core.oncall.roster import Roster
    from incident.core.surroundings import Surroundings
    from incident.policy_file.faults import line_of
    from incident.policy_file.verdict import read

    now = at or datetime.now(UTC)
    verdict = read(text_of(file), now)
    if verdict.file is None:
        for fault in verdict.errors:
            say(printable(line_of(file, fault)))
        remark(printable(f"{file} cannot be used."))
        return None
    people = frozenset[str]().union(*(schedule.people() for schedule in verdict.file.schedules))
    roster = Roster(schedules=verdict.file.schedules, people=people)
    return Surroundings(policy=verdict.file.policy, roster=roster), now


async def from_database(settings: "Settings") -> "tuple[Surroundings, datetime]":
    from incident.orders import Orders
    from incident.policy_loading import Loading
    from incident.runtime import opened

    async with opened(settings) as runtime:
        told = Loading.on(runtime.database)
        orders = Orders(told.policies, told.rotations, told.directory, told.revisions)
        await orders.prepare()
        return orders.current(), runtime.clock()


def answer(around: "Surroundings", question: Question, at: datetime) -> None:
    role, known = question.role, around.policy.roles
    if role is not None and role not in known:
        raise misused(f"There is no role '{role}'. There are: {', '.join(known)}")
    if question.region is not None and around.roster.schedules:
        refuse_unknown_region(question.region, around.roster)
    found = list(subjects(around, role, [question.region] if question.region else [], at))
    if not found:
        say("There are no rotations yet. Load some: incident policy load FILE")
    elif question.explain:
        say(printable("\n\n".join(explained(name, watch, at) for name, watch in found)))
    else:
        rows = [row for name, watch in found for row in rows_of(name, watch)]
        table(("FOR", "ON CALL", "REGION", "ROTATION", "SINCE", "UNTIL"), rows)


def refuse_unknown_region(region: str, roster: "Roster") -> None:
    """A slip of the fingers must not be answered like a region in which nobody is."""
    from incident.core.oncall.roster import akin

    known = regions_of(roster)
    if not known:
        raise misused("No rotation has a region. Ask without --region.")
    if not any(akin(one, region) for one in known):
        raise misused(f"No rotation has the region '{region}'. There are: {', '.join(known)}")


def regions_of(roster: "Roster") -> list[str]:
    """Every region that somebody is on call in, by name."""
    layers = [layer for schedule in roster.schedules for layer in schedule.layers]
    stations = {station.region for layer in layers for station in layer.stations}
    return sorted(stations | {one.region for one in roster.schedules if one.region})


def subjects(
    around: "Surroundings", role: str | None, regions: list[str], at: datetime
) -> Iterator[Subject]:
    """The role that was asked for, or every one that has a rotation, then other rotations."""
    roster: Roster = around.roster
    for name in [role] if role else around.policy.roles:
        if role or roster.of_role(name):
            yield name, roster.on_call(name, regions, at)
    for schedule in () if role else roster.schedules:
        if schedule.role is None:
            yield schedule.name, roster.of_rotation(schedule.name, at)


def rows_of(name: str, watch: "Watch") -> Iterator[tuple[str, ...]]:
    for duty in watch.people:
        where = duty.region or "-"
        yield name, duty.person, where, duty.schedule, shown(duty.since), shown(duty.until)
    if not watch.people:
        yield name, "nobody", "-", "-", shown(watch.since), shown(watch.until)


def explained(name: str, watch: "Watch", at: datetime) -> str:
    """Whole sentences, for somebody who has to do something about it."""
    lines = [f"{name} at {shown(at)}"]
    lines += [line for duty in watch.people for line in on_duty(duty)]
    if not watch.people:
        whole = watch.reason.startswith("nobody is on call")
        told = watch.reason if whole else f"nobody is on call: {watch.reason}"
        lines.append(f"  {told[:1].upper()}{told[1:]}.")
    if coming := watch.next:
        lines.append(f"  Next: {coming.person} at {shown(coming.at)} ({coming.schedule}).")
    else:
        lines.append("  Next: nobody else is in sight.")
    return "\n".join(lines)


def bound(moment_: datetime | None) -> str:
    return shown(moment_) if moment_ else "as far as can be seen"


def on_duty(duty: "Duty") -> Iterator[str]:
    place = f", {duty.region}" if duty.region else ""
    yield f"  {duty.person} is on call ({duty.schedule}{place})"
    yield f"  since {shown(duty.since)}, until {bound(duty.until)}."
    yield f"  Why: {duty.why}."
    if duty.note:
        yield f"  Note: {duty.note}."
