"""Times that people enter: how far ahead of ours their clock may run.

What a time means is not known here.
"""

from datetime import datetime, timedelta

from incident.core.rejected import Rejected

LEEWAY = timedelta(minutes=1)
"""How far a person's clock may run ahead of ours before a time counts as the future."""


def not_in_the_future(moment: datetime, now: datetime) -> None:
    """Refuse times that have not come yet."""
    if moment > now + LEEWAY:
        raise Rejected("bad-time", "That time is still to come. Check the date and the zone.")
