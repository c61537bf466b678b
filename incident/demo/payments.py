"""Card payments fail in Europe: what has happened when the visitor comes in.

The rest happens before their eyes, in `payments_live`.
"""

from datetime import datetime, timedelta

from incident.core import commands as do
from incident.core import work_commands as work
from incident.demo.script import Line, alert, fix, note

MIN = 60.0
IN_TIME = timedelta(minutes=15)
"""When customers were promised the next word."""


def beginning(began: datetime) -> Line:
    """Mei declares what began six minutes earlier."""
    wish = do.Declare(
        by="mei",
        title="Card payments failing in Europe",
        description="Checkout shows 'payment could not be completed' to a part of European "
        "customers. Cards of all banks, web and app alike.",
        severity=2,
        start_time=began - timedelta(minutes=6),
        detected_time=began - timedelta(minutes=1),
        affected_services=("payments-api", "ledger-db", "checkout-web"),
        affected_regions=("eu-west-1",),
    )
    return Line(0, wish)


SO_FAR = (
    alert(12, "CheckoutErrorBurn firing in eu-west-1: burning the error budget 14 times too fast"),
    Line(50, do.Acknowledge(by="mei")),
    note(40, "mei", "Errors are all timeouts from payments-api to ledger-db. Other regions fine."),
    Line(35, do.AssignRole(by="ada", role="incident_commander", assignee="ada")),
    Line(15, do.AssignRole(by="ada", role="operations_lead", assignee="mei")),
    Line(20, do.AssignRole(by="priya", role="communications_lead", assignee="priya")),
    note(
        2 * MIN,
        "priya",
        "Support has 64 tickets, all with European cards. None from the US or Asia.",
    ),
    Line(
        MIN,
        do.PostUpdate(
            by="priya",
            audience="leadership",
            message="Part of card payments in Europe has been failing for a quarter of an hour. "
            "The team is on it, cause not known yet.",
        ),
    ),
    Line(
        MIN,
        work.ProposeAction(
            by="mei",
            description="Pause the settlement jobs, which hold long transactions",
            target="settlement-jobs",
            region="eu-west-1",
            impact="Merchants are paid an hour later",
            risk="low",
        ),
    ),
    fix(30, "ada", "ACT-1", approved=True),
    fix(20, "mei", "ACT-1", status="in-progress"),
    note(3 * MIN, "mei", "Settlement is paused. Lock waits are gone, timeouts are not."),
    fix(20, "mei", "ACT-1", status="completed"),
    alert(2 * MIN, "3 alerts cleared in us-east-1. 4 still firing in eu-west-1."),
    note(
        2 * MIN,
        "samir",
        "Writes on the ledger-db primary wait 40 times longer for the disk than an hour ago. "
        "The volume under it is degraded; the provider confirms.",
    ),
    Line(
        MIN,
        do.SetStatus(
            by="ada",
            status="active",
            phase="identified",
            reason="Degraded volume under the ledger-db primary in eu-west-1a",
        ),
    ),
    Line(30, do.AssignRole(by="priya", role="communications_lead", assignee="tomas")),
    Line(
        90,
        do.PostUpdate(
            by="tomas",
            audience="customers",
            message="Some card payments in Europe are failing. We have found the cause and are "
            "preparing the remedy. Payments that fail are not charged.",
            next_update_in=IN_TIME,
        ),
    ),
    Line(
        2 * MIN,
        work.ProposeAction(
            by="mei",
            owner="samir",
            description="Fail ledger-db over to eu-west-1b",
            target="ledger-db",
            region="eu-west-1",
            impact="Up to 30 s of lost writes, which finance replays from the queue",
            risk="high",
            estimate=timedelta(minutes=10),
        ),
    ),
    note(MIN, "priya", "212 tickets now. Two large merchants have called."),
)
