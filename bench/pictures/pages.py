"""The pages that are no room: sign-in, the list, declaring, on call, policy, people, faults."""
# ruff: noqa: INP001 (part of a script, not a package)

from playwright.async_api import expect

from bench.pictures.windows import Window, state

PHONE = ("phone",)
FAULTY = """escalation:
  - {level: 1, page: {role: nobody_lead}, respond_within: 5m, escalate_after: 1m}
"""


@state("signin-how", who="")
async def signin(w: Window) -> None:
    await w.open("/signin")


@state("signin-next", who="")
async def signin_next(w: Window) -> None:
    await w.open(f"/signin?next=/incidents/{w.world.rooms['storm']}")


@state("welcome-first", who="")
async def welcome_first(w: Window) -> None:
    await w.page.goto(w.studio.empty.url + w.studio.empty.path)
    await w.page.fill("#w-name", "Ada Okafor")


@state("welcome-back", who="")
async def welcome_back(w: Window) -> None:
    await w.open(await w.world.link("mei"))


@state("welcome-used", who="")
async def welcome_used(w: Window) -> None:
    await w.open("/welcome?token=none")


@state("list-empty", own=True, who="")
async def list_empty(w: Window) -> None:
    """Whoever comes first makes themselves the admin; the other window is the same person."""
    async with w.alone(""):
        async with w.studio.signing_in:
            key = (w.studio.empty.url, "ada")
            if key not in w.studio.cookies:
                await w.page.goto(w.studio.empty.url + w.studio.empty.path)
                await w.page.fill("#w-name", "Ada Okafor")
                await w.page.fill("#w-handle", "ada")
                await w.page.get_by_role("button", name="Sign in").click()
                await w.page.wait_for_url(f"{w.studio.empty.url}/")
                w.studio.cookies[key] = await w.page.context.storage_state()
        await w.page.context.add_cookies(w.studio.cookies[key]["cookies"])  # type: ignore[arg-type]  # the same, read and written
        await w.page.goto(w.studio.empty.url)
        await w.page.get_by_text("Connected", exact=True).wait_for(state="attached")
        await w.page.get_by_text("nothing ever was").wait_for()
        await w.picture("list-empty", tall=True)


@state("list-open", who="lea", tall=True)
async def list_open(w: Window) -> None:
    await w.live("/")
    await expect(w.page.locator("#yours .yours-item")).to_have_count(0)


@state("list-yours", tall=True)
async def list_yours(w: Window) -> None:
    """On call, paged by name, offered a role, asked for an approval."""
    await w.live("/")
    for words in (
        "You are on call for",
        "paged you for",
        "You are offered",
        "waits for your approval",
    ):
        await w.page.locator(".yours").get_by_text(words).first.wait_for()


@state("list-paged", who="samir", tall=True)
async def list_paged(w: Window) -> None:
    await w.live("/")
    await w.page.locator("#yours .yours-f button").first.wait_for()


@state("list-leaderless", who="jonas", tall=True)
async def list_leaderless(w: Window) -> None:
    await w.live("/")
    await w.page.locator(".row[data-lead=missing]").first.wait_for()


@state("list-filtered", tall=True)
async def list_filtered(w: Window) -> None:
    await w.live("/?sev=1,2&state=open")
    await w.page.get_by_role("link", name="Clear").first.wait_for(state="attached")


@state("list-nothing_matches", who="lea", tall=True)
async def list_none(w: Window) -> None:
    await w.live("/?q=nothing+of+the+kind")
    await w.page.get_by_text("No open incident matches").wait_for()


@state("list-ended", who="lea", tall=True)
async def list_ended(w: Window) -> None:
    await w.live("/?state=ended")


@state("list-filters_open", who="lea", sizes=PHONE)
async def list_filters(w: Window) -> None:
    await w.live("/")
    await w.page.get_by_role("button", name="Filters").click()


@state("list-account_menu", who="lea")
async def account(w: Window) -> None:
    await w.live("/")
    await w.page.get_by_role("button", name="your account").click()


