"""What may follow the question mark where the past of an incident is asked for."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from incident.web.api_query import PAGE, After, Limit, Query, whole

Step = Annotated[int, Field(ge=0, le=2**31), BeforeValidator(whole)]


class TapeQuery(Query):
    after: After = 0
    """Only ticks of commits after this `seq`; phases and severities are always whole."""


class ChangesQuery(Query):
    after: After = 0
    """Only what changed after this `seq`."""
    step: Step = 0
    """Where that is an import: only what changed after this step of it."""
    limit: Limit = PAGE
    """How many frames at most."""


class CatchUpQuery(Query):
    after: After | None = None
    """The last `seq` that was seen; from the declaration on when absent."""
