"""Keys that are held for what is on its way: each press once, and what Esc gives up."""

from playwright.async_api import Page

HELD = """async () => {
  const { holdKeys } = await import("/static/js/held.js");
  const held = holdKeys();
  const press = (key, repeat = false) =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, repeat, bubbles: true }));
  let heard = 0;
  document.body.addEventListener("keydown", () => heard++);
  press("Enter", true);
  press("a");
  press("a", true);
  press("Enter");
  const before = [[...held.keys], heard, held.isGivenUp()];
  press("Escape");
  press("b");
  return [before, [held.keys.length, heard, held.isGivenUp()]];
}"""


async def test_a_key_that_is_kept_down_is_held_once_and_esc_gives_up(modules: Page) -> None:
    before, after = await modules.evaluate(HELD)

    assert before == [["a", "Enter"], 0, False]
    assert after == [2, 1, True]
