"""Every sheet of the war room, as it opens, and where it has something to say back."""
# ruff: noqa: INP001 (part of a script, not a package)

from bench.pictures.windows import Window, state

SHEETS = {
    "assign": ("storm", "People", "#roles", "Assign"),
    "hand_over": ("storm", "People", "#roles", "Hand over"),
    "affected": ("storm", "People", "#scope", "Edit"),
    "cause": ("storm", "People", "#causes", "Add"),
    "judge": ("storm", "People", "#causes", "Judge H1"),
    "propose": ("storm", "Fixes", "#board", "Propose"),
    "start_anyway": ("storm", "Fixes", "#ACT-3", "Start now anyway"),
    "page_next": ("ringing", "Paging", "#ladder", "Page next level"),
    "page_someone": ("ringing", "Paging", "#ladder", "Page someone"),
    "pause": ("ringing", "Paging", "#ladder", "Pause"),
    "snooze": ("storm", "Comms", "#comms", "Snooze the update to"),
    "apply_policy": ("storm", "Paging", "#ladder", "Apply"),
}
"""By room, tab, panel and the words of the button."""
OF_FIXES = {
    "edit_fix": ("ACT-5", "Edit"),
    "hand_fix": ("ACT-2", "Hand to somebody else"),
    "finish_fix": ("ACT-2", "Done, with a word on it"),
    "abandon_fix": ("ACT-2", "Abandon"),
}
OF_ENTRIES = {
    "correct": "Correct T",
    "remove": "Remove the text of T",
    "cite": "speaks for or against",
}


def opened_by_button(name: str, room: str, tab: str, panel: str, words: str) -> None:
    @state(f"sheet-{name}")
    async def sheet(w: Window) -> None:
        await w.whole_room(room)
        await w.tab(tab)
        await w.press(panel, words)
        await w.dialog()


def opened_by_menu(name: str, action: str, words: str) -> None:
    @state(f"sheet-{name}")
    async def sheet(w: Window) -> None:
        await w.whole_room("storm")
        await w.tab("Fixes")
        await w.press(f"#{action}", f"More about {action}")
        await w.press(f"#more-{action}", words)
        await w.dialog()


def opened_at_an_entry(name: str, words: str) -> None:
    @state(f"sheet-{name}")
    async def sheet(w: Window) -> None:
        number = await w.world.number("storm", "Two large merchants")
        await w.whole_room("storm", f"#T{number}")
        row = w.page.locator(f"#T{number}")
        await (row.locator(".c").tap() if w.phone else row.hover())
        await row.get_by_role("button", name=words).first.click()
        await w.dialog()


for one, about in SHEETS.items():
    opened_by_button(one, *about)
for one, of_fix in OF_FIXES.items():
    opened_by_menu(one, *of_fix)
for one, of_entry in OF_ENTRIES.items():
    opened_at_an_entry(one, of_entry)


@state("sheet-severity")
async def severity(w: Window) -> None:
    await w.whole_room("storm")
    await w.page.locator("#band .sev-block").click()
    await w.dialog()


@state("sheet-state")
async def of_state(w: Window) -> None:
    await w.whole_room("storm")
    await w.page.locator("#band button.state").click()
    await w.dialog()


@state("sheet-propose_conflict")
async def propose_conflict(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("Fixes")
    await w.press("#board", "Propose")
    await w.page.fill("#f-description", "Restart the primary")
    await w.page.fill("#f-target", "ledger-db/primary")
    await w.page.locator("dialog[open] .warn").wait_for()


@state("sheet-decline")
async def decline(w: Window) -> None:
    await w.whole_room("healthy")
    await w.press(".offer", "Decline")
    await w.dialog()


@state("sheet-page_chosen")
async def page_chosen(w: Window) -> None:
    await w.whole_room("ringing")
    await w.tab("Paging")
    await w.press("#ladder", "Page someone")
    await w.page.keyboard.type("sam")
    await w.page.get_by_role("button", name="Page Samir Haddad").wait_for()


@state("sheet-refused")
async def refused(w: Window) -> None:
    """What is asked for is impossible: it says so inside, and keeps the words."""
    await w.whole_room("storm")
    await w.tab("Fixes")
    await w.press("#ACT-5", "More about ACT-5")
    await w.press("#more-ACT-5", "Edit")
    await w.page.fill("#f-estimate", "ages")
    await w.press("dialog[open]", "Save")
    await w.page.locator("dialog[open] [role=alert]").wait_for()


@state("sheet-update")
async def update(w: Window) -> None:
    """Three prompts, and what changed since the last one."""
    await w.whole_room("storm")
    await w.tab("Comms")
    await w.press("#comms", "Write update to customers")
    await w.press("dialog[open]", "Begin with the last update")
    await w.page.fill(
        "#f-see", "Some card payments in Europe are failing. None of them is charged."
    )
    await w.page.fill("#f-doing", "We are switching to a healthy database.")
    await w.page.locator("dialog[open] .diff ins").first.wait_for(state="attached")


@state("sheet-update_empty", who="lea")
async def update_empty(w: Window) -> None:
    await w.whole_room("storm")
    await w.tab("Comms")
    await w.press("#comms", "Write update to customers")
    await w.page.get_by_role("button", name="Begin with the last update").wait_for()
