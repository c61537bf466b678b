"""Long work lets others go on, as often as it must and no oftener."""

import asyncio

from incident.store.turns import TURN, Turns


async def others_had_a_turn(passed: float) -> bool:
    """Whether anybody else came to anything, so many seconds after the work began."""
    now = 0.0
    turns = Turns(lambda: now)
    seen: list[None] = []
    asyncio.get_running_loop().call_soon(seen.append, None)
    now += passed
    await turns.taken()
    return bool(seen)


async def test_others_wait_for_a_turn_and_no_longer() -> None:
    assert not await others_had_a_turn(TURN / 2)
    assert await others_had_a_turn(TURN * 2)