@state("declare-empty", who="lea")
async def declare(w: Window) -> None:
    await w.live("/")
    await w.page.keyboard.press("c")
    told = (await w.dialog()).locator("[data-whom]")
    await told.get_by_text("Pages").wait_for()


@state("declare-alike", who="lea")
async def alike(w: Window) -> None:
    await declare(w)
    await w.page.keyboard.type("Card payments refused in Europe", delay=5)
    await w.page.get_by_role("link", name="Join INC-").wait_for()


@state("declare-more", who="lea", tall=True)
async def declare_more(w: Window) -> None:
    await w.open("/declare")
    await w.page.locator(".more > summary").click()
    await w.page.locator("[data-whom]").get_by_text("Pages").wait_for()


@state("declare-untitled", who="lea")
async def untitled(w: Window) -> None:
    await declare(w)
    await w.page.get_by_role("button", name="Declare").last.click()
    await w.page.get_by_text("Say in a few words what is wrong.").wait_for()


@state("oncall-week", tall=True)
async def oncall(w: Window) -> None:
    await w.open("/oncall")
    await w.page.locator("[data-rota] g").first.wait_for(state="attached")


@state("oncall-four_weeks", tall=True)
async def oncall_month(w: Window) -> None:
    await w.open("/oncall?days=28")


@state("oncall-cover", who="samir")
async def cover(w: Window) -> None:
    await oncall(w)
    await w.page.get_by_role("button", name="Cover me").first.click()
    await w.dialog()


@state("oncall-gap", who="samir", sizes=("desk",))
async def gap(w: Window) -> None:
    await oncall(w)
    await w.page.locator("g.gap").first.click()
    await w.dialog()


@state("oncall-calendar", who="samir")
async def calendar(w: Window) -> None:
    await oncall(w)
    await w.page.get_by_role("button", name="My calendar").first.click()
    await w.dialog()


@state("oncall-behind", who="samir")
async def behind(w: Window) -> None:
    await oncall(w)
    await w.page.route("**/oncall", lambda route: route.abort())
    await w.page.evaluate("window.dispatchEvent(new Event('focus'))")
    await w.page.get_by_text("could not be brought up to date").wait_for()
    await w.page.unroute("**/oncall")


@state("policy-holds", tall=True)
async def policy(w: Window) -> None:
    await w.open("/policy")
    await w.page.locator("#policy-text").wait_for(state="attached")


@state("policy-earlier", tall=True)
async def policy_earlier(w: Window) -> None:
    await w.open("/policy?revision=1")
    await w.page.get_by_text("This held earlier.").wait_for()


@state("policy-fault")
async def policy_fault(w: Window) -> None:
    await policy(w)
    await w.page.fill("#policy-text", FAULTY)
    await w.page.get_by_role("button", name="Check").click()
    fault = w.page.get_by_role("button", name="must not be shorter")
    await fault.scroll_into_view_if_needed()


@state("people-all", tall=True)
async def people(w: Window) -> None:
    await w.open("/people")


@state("people-edit")
async def people_edit(w: Window) -> None:
    await w.open("/people")
    await w.page.get_by_role("button", name="Edit Samir Haddad").click()
    await w.dialog()


@state("people-link", tall=True)
async def people_link(w: Window) -> None:
    await w.open("/people")
    await w.page.get_by_role("button", name="Sign-in link for Samir Haddad").click()
    await w.page.locator("#issued-link").wait_for()


@state("you-all", who="samir", tall=True)
async def you(w: Window) -> None:
    await w.open("/you")
    await w.page.get_by_label("Wait until they are over").check()


@state("docs-top")
async def docs(w: Window) -> None:
    await w.open("/docs")


@state("error-404")
async def nowhere(w: Window) -> None:
    await w.open("/nowhere")


@state("error-no_incident")
async def no_incident(w: Window) -> None:
    await w.open("/incidents/INC-999")


@state("error-403", who="samir")
async def forbidden(w: Window) -> None:
    await w.open("/people")


@state("error-401", who="")
async def unknown(w: Window) -> None:
    await w.open("/policy")
