"""The incidents of the days before, for the list: one closed, one resolved, one drill.

Each is told in a few lines; `PAST` says how long ago it began.
"""

from datetime import timedelta

from incident.core import commands as do
from incident.core import work_commands as work
from incident.demo.script import Line, alert, decision, fix, note

MIN = 60.0

LOGIN_CODES = (
    Line(
        0,
        do.Declare(
            by="samir",
            title="Login codes arrive ten minutes late",
            severity=3,
            affected_services=("login", "sms-gateway"),
            affected_regions=("eu-west-1", "us-east-1"),
        ),
    ),
    Line(2 * MIN, do.Acknowledge(by="samir")),
    Line(MIN, do.AssignRole(by="samir", role="incident_commander", assignee="samir")),
    note(6 * MIN, "samir", "The queue to the first SMS provider is 40,000 long and growing."),
    Line(
        4 * MIN,
        work.ProposeAction(
            by="mei",
            description="Send codes by the second provider",
            target="sms-gateway/routing",
            risk="low",
        ),
    ),
    fix(3 * MIN, "mei", "ACT-1", status="in-progress"),
    fix(5 * MIN, "mei", "ACT-1", status="completed"),
    Line(4 * MIN, do.SetStatus(by="samir", status="mitigated", reason="Codes arrive in 5 s")),
    Line(55 * MIN, do.SetStatus(by="samir", status="resolved", reason="First provider is back")),
    Line(
        20 * MIN * 60,
        do.SetStatus(by="samir", status="closed", reason="Post-mortem: automatic change of route"),
    ),
)

SEARCH = (
    Line(
        0,
        do.Declare(
            by="priya",
            title="Search shows products that are sold out",
            severity=4,
            affected_services=("search",),
            affected_regions=("ap-southeast-1",),
        ),
    ),
    Line(12 * MIN, do.Acknowledge(by="mei")),
    note(15 * MIN, "mei", "The index in ap-southeast-1 has not been written for nine hours."),
    decision(8 * MIN, "mei", "Build the index anew instead of repairing it: 25 minutes."),
    Line(
        MIN,
        work.ProposeAction(
            by="mei",
            description="Build the search index anew",
            target="search/index",
            region="ap-southeast-1",
        ),
    ),
    fix(MIN, "mei", "ACT-1", status="in-progress"),
    fix(26 * MIN, "mei", "ACT-1", status="completed"),
    Line(3 * MIN, do.SetStatus(by="mei", status="resolved", reason="Index is fresh")),
)

DRILL = (
    Line(
        0,
        do.Declare(
            by="ada",
            title="Drill: a whole zone goes dark",
            severity=2,
            drill=True,
            affected_services=("payments-api", "checkout-web"),
            affected_regions=("eu-west-1",),
        ),
    ),
    Line(MIN, do.Acknowledge(by="tomas")),
    Line(MIN, do.AssignRole(by="ada", role="incident_commander", assignee="tomas")),
    alert(2 * MIN, "ZoneDown eu-west-1c (drill)"),
    note(7 * MIN, "samir", "Traffic left eu-west-1c after 70 s, as it should."),
    note(9 * MIN, "priya", "The status page needed a login that was down. Worth a ticket."),
    Line(15 * MIN, do.SetStatus(by="tomas", status="resolved", reason="Drill over")),
)

PAST: tuple[tuple[str, timedelta, tuple[Line, ...]], ...] = (
    ("login-codes", timedelta(days=6, hours=3), LOGIN_CODES),
    ("drill", timedelta(days=4, hours=7), DRILL),
    ("search", timedelta(days=1, hours=16), SEARCH),
)
"""A name, how long ago it began, and what happened."""
