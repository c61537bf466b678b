"""The brief as plain text: what whoever takes a role reads, or has read to them, in a minute.

People are named as they are called. What stands in a brief is not decided here; nothing is
escaped.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from incident.core.brief import Brief, Due, Said
from incident.core.phrases import clock, date_and_clock, listed, span
from incident.core.pieces import Action, Hypothesis
from incident.core.titles import role_title
from incident.core.values import Moment

LINE_LIMIT = 200
"""Characters of a line that somebody wrote; the rest is in the timeline."""


AROUND = "(),;:."
"""What may stand around a name in a sentence of ours."""

Names = Mapping[str, str]


def in_words(brief: Brief, incident: str, role: str, now: Moment, names: Names) -> str:
    """Lines of plain text, with no empty section but the promises to people.

    `names` by handle; who has none is told by their handle.
    """
    brief = with_names(brief, names)
    return "\n".join([
        f"{incident}: {brief.summary}",
        f"Brief for the {role_title(role)}, {date_and_clock(now)}",
        standing(brief, now),
        f"{brief.holder} has the role." if brief.holder else "Nobody has the role.",
        f"{brief.escalation}.",
        *section("They want you to know", [on_one_line(brief.offered)] if brief.offered else []),
        *section("Decided in the last 30 minutes", [entry(one) for one in brief.decisions]),
        *section("Running", [running(one, now) for one in brief.running]),
        *section("Waiting", [waiting(one) for one in brief.waiting]),
        *section("Hypotheses", [hypothesis(one) for one in brief.hypotheses]),
        *section("Next updates", [promise(one, now) for one in brief.updates_due]),
        told(brief.last_told),
    ])  # fmt: skip


def with_names(brief: Brief, names: Names) -> Brief:
    """The brief with names in place of handles."""

    def named(action: Action) -> Action:
        fields = {"owner": action.owner, "approved_by": action.approved_by}
        called = {field: name_of(who, names) for field, who in fields.items() if who}
        return action.model_copy(update=called)

    def by_name(said: Said) -> Said:
        return said.model_copy(update={"by": name_of(said.by, names)})

    return brief.model_copy(
        update={
            "holder": name_of(brief.holder, names) if brief.holder else None,
            "decisions": tuple(by_name(one) for one in brief.decisions),
            "running": tuple(named(one) for one in brief.running),
            "waiting": tuple(named(one) for one in brief.waiting),
            "escalation": naming(brief.escalation, brief.called, names),
        }
    )


def name_of(handle: str, names: Names) -> str:
    return on_one_line(names.get(handle) or handle)


def naming(sentence: str, people: Sequence[str], names: Names) -> str:
    """A sentence of ours with names for those handles of `people` that stand in it."""
    return " ".join(named_word(word, people, names) for word in sentence.split(" "))


def named_word(word: str, people: Sequence[str], names: Names) -> str:
    bare = word.strip(AROUND)
    return word.replace(bare, name_of(bare, names)) if bare in people else word


def standing(brief: Brief, now: datetime) -> str:
    phase = f" ({brief.phase})" if brief.phase else ""
    return f"Severity {brief.severity}, {brief.status}{phase}, for {span(now - brief.since)}."


def section(title: str, lines: Sequence[str]) -> Iterator[str]:
    """A heading and its lines; nothing where there are none."""
    if lines:
        yield f"{title}:"
        yield from (f"- {line}" for line in lines)


def entry(said: Said) -> str:
    return f"{clock(said.at)} {said.by}: {on_one_line(said.message)} (T{said.number})"


def running(action: Action, now: datetime) -> str:
    since = f", for {span(now - action.started_at)}" if action.started_at else ""
    late = ", longer than estimated" if action.overdue else ""
    return f"{fix(action)}{since}{late}"


def waiting(action: Action) -> str:
    approved = f", approved by {action.approved_by}" if action.approved_by else ", not approved"
    after = f", runs after {action.run_after}" if action.run_after else ""
    return f"{fix(action)}{approved}{after}"


def fix(action: Action) -> str:
    """`ACT-2 (mei): Restart the proxies, on proxies in eu-west-1`."""
    owner = f" ({action.owner})" if action.owner else ""
    target = f", on {action.target}" if action.target else ""
    region = f" in {action.region}" if action.region else ""
    return f"{action.id}{owner}: {on_one_line(action.description)}{target}{region}"


def hypothesis(one: Hypothesis) -> str:
    sides = {"for": one.speaks_for, "against": one.speaks_against}
    told = [f"{side} {listed([f'T{n}' for n in cited])}" for side, cited in sides.items() if cited]
    evidence = f" ({'; '.join(told)})" if told else ""
    return f"{one.id} {one.verdict}: {on_one_line(one.description)}{evidence}"


def promise(due: Due, now: datetime) -> str:
    late = due.missed or due.due_at <= now
    return f"{due.audience} at {clock(due.due_at)} UTC{', which is past' if late else ''}"


def told(last: Said | None) -> str:
    if last is None:
        return "Customers have been told nothing yet."
    return f"Customers were last told at {clock(last.at)} UTC: {on_one_line(last.message)}"


def on_one_line(text: str) -> str:
    """A person's words, so that no line of them passes for one of ours."""
    line = " ".join(text.split())
    return line if len(line) <= LINE_LIMIT else f"{line[: LINE_LIMIT - 1]}…"
