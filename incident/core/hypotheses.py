"""What people think is the cause: raised, supported, eliminated; nothing is ever forgotten."""

from datetime import datetime

from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.incident import Incident, evolve
from incident.core.lifecycle import still_worked_on
from incident.core.rejected import Rejected


def raise_one(incident: Incident, command: work.RaiseHypothesis, now: datetime) -> list[ev.Event]:
    still_worked_on(incident)
    name = f"H{len(incident.hypotheses) + 1}"
    return [
        ev.HypothesisRaised(by=command.by, at=now, hypothesis=name, description=command.description)
    ]


def judge(incident: Incident, command: work.JudgeHypothesis, now: datetime) -> list[ev.Event]:
    """Say what speaks for or against it, or what is to be thought of it now."""
    found = incident.hypothesis(command.hypothesis)
    if found is None:
        raise Rejected("no-such-hypothesis", f"There is no hypothesis {command.hypothesis}.")
    cited = (*command.entries, *command.against)
    unknown = [number for number in cited if not 1 <= number <= incident.entries]
    if unknown:
        raise Rejected("no-such-entry", f"There is no entry T{unknown[0]}.")
    if both := {*command.entries} & {*command.against}:
        raise Rejected("bad-evidence", f"T{min(both)} speaks either for or against it.")
    told = command.model_dump(exclude={"authority"})
    if command.verdict is None:
        del told["verdict"]
        return news(incident, ev.EvidenceCited(at=now, **told))
    if found.verdict == command.verdict and not (command.reason or cited):
        return []
    return [ev.HypothesisJudged(at=now, **told)]


def news(incident: Incident, cited: ev.EvidenceCited) -> list[ev.Event]:
    """The citation, unless all of it is known already and nothing is said about it."""
    known = evolve(incident, cited).hypotheses == incident.hypotheses
    return [] if known and not (cited.reason and (cited.entries or cited.against)) else [cited]
