"""The page is drawn in turns: in order, with the browser having its say in between."""

from playwright.async_api import Page

IN_TURNS = """async () => {
  // The browser's own way lets only paint and input in between, which no script can see.
  Object.defineProperty(globalThis, "scheduler", { value: undefined });
  const { inTurns } = await import("/static/js/room/turns.js");
  const told = [];
  const work = (name) => () => {
    const end = performance.now() + 30;
    while (performance.now() < end);
    told.push(name);
  };
  await inTurns([
    () => setTimeout(() => told.push("other")),
    work("a"), work("b"), work("c"),
    () => told.push("d"),
  ]);
  return told;
}"""
FOCUS = """async () => {
  const { panel } = await import("/static/js/room/panel.js");
  const { html } = await import("/static/vendor/lit/lit-html.js");
  const root = document.createElement("div");
  const before = document.createElement("textarea");
  before.id = "say";
  root.append(before);
  document.body.append(root);
  before.focus();
  panel(root, () => html`<textarea id="say"></textarea>`);
  return [before.isConnected, document.activeElement.id];
}"""
UNSEEN = """async () => {
  Object.defineProperty(document, "visibilityState", { value: "hidden" });
  const { painted } = await import("/static/js/room/turns.js");
  await painted();
  return true;
}"""


async def test_steps_keep_their_order_and_others_have_their_turn(page: Page) -> None:
    told = await page.evaluate(IN_TURNS)

    assert [name for name in told if name != "other"] == ["a", "b", "c", "d"]
    assert told.index("other") < told.index("d")


async def test_who_writes_before_the_scripts_have_come_keeps_the_cursor(page: Page) -> None:
    assert await page.evaluate(FOCUS) == [False, "say"]


async def test_a_page_that_nobody_looks_at_does_not_wait_to_be_painted(page: Page) -> None:
    assert await page.evaluate(UNSEEN)
