"""What lies over the pages: palette, keys, wallboard, paper; forced colours; narrow, enlarged."""
# ruff: noqa: INP001 (part of a script, not a package)

from bench.pictures.windows import Window, state

TELEVISION, NARROW, ENLARGED = (1920, 1080), (360, 740), (720, 450)


async def jump(w: Window, words: str) -> None:
    await w.page.keyboard.press("Control+k")
    dialog = w.page.locator("dialog.palette")
    await dialog.get_by_role("combobox").wait_for()
    await w.page.keyboard.type(words)
    await dialog.get_by_role("status").get_by_text("found").wait_for(state="attached")


def palette(name: str, path: str, words: str) -> None:
    @state(f"palette-{name}")
    async def opened(w: Window) -> None:
        if path:
            await w.live(path)
        else:
            await w.whole_room("storm")
        await jump(w, words)


palette("empty", "", "")
palette("typed", "", "p")
palette("person", "", "samir")
palette("nothing", "", "zzzz qqqq")
palette("list", "/", "")


@state("keys-room")
async def keys(w: Window) -> None:
    await w.whole_room("storm")
    await jump(w, "all keys")
    await w.page.keyboard.press("Enter")
    await w.page.get_by_role("dialog", name="Keys").wait_for()


@state("keys-list", who="lea")
async def keys_list(w: Window) -> None:
    await w.live("/")
    await w.page.keyboard.press("?")
    await w.page.get_by_role("dialog", name="Keys").wait_for()


async def wall(w: Window, room: str) -> None:
    await w.open(f"/incidents/{w.world.rooms[room]}?wall")
    board = w.page.get_by_role("dialog", name="Wallboard")
    await board.get_by_text("Connected", exact=True).wait_for()


@state("wall-storm")
async def wall_storm(w: Window) -> None:
    await wall(w, "storm")


@state("wall-late")
async def wall_late(w: Window) -> None:
    await wall(w, "paused")


@state("wall-leaderless", who="lea")
async def wall_leaderless(w: Window) -> None:
    await wall(w, "ringing")


@state("wall-healthy", who="lea")
async def wall_healthy(w: Window) -> None:
    await wall(w, "healthy")


@state("wall-television", who="lea", sizes=("desk",))
async def wall_television(w: Window) -> None:
    await w.page.set_viewport_size({"width": TELEVISION[0], "height": TELEVISION[1]})
    await wall(w, "storm")


@state("wall-naughty", who="lea")
async def wall_naughty(w: Window) -> None:
    await wall(w, "naughty")


@state("wall-silent", own=True)
async def wall_silent(w: Window) -> None:
    async with w.far("lea") as relay:
        await w.page.clock.install()
        await wall(w, "storm")
        await w.page.wait_for_load_state("networkidle")
        relay.silence()
        await w.page.clock.fast_forward("00:40")
        await w.page.get_by_text("Not live").wait_for()
        await w.picture("wall-silent")


@state("print-room", own=True, sizes=("desk",))
async def paper(w: Window) -> None:
    """As the printer is given it, with every entry."""
    async with w.alone("uma"):
        stub = "window.print = () => { document.body.dataset.printed = ''; }"
        await w.page.add_init_script(stub)
        await w.whole_room("storm")
        await jump(w, "print the incident")
        await w.page.keyboard.press("Enter")
        await w.page.locator("body[data-printed]").wait_for(state="attached")
        await w.page.emulate_media(media="print")
        await w.picture("print-room", tall=True)
        pdf = w.studio.folder / "print-room.pdf"
        await w.page.pdf(path=pdf, prefer_css_page_size=True)


@state("print-list", own=True, sizes=("desk",))
async def paper_list(w: Window) -> None:
    async with w.alone("lea"):
        await w.live("/")
        await w.page.emulate_media(media="print")
        await w.picture("print-list", tall=True)


SEEN_EVERYWHERE = {
    "list": "/", "oncall": "/oncall", "policy": "/policy", "people": "/people", "you": "/you",
    "declare": "/declare", "docs": "/docs",
}  # fmt: skip


def seen(path: str, name: str) -> None:
    """Without the page's own colours, on the narrowest phone, and at 200 %."""

    @state(f"{name}-forced_colours", own=True)
    async def forced(w: Window) -> None:
        await w.sit("ada")
        await w.page.emulate_media(forced_colors="active")
        await go(w, path)
        await w.picture(f"{name}-forced_colours")
        await w.page.emulate_media(forced_colors="none")

    @state(f"{name}-narrow", sizes=("phone",))
    async def narrow(w: Window) -> None:
        await w.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        await go(w, path)

    @state(f"{name}-enlarged", sizes=("desk",))
    async def enlarged(w: Window) -> None:
        await w.page.set_viewport_size({"width": ENLARGED[0], "height": ENLARGED[1]})
        await go(w, path)


async def go(w: Window, path: str) -> None:
    if path:
        await w.open(path)
    else:
        await w.whole_room("storm")


seen("", "room")
for page, where in SEEN_EVERYWHERE.items():
    seen(where, page)


def narrow_tab(word: str) -> None:
    @state(f"room-narrow_{word.lower()}", sizes=("phone",))
    async def tab(w: Window) -> None:
        await w.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        await w.whole_room("storm")
        await w.tab(word)


for one in ("Fixes", "Paging", "Comms", "People"):
    narrow_tab(one)


@state("palette-narrow", sizes=("phone",))
async def narrow_palette(w: Window) -> None:
    await w.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    await w.whole_room("storm")
    await jump(w, "p")


@state("sheet-narrow", sizes=("phone",))
async def narrow_sheet(w: Window) -> None:
    await w.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    await w.whole_room("storm")
    await w.tab("Comms")
    await w.press("#comms", "Write update to customers")
    await w.dialog()
