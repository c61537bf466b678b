"""The war room: storms and healthy minutes, every panel and menu, also of incidents that ended."""
# ruff: noqa: INP001 (part of a script, not a package)

from bench.pictures.windows import Window, state

PHONE = ("phone",)
TABS = ("Fixes", "Paging", "Comms", "People")


@state("room-storm")
async def storm(w: Window) -> None:
    await w.whole_room("storm")


@state("room-first_paint", own=True)
async def first_paint(w: Window) -> None:
    """Before any script runs, or where none may."""
    async with w.alone("ada", scripts=False):
        await w.open(f"/incidents/{w.world.rooms['storm']}")
        await w.picture("room-first_paint")


def tabs_of(room: str) -> None:
    """On a phone each panel is a screen of its own."""
    for word in TABS:

        @state(f"room-{room}_{word.lower()}", sizes=PHONE)
        async def tab(w: Window, word: str = word) -> None:
            await w.whole_room(room)
            await w.tab(word)


for one in ("storm", "healthy", "naughty"):
    tabs_of(one)


@state("room-healthy", who="lea")
async def healthy(w: Window) -> None:
    await w.whole_room("healthy")


@state("room-empty_roles", who="lea")
async def empty_roles(w: Window) -> None:
    """Nobody leads, and nobody has answered."""
    await w.whole_room("ringing")
    await w.tab("People")
    await w.page.locator("#roles .role.empty").first.wait_for()


@state("room-ringing", who="lea")
async def ringing(w: Window) -> None:
    await w.whole_room("ringing")
    await w.tab("Paging")
    await w.page.locator("#ladder [data-s=ringing]").wait_for()
    await w.page.locator("#ladder [data-s=silent]").wait_for()


@state("room-paged", who="samir")
async def paged(w: Window) -> None:
    await w.whole_room("ringing")
    await w.page.locator("#yours").get_by_role("button", name="Acknowledge").wait_for()


@state("room-called")
async def called(w: Window) -> None:
    """Paged by name, with a word why."""
    await w.whole_room("ringing")
    await w.page.locator("#yours").get_by_text("You know the edge").first.wait_for()


@state("room-leaderless", who="jonas")
async def leaderless(w: Window) -> None:
    await w.whole_room("ringing")


@state("room-offered")
async def offered(w: Window) -> None:
    await w.whole_room("healthy")
    await w.page.locator(".offer :is(.brief dt, [aria-expanded=false])").first.wait_for()


@state("room-offering", who="lea")
async def offering(w: Window) -> None:
    """What others see of an offer."""
    await w.whole_room("storm")
    await w.tab("People")
    await w.page.locator("#roles .role-note").first.wait_for()


@state("room-paused")
async def paused(w: Window) -> None:
    await w.whole_room("paused")
    await w.tab("Paging")
    await w.page.locator("#ladder").get_by_text("Paused until").wait_for()


@state("room-late")
async def late(w: Window) -> None:
    """An update that was promised is late."""
    await w.whole_room("paused")
    await w.page.locator("#band .clock.due[data-level=late]").wait_for()


@state("room-answered")
async def answered(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("Paging")
    await w.page.locator("#ladder [data-s=acked]").scroll_into_view_if_needed()


@state("room-conflict")
async def conflict(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("Fixes")
    await w.page.locator("#ACT-3 .conflict").scroll_into_view_if_needed()


@state("room-overdue")
async def overdue(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("Fixes")
    await w.page.locator("#ACT-2[data-overdue]").scroll_into_view_if_needed()


@state("room-fix_menu")
async def fix_menu(w: Window) -> None:
    await conflict(w)
    await w.press("#ACT-3", "More about ACT-3")


@state("room-health")
async def health(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("People")
    await w.page.locator("td[data-h=down]").scroll_into_view_if_needed()


@state("room-health_menu")
async def health_menu(w: Window) -> None:
    await health(w)
    await w.page.get_by_role("button", name="payments-api in eu-west-1 is down").click()
    await w.page.locator("#say-health").wait_for()


@state("room-causes")
async def causes(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("People")
    await w.page.locator("#causes [data-side=for] .cite").first.scroll_into_view_if_needed()


@state("room-comms")
async def comms(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("Comms")
    await w.page.locator("#comms").scroll_into_view_if_needed()


@state("room-typing")
async def typing(w: Window) -> None:
    """Who is here and at what."""
    await w.whole_room("storm")
    await w.tab("People")
    await w.page.locator("#here li").first.scroll_into_view_if_needed()


@state("room-edit_title")
async def edit_title(w: Window) -> None:
    await w.whole_room("storm")
    await do_by_name(w, "edit the title")
    await w.page.locator("#band :is(input, textarea)").first.wait_for()


@state("room-edit_summary")
async def edit_summary(w: Window) -> None:
    await w.whole_room("storm")
    await do_by_name(w, "edit the summary")
    await w.page.locator("#band :is(input, textarea)").first.wait_for()


@state("room-resolved", who="lea")
async def resolved(w: Window) -> None:
    await w.whole_room("over")


@state("room-cancelled", who="lea")
async def cancelled(w: Window) -> None:
    await w.whole_room("cancelled")


@state("room-drill", who="lea")
async def drill(w: Window) -> None:
    await w.whole_room("drill")


@state("room-notice", who="lea")
async def notice(w: Window) -> None:
    await w.whole_room("notice")


@state("room-naughty")
async def naughty(w: Window) -> None:
    await w.whole_room("naughty")


@state("room-local_time", own=True)
async def local_time(w: Window) -> None:
    """Also on a phone, which has no clock to press."""
    async with w.alone("uma"):
        await w.whole_room("storm")
        await do_by_name(w, "times in utc")
        await w.page.locator("#clock").get_by_text("to UTC").wait_for(state="attached")
        await w.picture("room-local_time")


async def do_by_name(w: Window, words: str) -> None:
    await w.page.keyboard.press("Control+k")
    await w.page.locator("dialog.palette").get_by_role("combobox").wait_for()
    await w.page.keyboard.type(words)
    chosen = w.page.locator("[role=option][aria-selected=true]")
    await chosen.filter(has_text=words).wait_for()
    await w.page.keyboard.press("Enter")
