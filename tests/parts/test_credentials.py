"""Sessions, tokens and links: what lets somebody in, for how long, and what is stored of it."""

import asyncio
from datetime import datetime, timedelta

import pytest

from incident.store.connection import Database
from incident.store.credentials import (
    LINK_LIFE,
    SEEN_EVERY,
    SESSION_IDLE,
    SESSION_LIFE,
    TOKEN_PREFIX,
    Credentials,
)
from tests.builders import MINUTE
from tests.parts.offices import everything, real_time

DAY = timedelta(days=1)


@pytest.fixture
async def credentials(database: Database) -> Credentials:
    credentials = Credentials(database)
    await credentials.prepare()
    return credentials


@pytest.fixture
def now() -> datetime:
    """Real time: the database itself sweeps away what is over by its own clock."""
    return real_time()


async def test_a_session_lets_its_person_in(credentials: Credentials, now: datetime) -> None:
    secret = await credentials.open_session("ada", now)

    assert await credentials.session(secret, now + MINUTE) == "ada"
    assert await credentials.session("made up", now) is None
    assert await credentials.session("\ud800", now) is None


async def test_a_session_that_is_used_lasts_until_its_end(
    credentials: Credentials, now: datetime
) -> None:
    secret = await credentials.open_session("ada", now)
    almost = SESSION_IDLE - MINUTE
    uses = [now + almost * n for n in range(1, int(SESSION_LIFE / almost) + 1)]

    assert {await credentials.session(secret, use) for use in uses} == {"ada"}
    assert await credentials.session(secret, now + SESSION_LIFE) is None


async def test_an_idle_session_is_over(credentials: Credentials, now: datetime) -> None:
    secret = await credentials.open_session("ada", now)

    assert await credentials.session(secret, now + SESSION_IDLE + MINUTE) is None


async def test_one_session_is_closed_or_all_of_a_person(
    credentials: Credentials, now: datetime
) -> None:
    first, second, third = [await credentials.open_session("ada", now) for _ in range(3)]
    other = await credentials.open_session("mei", now)

    await credentials.close_session(first)
    after_one = [await credentials.session(secret, now) for secret in (first, second)]
    await credentials.close_sessions("ada")
    after_all = [await credentials.session(secret, now) for secret in (second, third, other)]

    assert after_one == [None, "ada"]
    assert after_all == [None, None, "mei"]


async def test_a_token_lets_its_person_in_until_it_expires_or_is_revoked(
    credentials: Credentials, now: datetime
) -> None:
    lasting, first = await credentials.issue_token("ada", "deploys", now)
    _, second = await credentials.issue_token("ada", "for a day", now, DAY)

    assert first.startswith(TOKEN_PREFIX)
    assert [await credentials.token(text, now + MINUTE) for text in (first, second)] == ["ada"] * 2
    assert [await credentials.token(text, now + DAY) for text in (first, second)] == ["ada", None]
    assert await credentials.revoke_token(lasting.id)
    assert await credentials.token(first, now) is None
    assert not await credentials.revoke_token(lasting.id)


async def test_tokens_are_listed_without_their_secrets(
    credentials: Credentials, now: datetime
) -> None:
    first, text = await credentials.issue_token("ada", "deploys", now)
    second, _ = await credentials.issue_token("mei", "alerts", now + MINUTE)
    await credentials.token(text, now + MINUTE)

    listed = await credentials.tokens()

    assert [token.label for token in listed] == ["alerts", "deploys"]
    assert [token.last_used for token in listed] == [None, now + MINUTE]
    assert {token.id for token in listed} == {first.id, second.id}


async def test_the_last_use_is_written_down_now_and_then(
    credentials: Credentials, now: datetime
) -> None:
    _, text = await credentials.issue_token("ada", "deploys", now)
    for later in (timedelta(0), MINUTE, SEEN_EVERY + MINUTE):
        await credentials.token(text, now + later)

    (token,) = await credentials.tokens()

    assert token.last_used == now + SEEN_EVERY + MINUTE


async def test_a_given_token_is_adopted_once_however_many_start_at_once(
    credentials: Credentials, now: datetime
) -> None:
    text = "x" * 40
    adopted = await asyncio.gather(
        *(credentials.adopt_token(text, "admin", "bootstrap", now) for _ in range(10))
    )

    assert len({token.id for token in adopted}) == 1
    assert await credentials.token(text, now) == "admin"
    assert len(await credentials.tokens()) == 1


async def test_a_link_is_used_by_exactly_one(credentials: Credentials, now: datetime) -> None:
    secret, ends = await credentials.issue_link("ada", now)
    shown = await credentials.link(secret, now)

    uses = await asyncio.gather(*(credentials.use_link(secret, now) for _ in range(10)))

    assert ends == now + LINK_LIFE
    assert shown is not None
    assert shown["handle"] == "ada"
    assert sorted(uses) == [False] * 9 + [True]
    assert await credentials.link(secret, now) is None


async def test_a_link_that_is_over_opens_nothing(credentials: Credentials, now: datetime) -> None:
    secret, ends = await credentials.issue_link(None, now)

    assert await credentials.link(secret, ends) is None
    assert not await credentials.use_link(secret, ends)


async def test_no_secret_is_stored(
    credentials: Credentials, now: datetime, database: Database
) -> None:
    session = await credentials.open_session("ada", now)
    _, token = await credentials.issue_token("ada", "deploys", now)
    link, _ = await credentials.issue_link("ada", now)

    stored = await everything(database)

    assert [secret for secret in (session, token, link) if secret in stored] == []
    assert "deploys" in stored
