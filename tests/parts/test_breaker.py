"""Five failures in a row open it, one probe at a time tries again, and it says where it stands."""

import pytest

from incident.breaker import OPENS_AFTER, PAUSE, Breaker
from tests.builders import MINUTE
from tests.parts.offices import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int) -> None:
    for n in range(times):
        breaker.failed(f"fault {n}")


def test_it_stays_closed_as_long_as_something_works_in_between(breaker: Breaker) -> None:
    for _ in range(3):
        fail(breaker, OPENS_AFTER - 1)
        breaker.worked()

    assert breaker.admits()
    assert breaker.state.name == "closed"
    assert breaker.retry_at is None


def test_failures_in_a_row_open_it_and_it_says_since_when_and_why(
    breaker: Breaker, clock: Clock
) -> None:
    clock.move(MINUTE)
    fail(breaker, OPENS_AFTER)

    assert not breaker.admits()
    assert (breaker.state.name, breaker.state.since) == ("open", clock())
    assert breaker.state.last_error == f"fault {OPENS_AFTER - 1}"
    assert breaker.retry_at == clock() + PAUSE


def test_after_a_pause_one_attempt_may_probe(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, OPENS_AFTER)
    clock.move(PAUSE)

    assert breaker.ready()
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    assert breaker.state.name == "half-open"


def test_a_probe_that_works_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, OPENS_AFTER)
    clock.move(PAUSE)
    breaker.admits()
    breaker.worked()

    assert (breaker.state.name, breaker.state.last_error) == ("closed", None)
    assert [breaker.admits() for _ in range(3)] == [True] * 3


def test_a_probe_that_fails_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, OPENS_AFTER)
    clock.move(PAUSE)
    breaker.admits()
    breaker.failed("still down")

    assert (breaker.state.name, breaker.state.last_error) == ("open", "still down")
    assert not breaker.ready()


def test_a_probe_that_never_tells_is_followed_by_another(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, OPENS_AFTER)
    clock.move(PAUSE)
    first = breaker.admits()
    clock.move(PAUSE)

    assert (first, breaker.admits()) == (True, True)


def test_a_clock_that_steps_back_keeps_nobody_waiting_longer(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, OPENS_AFTER)
    clock.move(-10 * MINUTE)

    assert breaker.retry_at is None
    assert breaker.admits()
    assert not breaker.admits(), "one attempt, as always"
