"""The log of the war room in all its moods: marks, files, folds, filters, and what is new in it."""
# ruff: noqa: INP001 (part of a script, not a package)

from playwright.async_api import expect

from bench.pictures.windows import Window, state

PHONE = ("phone",)


async def at_entry(w: Window, words: str) -> int:
    number = await w.world.number("storm", words)
    await w.whole_room("storm", f"#T{number}")
    await expect(w.page.locator(f"#T{number}")).to_be_in_viewport()
    return number


@state("log-marks")
async def marks(w: Window) -> None:
    """Written late, corrected, and with its text removed, one beside the other."""
    number = await at_entry(w, "Support has 212 tickets.")
    for mark in (".late-mark", "del"):
        await w.page.locator(f"#entries {mark}").first.wait_for()
    await expect(w.page.locator(f"#T{number + 1}")).to_be_attached()


@state("log-pinned_entry")
async def pinned_entry(w: Window) -> None:
    await at_entry(w, "Fail ledger-db over to eu-west-1b. We accept")


@state("log-tools", sizes=("desk",))
async def entry_tools(w: Window) -> None:
    number = await at_entry(w, "Two large merchants")
    await w.page.locator(f"#T{number}").hover()
    await w.page.locator(f"#T{number} .ev-tools button").first.wait_for()


@state("log-tools_thumb", sizes=PHONE)
async def entry_tools_thumb(w: Window) -> None:
    number = await at_entry(w, "Two large merchants")
    await w.page.locator(f"#T{number} .c").tap()
    await w.page.locator(f"#T{number} .ev-tools button").first.wait_for()


@state("log-attachments")
async def attachments(w: Window) -> None:
    await at_entry(w, "Write latency since 02:30")
    picture = w.page.locator(".attached .shot img")
    await expect(picture).to_have_js_property("naturalWidth", 1200)


@state("log-picture_open")
async def picture_open(w: Window) -> None:
    await attachments(w)
    await w.page.get_by_role("button", name="Open errors.png").click()
    await w.dialog()


@state("log-fold_open")
async def fold_open(w: Window) -> None:
    await at_entry(w, "LedgerWriteLatency firing in eu-west-1, shard 5")


@state("log-decisions")
async def decisions(w: Window) -> None:
    await w.whole_room("storm")
    await w.press("#chips", "Decisions")


@state("log-alerts")
async def only_alerts(w: Window) -> None:
    await w.whole_room("storm")
    await w.press("#chips", "Alerts")


@state("log-none_pinned", who="lea")
async def none_pinned(w: Window) -> None:
    await w.whole_room("healthy")
    await w.press("#chips", "Pinned")
    await w.page.get_by_text("Nothing here yet under").wait_for()


@state("log-search")
async def search(w: Window) -> None:
    await seek(w, "ledger-db")
    await w.page.locator(".find-list li").first.wait_for()


@state("log-search_nothing")
async def search_nothing(w: Window) -> None:
    await seek(w, "zzzz")
    await w.page.locator(".find").get_by_text("Nothing found").wait_for()


async def seek(w: Window, words: str) -> None:
    await w.whole_room("storm")
    await w.page.locator("#search").click()
    await w.page.fill("#sought", words)


@state("log-unread", who="lea")
async def unread(w: Window) -> None:
    """Somebody reads back while others write; and where they looked away."""
    await w.whole_room("storm")
    await w.page.locator("#log").hover()
    await w.page.evaluate("window.dispatchEvent(new Event('blur'))")
    await w.page.locator("#log").focus()
    await w.page.keyboard.press("PageUp")
    await w.page.keyboard.press("PageUp")
    for word in ("Promotion is at 60 %.", "Promotion is at 80 %."):
        await w.world.says("storm", "samir", word)
    await w.page.locator(".new-below").wait_for()


@state("log-gap", who="lea")
async def gap_line(w: Window) -> None:
    """New since you looked away."""
    name = f"seen:{w.world.rooms['storm']}"
    seen = await w.world.number("storm", "Replica caught up")
    await w.whole_room("storm")
    await w.open("/signin")
    await w.page.evaluate("([name, seen]) => localStorage.setItem(name, seen)", [name, str(seen)])
    await w.whole_room("storm")
    await w.page.locator("#entries").get_by_text("New since").wait_for()
