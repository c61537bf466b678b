"""What may follow the question mark where the past of an incident is asked for."""

from incident.web.api_query import After, Query


class TapeQuery(Query):
    after: After = 0
    """Only ticks of commits after this `seq`; phases and severities are always whole."""
