"""Card payments fail in Europe: what happens while the visitor looks on, in real seconds.

The first half is in `payments`.
"""

from incident.core import commands as do
from incident.core import work_commands as work
from incident.demo.payments import IN_TIME
from incident.demo.script import Line, alert, decision, fix, note

LIVE = (
    note(4, "samir", "Replica lag in eu-west-1b is 4 s and falling. Ready to promote."),
    alert(5, "CheckoutErrorRate in eu-west-1 is 11.8 %, rising"),
    Line(
        7,
        do.ChangeIncident(
            by="ada", severity=1, reason="1 in 9 European checkouts fails, and it is growing"
        ),
    ),
    decision(
        8,
        "ada",
        "Fail ledger-db over to eu-west-1b. We accept up to 30 s of lost writes; finance "
        "replays them from the queue.",
    ),
    Line(3, lambda incident: do.PinEntry(by="ada", entry=incident.entries)),
    fix(4, "ada", "ACT-2", approved=True),
    Line(6, do.AssignRole(by="priya", role="scribe", assignee="priya")),
    fix(5, "samir", "ACT-2", status="in-progress"),
    Line(
        5,
        do.SetStatus(by="ada", status="active", phase="fixing", reason="Failover has begun"),
    ),
    Line(
        8,
        work.ProposeAction(
            by="mei",
            description="Raise the connection limit of the ledger-db primary",
            target="ledger-db/primary",
            region="eu-west-1",
            impact="A restart of the primary, 20 s without writes",
            risk="medium",
        ),
    ),
    fix(7, "ada", "ACT-3", approved=True),
    Line(5, work.ChangeAction(by="mei", action="ACT-3", status="in-progress"), "target-busy"),
    note(
        6,
        "mei",
        "The board stopped me: Samir is on ledger-db with ACT-2. ACT-3 waits until he is done.",
    ),
    note(9, "samir", "Replica caught up. Promoting now."),
    Line(
        8,
        do.PostUpdate(
            by="tomas",
            audience="customers",
            message="We are switching European card payments to a healthy database. Some "
            "payments still fail; none that failed is charged.",
            next_update_in=IN_TIME,
        ),
    ),
    note(9, "samir", "eu-west-1b is primary and takes writes. 11 s of writes to replay."),
    fix(5, "samir", "ACT-2", status="completed"),
    alert(6, "LedgerWriteLatency resolved in eu-west-1"),
    note(8, "mei", "Errors in eu-west-1 went from 11.8 % to 3.2 %."),
    Line(
        7,
        work.ProposeAction(
            by="mei",
            description="Restart the two checkout-web pods that still talk to the old primary",
            target="checkout-web",
            region="eu-west-1",
            impact="None: the others carry the load",
            risk="low",
        ),
    ),
    decision(7, "ada", "No higher connection limit: the new primary does not need it."),
    fix(3, "mei", "ACT-3", status="abandoned"),
    fix(5, "ada", "ACT-4", approved=True),
    fix(4, "mei", "ACT-4", status="in-progress"),
    note(9, "priya", "No new tickets for three minutes."),
    fix(8, "mei", "ACT-4", status="completed"),
    alert(6, "CheckoutErrorBurn resolved in eu-west-1"),
    note(7, "mei", "Errors in eu-west-1 at 0.1 %, where they were before."),
    Line(
        8,
        do.SetStatus(
            by="ada", status="mitigated", reason="European checkouts succeed again, on eu-west-1b"
        ),
    ),
    Line(
        8,
        do.PostUpdate(
            by="tomas",
            audience="leadership",
            message="Card payments in Europe work again. About 2,900 payments failed, none was "
            "charged twice. We watch it and clean up.",
        ),
    ),
    note(10, "samir", "The old primary is fenced off. A new replica is filling in eu-west-1a."),
    note(12, "priya", "Finance has replayed the 41 writes from the queue; the books agree."),
    note(12, "samir", "The new replica has caught up: two healthy copies again."),
    Line(
        10,
        do.SetStatus(by="ada", status="resolved", reason="Redundant again, errors at their usual"),
    ),
    Line(
        8,
        do.PostUpdate(
            by="tomas",
            audience="customers",
            message="Card payments in Europe work normally again. We are sorry for the trouble "
            "and will publish what happened and what we change.",
        ),
    ),
    note(8, "ada", "Thank you all. Post-mortem on Thursday; the draft is one click away."),
)
