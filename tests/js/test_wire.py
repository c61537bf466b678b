"""The browser's end of the socket: it comes back by itself, loses nothing and repeats nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, WebSocketRoute

NOW = "2026-11-21T03:47:21.000Z"
HELLO = {"type": "hello", "protocol": 1, "now": NOW, "user": {"handle": "ada"}}

CONNECT = """async (after) => {
  const { connect } = await import("/static/js/wire.js");
  window.heard = [];
  window.phases = [];
  window.wire = connect({
    url: "/ws?incident=INC-7",
    after,
    onMessage: (message) => window.heard.push(message),
    onState: ({ phase, note }) => window.phases.push(note ? `${phase}: ${note}` : phase),
  });
}"""

Said = Callable[[dict[str, Any]], Awaitable[None]]


class Server:
    """What the page's sockets meet: every connection greeted, everything said kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.connections: asyncio.Queue[WebSocketRoute] = asyncio.Queue()
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.pings: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.away = False
        """Whether every connection from now on fails."""

    async def open(self, after: int | None) -> WebSocketRoute:
        await self.page.route_web_socket("**/ws**", self._accept)
        await self.page.evaluate(CONNECT, after)
        return await self.next_connection()

    async def next_connection(self) -> WebSocketRoute:
        async with asyncio.timeout(10):
            return await self.connections.get()

    async def next_command(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            return await self.said.get()

    async def next_ping(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            return await self.pings.get()

    async def seqs(self, last: int) -> list[int]:
        """The commits that the page took, once it has taken `last`."""
        await self.page.wait_for_function(
            "(last) => heard.some(({ seq }) => seq === last)", arg=last
        )
        heard: list[int] = await self.page.evaluate(
            "() => heard.filter(({ type }) => type === 'commit').map(({ seq }) => seq)"
        )
        return heard

    async def _accept(self, socket: WebSocketRoute) -> None:
        if self.away:
            await socket.close(code=1013)
            return
        socket.on_message(self._hear)
        say(socket, HELLO)
        self.connections.put_nowait(socket)

    def _hear(self, message: str | bytes) -> None:
        told = json.loads(message)
        queue = self.pings if told["type"] == "ping" else self.said
        queue.put_nowait(told)


def say(socket: WebSocketRoute, *messages: dict[str, Any]) -> None:
    """One frame: a message, or an array of them."""
    socket.send(json.dumps(messages[0] if len(messages) == 1 else messages))


def commit(seq: int) -> dict[str, Any]:
    return {"type": "commit", "incident": "INC-7", "seq": seq, "entries": [], "patch": {}}


async def test_it_asks_for_what_comes_after_what_it_has(page: Page) -> None:
    socket = await Server(page).open(after=41)

    assert socket.url.endswith("/ws?incident=INC-7&after=41")


async def test_what_came_twice_is_heard_once(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=1)

    say(socket, commit(1), commit(2), commit(3))
    say(socket, commit(3), commit(4))

    assert [2, 3, 4] == await server.seqs(4)


async def test_after_a_lost_connection_it_goes_on_where_it_was(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=1)
    say(socket, commit(2))
    await server.seqs(2)

    await socket.close(code=1012)
    again = await server.next_connection()
    say(again, commit(3))

    assert again.url.endswith("after=2")
    assert [2, 3] == await server.seqs(3)
    assert "wait: Server restarting" in await page.evaluate("() => phases")


async def test_a_gap_is_never_passed_on_but_asked_about(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=1)

    say(socket, commit(2), commit(4), commit(5))
    again = await server.next_connection()
    say(again, commit(3), commit(4), commit(5))

    assert again.url.endswith("after=2")
    assert [2, 3, 4, 5] == await server.seqs(5)


async def test_a_gap_that_stays_is_answered_by_a_snapshot(page: Page) -> None:
    server = Server(page)
    say(await server.open(after=1), commit(3))
    say(await server.next_connection(), commit(3))

    last = await server.next_connection()
    say(last, {"type": "snapshot", "seq": 7, "incident": {}}, commit(7), commit(8))

    assert "after" not in last.url
    assert [8] == await server.seqs(8)


async def test_a_command_whose_answer_is_lost_is_reported_and_not_sent_twice(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=1)
    await page.evaluate("() => { window.lost = wire.send({ type: 'x' }).catch((why) => why); }")
    await server.next_command()

    await socket.close(code=1011)
    again = await server.next_connection()
    say(again, commit(2))
    await server.seqs(2)

    assert "unanswered" == (await page.evaluate("() => lost"))["code"]
    assert server.said.empty()


async def test_without_a_connection_nothing_is_said(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=1)
    await page.wait_for_function("() => phases.includes('live')")

    await socket.close(code=1012)
    why = await page.evaluate("() => wire.send({ type: 'x' }).catch((why) => why)")

    assert "unanswered" == why["code"]
    await server.next_connection()
    assert server.said.empty()


async def test_what_is_too_big_for_the_server_never_leaves(page: Page) -> None:
    server = Server(page)
    await server.open(after=1)
    await page.wait_for_function("() => phases.includes('live')")

    why = await page.evaluate(
        "() => wire.send({ message: '\u6f22'.repeat(90_000) }).catch((why) => why)"
    )

    assert 413 == why["status"]
    assert server.said.empty()


async def test_a_connection_that_ends_for_size_refuses_the_biggest_command_alone(
    page: Page,
) -> None:
    server = Server(page)
    socket = await server.open(after=1)
    await page.wait_for_function("() => phases.includes('live')")
    await page.evaluate(
        """() => {
          const told = (why) => why.status;
          const size = [10, 5_000, 100];
          window.ends = Promise.all(
            size.map((n) => wire.send({ type: "x", message: "a".repeat(n) }).catch(told)),
          );
        }"""
    )
    for _ in range(3):
        await server.next_command()

    await socket.close(code=1009)

    assert [0, 413, 0] == await page.evaluate("() => ends")


async def test_a_refused_command_rejects_with_the_problem(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=1)
    await page.evaluate("() => { window.refusal = wire.send({ type: 'x' }).catch((why) => why); }")
    sent = await server.next_command()

    say(socket, {"type": "error", "ref": sent["ref"], "problem": {"code": "target-busy"}})

    assert {"code": "target-busy"} == await page.evaluate("() => refusal")


async def test_who_is_signed_out_does_not_come_back_by_itself(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=1)
    await page.evaluate("() => { window.lost = wire.send({ type: 'x' }).catch((why) => why); }")
    await server.next_command()

    await socket.close(code=4401)

    assert "unanswered" == (await page.evaluate("() => lost"))["code"]
    assert "ended: Signed out" == (await page.evaluate("() => phases"))[-1]
    assert server.connections.empty()


async def test_who_signs_in_elsewhere_is_back_when_they_look_at_the_page(page: Page) -> None:
    server = Server(page)
    socket = await server.open(after=3)
    await page.wait_for_function("() => phases.includes('live')")
    await socket.close(code=4401)
    await page.wait_for_function("() => phases.at(-1).startsWith('ended')")

    await page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    again = await server.next_connection()
    await page.wait_for_function("() => phases.at(-1) === 'live'")

    assert again.url.endswith("after=3")


async def test_a_laptop_that_slept_asks_at_once_whether_the_server_is_there(page: Page) -> None:
    await page.clock.install()
    server = Server(page)
    await server.open(after=1)
    await page.wait_for_function("() => phases.includes('live')")

    await page.clock.fast_forward("05:00:00")  # timers ran not once meanwhile
    pinged = await server.next_ping()
    await page.clock.run_for(6_000)  # and nobody answers
    await server.next_connection()

    assert pinged == {"type": "ping"}
    phases = await page.evaluate("() => phases")
    assert any(phase.startswith(("wait", "off")) for phase in phases)


async def test_a_server_that_is_away_for_a_minute_is_more_than_a_hiccup(page: Page) -> None:
    await page.clock.install()
    server = Server(page)
    socket = await server.open(after=1)
    await page.wait_for_function("() => phases.includes('live')")
    server.away = True

    await socket.close(code=1012)
    await page.wait_for_function("() => phases.at(-1) === 'wait: Server restarting'")
    await page.clock.run_for(70_000)
    await page.wait_for_function("() => phases.at(-1) === 'off: No answer from the server'")
    server.away = False
    await page.evaluate("() => wire.tryNow()")
    await server.next_connection()

    await page.wait_for_function("() => phases.at(-1) === 'live'")


async def test_waits_grow_and_are_spread_between_a_quarter_and_ten_seconds(page: Page) -> None:
    waits = await page.evaluate(
        """async () => {
          const { backOff } = await import("/static/js/pulse.js");
          const tried = (attempt) => Array.from({ length: 500 }, () => backOff(attempt));
          return [0, 50].map(tried);
        }"""
    )

    first, late = waits
    assert min(first) >= 250
    assert max(first) <= 500
    assert min(late) >= 250
    assert max(late) <= 10_000
    assert max(late) > 2 * max(first)
