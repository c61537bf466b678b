"""Hypotheses over the API: what may be the cause, and what speaks for it. No rule stands here."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident import command_shapes
from incident.answers import Answer
from incident.core import events as ev
from incident.core.rejected import Rejected
from incident.web.api_incidents import by
from incident.web.command_bodies import HypothesisBody, VerdictBody
from incident.web.exchange import answered, parsed, submitted

HYPOTHESIS = re.compile(r"H[1-9][0-9]{0,5}")


async def propose(request: Request) -> Response:
    body = await parsed(request, HypothesisBody)
    answer = await submitted(request, body.command(by(request)))
    raised = answer.events[0]
    assert isinstance(raised, ev.HypothesisRaised)
    return answered(answer, shown(answer, raised.hypothesis), 201)


async def judge(request: Request) -> Response:
    name = named(request)
    body = await parsed(request, VerdictBody)
    answer = await submitted(request, body.judgement(by(request), name))
    return answered(answer, shown(answer, name))


def named(request: Request) -> str:
    """The hypothesis in the address; raises `Rejected`."""
    name: str = request.path_params["hypothesis"]
    if not HYPOTHESIS.fullmatch(name):
        raise Rejected("no-such-hypothesis", "A hypothesis has a name such as H1.")
    return name


def shown(answer: Answer, name: str) -> dict[str, Any]:
    """The hypothesis as the command left it."""
    found = answer.commit.state.hypothesis(name)
    assert found is not None
    return command_shapes.hypothesis(found)
