"""A first draft of the post-mortem, made of nothing but the incident and its log.

The same log gives the same draft. Every string in it is Markdown in which people's text
says what they wrote and nothing more. Nothing here renders it, knows a clock, or judges
anyone.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from incident.core import drafted, learned
from incident.core import events as ev
from incident.core.drafted import Table, table
from incident.core.incident import Incident
from incident.core.markdown import heading, inline, link, paragraphs
from incident.core.measures import Measures, first_command, first_identified, measures
from incident.core.phrases import clock, date_and_clock, day, listed, span
from incident.core.record import Recorded, lines
from incident.core.story import Day, Story, days, mark, said
from incident.core.values import ENDED, Moment, Value


class Draft(Value):
    """What the template lays out. Where something is empty, people have to fill it in."""

    title: str
    approximate: bool
    summary: str
    description: tuple[str, ...]
    facts: Table
    impact: tuple[str, ...]
    times: Table
    escalation: tuple[str, ...]
    days: tuple[Day, ...]
    roles: Table
    role_notes: tuple[str, ...]
    decisions: tuple[str, ...]
    actions: Table
    action_notes: tuple[str, ...]
    updates: Table
    contributing_factors: tuple[str, ...]
    went_well: tuple[str, ...]
    could_be_improved: tuple[str, ...]
    surprised_us: tuple[str, ...]
    follow_ups: tuple[str, ...]
    links: tuple[str, ...]


RAISED = (
    ev.Paged,
    ev.PeopleCalled,
    ev.PageUndelivered,
    ev.Acknowledged,
    ev.AcknowledgementLapsed,
    ev.EscalationPaused,
    ev.EscalationEnded,
    ev.CommanderMissing,
    ev.ResponseMissed,
    ev.ResolveTargetMissed,
    ev.SeverityChanged,
    ev.UpdateMissed,
    ev.Reopened,
)
"""What the section on escalation tells."""


def draft(incident_id: str, incident: Incident, log: Iterable[Recorded]) -> Draft:
    """The draft for `incident`, whose whole log, oldest first, is `log`."""
    read = lines(log)
    imported = next((one.number for one in read if isinstance(one.event, ev.Imported)), 0)
    story = Story(id=incident_id, incident=incident, log=read, imported=imported)
    took = measures(incident, (line.event for line in read))
    dated, told = days(story), incident.metadata
    return Draft(
        title=heading(f"{incident_id}: {incident.title}"),
        approximate=any(one.time.startswith("~") for each in dated for one in each.entries),
        summary=summary(story, took),
        description=paragraphs(incident.description),
        facts=facts(incident_id, story, took),
        impact=learned.impact(told),
        times=times(story, took),
        escalation=escalation(story),
        days=dated,
        roles=drafted.roles(story),
        role_notes=drafted.role_notes(story),
        decisions=drafted.decisions(story),
        actions=drafted.actions(story),
        action_notes=drafted.action_notes(story),
        updates=drafted.updates(story),
        contributing_factors=learned.texts(told, "contributingFactors"),
        went_well=learned.texts(told, "whatWentWell"),
        could_be_improved=learned.texts(told, "whatCouldBeImproved"),
        surprised_us=learned.texts(told, "whatSurprisedUs"),
        follow_ups=learned.follow_ups(told),
        links=(*learned.sources(told), *(link(one.url, one.label) for one in incident.links)),
    )


def summary(story: Story, took: Measures) -> str:
    """When it began, what it touched, and how long each step took, in a few sentences."""
    incident = story.incident
    assert incident.start_time is not None, "an undeclared incident has no post-mortem"
    what = "drill" if incident.drill else "incident"
    start = incident.start_time
    began = f"This severity {incident.severity} {what} began on {day(start)} at {clock(start)} UTC"
    touched = [inline(name) for name in incident.affected_services]
    where = [inline(name) for name in incident.affected_regions]
    began += f" and affected {listed(touched)}" if touched else ""
    began += f" ({listed(where)})" if where else ""
    return " ".join([f"{began}.", *steps_taken(story, took), *outcome(incident)])


def steps_taken(story: Story, took: Measures) -> list[str]:
    """One sentence, such as `It was detected after 2 min and resolved after 24 h 11 min.`."""
    declared = None if "declared" in story.not_told else took.to_declare
    mitigated = None if took.to_mitigate == took.to_resolve else took.to_mitigate
    steps = {
        "detected": took.to_detect,
        "declared": declared,
        "acknowledged": took.to_acknowledge,
        "mitigated": mitigated,
        "resolved": took.to_resolve,
    }
    known = [
        f"{step} {after(passed)}"
        for step, passed in steps.items()
        if passed is not None and passed >= timedelta(0)
    ]
    return [f"It was {listed(known)}."] if known else []


def after(passed: timedelta) -> str:
    return f"after {span(passed)}" if passed >= timedelta(seconds=1) else "at once"


def outcome(incident: Incident) -> list[str]:
    """How it stands, where it was not simply resolved."""
    if incident.status == "cancelled":
        into = f" and merged into {inline(incident.merged_into)}" if incident.merged_into else ""
        return [f"It was cancelled{into}."]
    return [] if incident.status in ENDED else [f"It is not over yet: it is {incident.status}."]


def facts(incident_id: str, story: Story, took: Measures) -> Table:
    incident = story.incident
    assert incident.start_time is not None
    rows = [
        ("Status", incident.status),
        ("Severity", str(incident.severity)),
        ("Drill", "yes" if incident.drill else ""),
        ("Began", date_and_clock(incident.start_time)),
        ("Mitigated", moment_and_span(incident.mitigation_time, took.to_mitigate)),
        ("Resolved", moment_and_span(incident.resolution_time, took.to_resolve)),
        ("Services", inline(", ".join(incident.affected_services))),
        ("Regions", inline(", ".join(incident.affected_regions))),
    ]
    return table(("Incident", inline(incident_id)), [row for row in rows if row[1]])


def moment_and_span(moment: Moment | None, took: timedelta | None) -> str:
    if moment is None or took is None:
        return ""
    return f"{date_and_clock(moment)}, {after(took)}"


def times(story: Story, took: Measures) -> Table:
    """Detection, response and resolution: when, and how long after the start."""
    incident, log = story.incident, [line.event for line in story.log]
    answers = (line.event.by for line in story.log if isinstance(line.event, ev.Acknowledged))
    first = next(answers, None)
    by = f" by {inline(first)}" if first else ""
    steps: Sequence[tuple[str, str, Moment | None, timedelta | None]] = (
        ("", "Detected", incident.detected_time, took.to_detect),
        ("declared", "Declared", incident.declared_time, took.to_declare),
        ("", f"Acknowledged{by}", incident.acknowledged_time, took.to_acknowledge),
        ("incident_commander", "Commander in place", first_command(log), took.to_commander),
        ("", "Cause identified", first_identified(log), took.to_identify),
        ("", "Mitigated", incident.mitigation_time, took.to_mitigate),
        ("", "Resolved", incident.resolution_time, took.to_resolve),
    )
    rows = []
    for told_as, step, moment, passed in steps:
        if moment is None or passed is None or told_as in story.not_told:
            rows.append((step, absent(story), "", ""))
        else:
            minutes = f"{passed / timedelta(minutes=1):.1f}".removesuffix(".0")
            rows.append((step, date_and_clock(moment), span(passed), minutes))
    return table(("Step", "When", "After the start", "Minutes"), rows)


def absent(story: Story) -> str:
    """Why there is no time."""
    if story.imported:
        return "not told"
    return "not recorded" if story.incident.status in ENDED else "not yet"


def escalation(story: Story) -> tuple[str, ...]:
    """Who was paged and answered, what was late or missing, and changes of severity."""
    return tuple(
        f"{date_and_clock(line.event.at)}: {said(story, line)} ({mark(line)})"
        for line in story.log
        if isinstance(line.event, RAISED)
    )
