"""`incident doctor`: what a server needs, tried one by one, each with the fix to type.

It repairs nothing itself, and sends nothing but the one letter that was asked for.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

from incident.cli import machine, outward, probe
from incident.cli.ending import WRONG, printable, say
from incident.cli.machine import Check
from incident.runtime import Runtime, address, opened
from incident.settings import Settings, WrongSettings
from incident.store.errors import StoreAway, Unusable

SKEW = timedelta(seconds=2)
"""Beyond this, times that people type and deadlines that the database keeps disagree visibly."""


async def examine(read: Callable[[], Settings], mail_to: str | None = None) -> int:
    """Print a line for everything that is checked; 1 when something fails."""
    failed = False
    if mail_to is not None:
        outward.checked_address(mail_to)
    async for check in checks(read, mail_to):
        failed |= check.state == "fail"
        say(printable(f"{check.state:<5} {check.what}"))
        if check.fix:
            say(printable(f"      {check.fix}"))
    return WRONG if failed else 0


async def checks(read: Callable[[], Settings], mail_to: str | None = None) -> AsyncIterator[Check]:
    yield machine.python()
    yield machine.zones()
    try:
        settings = read()
    except WrongSettings as error:
        yield Check("fail", f"settings: {error}", "Correct it; what follows needs it.")
        return
    yield machine.variables()
    yield machine.base_url(settings)
    yield machine.bootstrap_token(settings)
    yield machine.folder(settings)
    yield machine.port(settings)
    async for check in outward.checks(settings, mail_to):
        yield check
    if address(settings) is None:
        yield await machine.mongod(settings)
    async for check in database(settings):
        yield check


async def database(settings: Settings) -> AsyncIterator[Check]:
    """What a server's database has to be able to do."""
    try:
        async with opened(settings) as runtime:
            async for check in found(runtime):
                yield check
    except (Unusable, StoreAway) as error:
        fix = "" if isinstance(error, Unusable) else "Start it, or correct INCIDENT_MONGODB_URI."
        yield Check("fail", f"database: {error}", fix)


async def found(runtime: Runtime) -> AsyncIterator[Check]:
    yield Check("ok", f"database: MongoDB {await runtime.database.version()}")
    took = await probe.writes(runtime.database)
    yield Check("ok", f"writes: a majority has one after {took * 1000:.0f} ms")
    try:
        took = await probe.hears(runtime.database)
        yield Check("ok", f"change stream: hears of a write after {took * 1000:.0f} ms")
    except TimeoutError:
        yield Check(
            "fail",
            "change stream: never told of a write",
            "Servers will see each other's commits only every 5 s. See the log of MongoDB.",
        )
    yield clock(await runtime.database.now() - datetime.now(UTC))


def clock(skew: timedelta) -> Check:
    """Deadlines follow the database's clock, people look at this machine's."""
    if abs(skew) <= SKEW:
        return Check("ok", f"clocks: {abs(skew).total_seconds() * 1000:.0f} ms apart")
    ahead = "ahead of" if skew > timedelta() else "behind"
    return Check(
        "warn",
        f"clocks: the database's is {abs(skew).total_seconds():.0f} s {ahead} this machine's",
        "Keep both by NTP: timedatectl set-ntp true",
    )
