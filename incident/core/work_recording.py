"""What events about the work write into the state: fixes, and what may be the cause.

It records and derives, it decides nothing; `recording` has the rest.
"""

from typing import TYPE_CHECKING, Any

from incident.core import events as ev

if TYPE_CHECKING:
    from incident.core.incident import Incident

SYSTEM = "system"

NOT_QUEUED: dict[str, Any] = {"run_after": None, "queued_by": None}


def judged(incident: "Incident", event: ev.HypothesisJudged) -> dict[str, Any]:
    word = {"verdict": event.verdict, "by": event.by, "at": event.at, "reason": event.reason}
    return on_hypothesis(incident, event.hypothesis, **word, **weighed(incident, event))


def cited(incident: "Incident", event: ev.EvidenceCited) -> dict[str, Any]:
    return on_hypothesis(incident, event.hypothesis, **weighed(incident, event))


def weighed(
    incident: "Incident", event: ev.HypothesisJudged | ev.EvidenceCited
) -> dict[str, tuple[int, ...]]:
    """What speaks for and against it now: of each entry, the last that was said counts."""
    found = incident.hypothesis(event.hypothesis)
    if found is None:
        return {}
    told_for, against = map(set, event.evidence)
    return {
        "speaks_for": tuple(sorted(({*found.speaks_for} | told_for) - against)),
        "speaks_against": tuple(sorted(({*found.speaks_against} - told_for) | against)),
    }


def on_hypothesis(incident: "Incident", hypothesis: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of the hypothesis)
    """The hypotheses with `changes` made to the one named `hypothesis`."""
    changed = tuple(
        h.model_copy(update=changes) if h.id == hypothesis else h for h in incident.hypotheses
    )
    return {"hypotheses": changed}


def on_action(incident: "Incident", action: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of the action)
    """The actions with `changes` made to the one named `action`."""
    changed = tuple(a.model_copy(update=changes) if a.id == action else a for a in incident.actions)
    return {"actions": changed}


def queued(incident: "Incident", event: ev.ActionQueued) -> dict[str, Any]:
    """It waits; where the server put it behind another, whoever asked for it still did."""
    action = incident.action(event.action)
    asked_by = action.queued_by if action and event.by == SYSTEM else None
    asked = {"run_after": event.after, "queued_by": asked_by or event.by}
    return on_action(incident, event.action, **asked)


def described(event: ev.ActionDescribed) -> dict[str, Any]:
    """Other words; with another estimate it is not overdue before that has passed as well."""
    names = ("description", "impact", "estimate")
    told = {name: value for name in names if (value := getattr(event, name)) is not None}
    return told | ({"overdue": False} if "estimate" in told else {})
