"""How a command ends: what is printed where, and with which exit code.

0 done, 1 something is wrong, 2 used wrongly. Nothing that a person can cause ends in a
traceback; a defect of this program does.
"""

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import typer

WRONG, MISUSED, INTERRUPTED = 1, 2, 130


class Ending(Exception):
    """The command ends here, with one or two sentences and an exit code."""

    def __init__(self, sentence: str, code: int = WRONG) -> None:
        super().__init__(sentence)
        self.code = code


def misused(sentence: str) -> Ending:
    """The command was given something that it cannot be given."""
    return Ending(sentence, MISUSED)


def run(work: Coroutine[Any, Any, int | None]) -> None:
    """Do `work` in an event loop, and end the command with what it returns (None: 0)."""
    import asyncio

    with plainly():
        code = asyncio.run(work)
        if code:
            raise typer.Exit(code)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what a person can cause into a sentence and an exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        complain("Stopped.")
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        ending = ending_of(error)
        if ending is None:
            raise
        complain(str(ending))
        raise typer.Exit(ending.code) from None


def ending_of(error: BaseException) -> Ending | None:
    """What to say about `error`; None for a defect of this program."""
    from incident.core.rejected import Rejected
    from incident.policy_file.faults import Unloadable
    from incident.settings import WrongSettings
    from incident.store.errors import OutcomeUnknown, StoreAway, Unusable

    match error:
        case BaseExceptionGroup():
            return next(filter(None, map(ending_of, error.exceptions)), None)
        case Ending():
            ending = error
        case WrongSettings():
            ending = misused(sentence(error))
        case OutcomeUnknown():
            ending = Ending(f"{sentence(error)} Run the same command again to find out.")
        case StoreAway():
            ending = Ending(f"{sentence(error)} Run the same command again once it does.")
        case Unloadable():
            ending = misused(f"INCIDENT_POLICY is wrong: {error}")
        case Unusable() | Rejected():
            ending = Ending(str(error))
        case _:
            return driver_refusal(error)
    return ending


def sentence(error: BaseException) -> str:
    return f"{str(error).rstrip('.')}."


def driver_refusal(error: BaseException) -> Ending | None:
    """The database refused, as where its user may only read.

    Known by its module, because the driver is imported by the store alone.
    """
    if not type(error).__module__.startswith("pymongo."):
        return None
    details = getattr(error, "details", None) or {}
    return Ending(f"MongoDB refuses: {details.get('errmsg', error)}")


def say(text: str = "") -> None:
    """For people and for pipes: standard output."""
    typer.echo(text)


def remark(text: str = "") -> None:
    """For people only: standard error."""
    typer.echo(text, err=True)


def complain(text: str) -> None:
    """Say what went wrong."""
    remark(printable(text))


def printable(text: str) -> str:
    """`text` without characters that steer a terminal; its line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
