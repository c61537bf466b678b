"""What is decided with besides the incident itself: the policy that holds now, and who is on call.

Gathered before, by others; nothing here looks anything up.
"""

from incident.core.oncall.roster import Roster
from incident.core.policy import BUILT_IN, Policy
from incident.core.values import Value


class Surroundings(Value):
    """`revision` is that of `policy`; 0 is the built-in one."""

    policy: Policy = BUILT_IN
    revision: int = 0
    roster: Roster = Roster()
