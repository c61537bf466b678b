"""The parts of a post-mortem draft that are lists: roles, decisions, actions, updates.

Every string is ready for Markdown. Nothing here adds to what the log says.
"""

from collections.abc import Iterator, Sequence

from incident.core import events as ev
from incident.core import learned
from incident.core.chronicle import entry_type
from incident.core.history import REPORT
from incident.core.markdown import inline, opening
from incident.core.phrases import date_and_clock, listed
from incident.core.pieces import Action
from incident.core.story import Story, mark, said, timeline
from incident.core.titles import role_title
from incident.core.values import ENDED, Moment, RoleName, Value

HELPERS = {
    "incidentCommander": "in incident command",
    "communicationsLead": "in communications",
    "operationsLead": "in operations",
}
FROM_FIRST_ENTRY = (
    "The report does not say when roles were taken: each is shown from its holder's first entry."
)


class Table(Value):
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table without the columns in which no row has anything."""
    kept = [n for n in range(len(header)) if any(row[n] for row in rows)]
    return Table(
        header=tuple(header[n] for n in kept),
        rows=tuple(tuple(row[n] for n in kept) for row in rows),
    )


def roles(story: Story) -> Table:
    """Who held what, from when until when."""
    rows = [
        (role_title(role).capitalize(), inline(who), since, until)
        for role in story.incident.roles
        for who, since, until in terms(story, role)
    ]
    return table(("Role", "Who", "From", "Until"), rows)


def terms(story: Story, role: RoleName) -> Iterator[tuple[str, str, str]]:
    """Each holder of `role` with the moments at which they took it and gave it up."""
    over = "the end" if story.incident.status in ENDED else "still held"
    held: list[tuple[str, Moment, Moment | None]] = []
    for line in story.log:
        match line.event:
            case ev.RoleAssigned() | ev.RoleAccepted() | ev.RoleReleased() as event if (
                event.role == role
            ):
                if held and held[-1][2] is None:
                    held[-1] = (*held[-1][:2], event.at)
                if not isinstance(event, ev.RoleReleased):
                    held.append((event.holder, event.at, None))
            case _:
                pass
    for number, (who, since, until) in enumerate(held):
        assumed = number == 0 and role in story.not_told
        yield (
            who,
            "not told" if assumed else date_and_clock(since),
            date_and_clock(until) if until else over,
        )


def role_notes(story: Story) -> tuple[str, ...]:
    """Who else there was, and what a report leaves open."""
    helpers = story.incident.metadata.get("helpers")
    found = helpers if isinstance(helpers, dict) else {}
    notes = [
        f"Also {where}: {listed([inline(name) for name in learned.names(found, role)])}."
        for role, where in HELPERS.items()
        if learned.names(found, role)
    ]
    if story.imported and any(line.event.kind == "role_assigned" for line in story.log):
        notes.append(FROM_FIRST_ENTRY)
    return tuple(notes)


def decisions(story: Story) -> tuple[str, ...]:
    """In the order of time, as list items; the timeline has their times."""
    found = (line for line in timeline(story) if entry_type(line.event) == "decision")
    return tuple(
        f"{opening(line.event.by)}: {said(story, line)} ({mark(line)})"
        for line in sorted(found, key=lambda line: (line.event.at, line.number))
    )


def actions(story: Story) -> Table:
    approved = "Approved" if story.imported else "Approved by"
    return table(
        ("ID", "Action", "Target", "Region", "Owner", "Status", approved, "Executed on"),
        [action_row(story, action) for action in story.incident.actions],
    )


def action_row(story: Story, action: Action) -> tuple[str, ...]:
    by = action.approved_by
    if story.imported and action.created_by == REPORT:
        approved = "yes" if by else "no"
    else:
        approved = inline(by or "")
    return (
        action.id,
        inline(action.description),
        inline(action.target or ""),
        inline(action.region or ""),
        inline(action.owner or ""),
        action.status,
        approved,
        inline(elsewhere(action)),
    )


def elsewhere(action: Action) -> str:
    """Where it really ran, if that is not what it was meant for."""
    ran_on = action.executed_on or ""
    return ran_on if ran_on != action.target else ""


def action_notes(story: Story) -> tuple[str, ...]:
    """Where something ran elsewhere than it was meant to: a fact, and nobody's fault."""
    notes = [
        f"{action.id} was meant for {inline(action.target or 'no target in particular')} "
        f"and ran on {inline(elsewhere(action))}."
        for action in story.incident.actions
        if elsewhere(action)
    ]
    if any(story.untimed(line) for line in story.log):
        notes.append("The report gives no times for these, so they are not in the timeline.")
    return tuple(notes)


def updates(story: Story) -> Table:
    rows = []
    for line in story.log:
        if isinstance(line.event, ev.UpdatePosted):
            event = line.event
            due = date_and_clock(event.due_at) if event.due_at else ""
            when = date_and_clock(event.at)
            rows.append((when, event.audience, inline(event.by), due, f"T{line.number}"))
    return table(("Sent", "To", "By", "Next one promised by", "Entry"), rows)
