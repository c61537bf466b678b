"""Writing: what is completed over the field, what a line means, files, and what can be undone."""
# ruff: noqa: INP001 (part of a script, not a package)

import asyncio

from playwright.async_api import Route, expect

from bench.pictures.drawing import graph
from bench.pictures.windows import Window, state

MOST = 5 * 1024 * 1024
LINES = {
    "commands": "/",
    "people": "Who knows the proxy? @",
    "targets": "/fix Drain it on led",
    "conflict": "/fix Drain it on ledger-db in eu-west-1 ",
    "decision": "/decide Fail over to eu-west-1b, and tell finance",
    "handoff": "/handoff ic @",
}


def completed(name: str, line: str) -> None:
    @state(f"composer-{name}", who="uma")
    async def typed(w: Window) -> None:
        await w.whole_room("storm")
        await w.page.fill("#say", "")
        await w.page.locator("#say").focus()
        await w.page.keyboard.type(line)
        await w.page.locator(".suggest, .composer-mode").first.wait_for()


for one, words in LINES.items():
    completed(one, words)


def asked(name: str, line: str) -> None:
    @state(f"composer-{name}", who="uma")
    async def told(w: Window) -> None:
        await w.whole_room("storm")
        await w.page.fill("#say", line)
        await w.page.press("#say", "Enter")
        await w.page.locator(".answer").wait_for()


for one in ("status", "help", "oncall"):
    asked(one, f"/{one}")


@state("composer-wrong", who="uma")
async def wrong(w: Window) -> None:
    await w.whole_room("storm")
    await w.page.fill("#say", "/done ACT-77 errors are gone")
    await w.page.press("#say", "Enter")
    await w.page.locator("#composer [role=alert]").wait_for()


@state("composer-multiline", who="uma")
async def multiline(w: Window) -> None:
    await w.whole_room("storm")
    await w.page.fill(
        "#say", "\n".join(f"{n}. We look at shard {n} and write it down" for n in range(1, 7))
    )


async def choose(w: Window, *files: tuple[str, bytes]) -> None:
    told = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in files
    ]
    await w.page.get_by_role("button", name="Attach files").wait_for()
    await w.page.set_input_files("#choose-files", told)  # type: ignore[arg-type]  # as documented


@state("composer-files", own=True)
async def files(w: Window) -> None:
    """One is there, one is too large, one is on its way."""
    async with w.alone("uma"):
        await w.whole_room("storm")
        gate = asyncio.Event()

        async def later(route: Route) -> None:
            await gate.wait()
            await route.continue_()

        await choose(w, ("errors.png", graph()), ("heap.bin", bytes(MOST + 1)))
        await expect(w.page.locator(".files li[data-state=done]")).to_have_count(1)
        await w.page.route("**/attachments?*", later)
        await choose(w, ("slow-queries-of-all-shards-since-midnight.log", b"1204 ms\n" * 20_000))
        await w.page.locator(".files progress").wait_for()
        await w.page.fill("#say", "The graph, and the queries")
        await w.page.press("#say", "Enter")
        await w.page.locator("#toasts").get_by_text("is not uploaded").wait_for()
        await w.picture("composer-files")
        gate.set()


@state("composer-undo", own=True)
async def undo(w: Window) -> None:
    async with w.alone("uma"):
        await scratch(w, "undo")
        await w.whole_room(f"undo {w.size}")
        await w.page.fill("#say", "Sent too early.")
        await w.page.press("#say", "Enter")
        await w.page.locator("#entries").get_by_role("button", name="Undo").wait_for()
        await w.picture("composer-undo")


async def scratch(w: Window, room: str) -> None:
    """A room of this window's own, in which anything may be changed."""
    name = f"{room} {w.size}"
    if name not in w.world.rooms:
        await w.world.declares(
            name, "uma", "Card payments failing in Europe", severity=3, commander="uma"
        )
