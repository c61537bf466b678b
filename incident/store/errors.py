"""What can go wrong with the database, in the words that the rest of the program uses.

It does not retry: whoever meets `StoreAway` knows better whether and when to ask again.
"""

from contextlib import AbstractContextManager
from types import TracebackType

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    CursorNotFound,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
)

# Answers of a server that is going down, stepping back or out of reach of its majority, where
# the driver does not make an error class of them (retryable codes of the driver specification).
AWAY_CODES = frozenset(
    {6, 7, 64, 89, 91, 133, 134, 189, 202, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436}
)
AWAY_LABELS = (
    "RetryableWriteError",
    "TransientTransactionError",
    "UnknownTransactionCommitResult",
)

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What reading a document raises that no version of this program has written."""


class StoreAway(Exception):
    """The database cannot be reached; nothing was changed, and asking again is safe."""


class OutcomeUnknown(StoreAway):
    """The database went away in the middle of a write, which may or may not have happened."""


class Unusable(Exception):
    """The database that was asked for cannot be used; the text says why and what helps."""


class MongoMissing(Unusable):
    """There is no mongod to start."""


class MongoFailed(Unusable):
    """There is a mongod, but it does not run; `code` is what it exited with."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class DataInUse(Unusable):
    """Another server, process `pid`, is using the data folder."""

    def __init__(self, sentence: str, pid: int | None) -> None:
        super().__init__(sentence)
        self.pid = pid


class Standalone(Unusable):
    """The mongod is not a member of a replica set, so its acknowledgements promise nothing."""


class TooOld(Unusable):
    """The server speaks an older protocol than the driver does."""


def reading() -> AbstractContextManager[None]:
    """Around reads: a database that is away is `StoreAway`."""
    return translated(StoreAway)


def writing() -> AbstractContextManager[None]:
    """Around writes: one that went away after it may have heard of them is `OutcomeUnknown`."""
    return translated(OutcomeUnknown)


class translated(AbstractContextManager[None]):  # noqa: N801 - reads as a function where it is used
    """Turn the driver's ways to say "away" into ours; every other error passes through.

    Not a decorator on purpose: around an `async def` it would be left before the work begins.
    """

    def __init__(self, lost: type[StoreAway] = OutcomeUnknown) -> None:
        self._lost = lost

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise the error's translation in its place, where it has one."""
        if not isinstance(error, PyMongoError) or not is_away(error):
            return
        if self._lost is StoreAway or never_sent(error):
            raise StoreAway("The database does not answer. Nothing was changed.") from error
        raise OutcomeUnknown(
            "The database went away meanwhile: this may or may not have been saved."
        ) from error


def is_away(error: PyMongoError) -> bool:
    """Whether the error tells about the database being away, not about what it was asked."""
    match error:
        case ConnectionFailure() | ExecutionTimeout() | WriteConcernError() | CursorNotFound():
            return True
        case BulkWriteError():
            return bool((error.details or {}).get("writeConcernErrors"))
        case OperationFailure() if error.code in AWAY_CODES:
            return True
        case _:
            return any(error.has_error_label(label) for label in AWAY_LABELS)


def never_sent(error: PyMongoError) -> bool:
    """Whether the driver or the server vouches that no write has begun.

    Being told "not primary" is no such proof: the driver's own earlier attempt may have been heard.
    """
    return isinstance(error, ServerSelectionTimeoutError) or error.has_error_label(
        "NoWritesPerformed"
    )
