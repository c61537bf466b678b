"""A second tap presses nothing that has moved under the finger since the first one."""

import pytest
from playwright.async_api import Page

PRESSES = """async (taps) => {
  document.body.innerHTML = `<p>words</p>
    <button id=accept><b>Accept</b></button><button id=start>Start</button>`;
  if (!window.pressed) {
    window.epoch = 0;
    await import("/static/js/taps.js");
    document.addEventListener("click", ({ target }) =>
      pressed.push(target.closest("button")?.id ?? "words"));
  }
  window.pressed = [];
  epoch += 10_000;
  for (const [on, at, x, detail, words] of taps) {
    const button = document.querySelector(on);
    const event = new MouseEvent("click",
      { bubbles: true, cancelable: true, clientX: x, clientY: 300, detail });
    Object.defineProperty(event, "timeStamp", { value: epoch + at });
    button.dispatchEvent(event);
    if (words) button.textContent = words;
  }
  return pressed;
}"""


@pytest.mark.parametrize(
    ("taps", "pressed"),
    [
        pytest.param([["b", 0, 100, 1], ["#start", 350, 103, 1]], ["accept"], id="moved there"),
        pytest.param(
            [["b", 0, 100, 1], ["#start", 350, 103, 1], ["#start", 800, 103, 1]],
            ["accept"],
            id="tapped on and on",
        ),
        pytest.param(
            [["b", 0, 100, 1, "Approve the next"], ["#accept", 350, 100, 1]],
            ["accept"],
            id="the same button for another thing",
        ),
        pytest.param([["b", 0, 100, 1], ["#start", 601, 100, 1]], ["accept", "start"], id="later"),
        pytest.param(
            [["b", 0, 100, 1], ["#start", 350, 125, 1]], ["accept", "start"], id="elsewhere"
        ),
        pytest.param(
            [["b", 0, 100, 1], ["#start", 350, 100, 0]], ["accept", "start"], id="by a key"
        ),
        pytest.param(
            [["b", 0, 100, 1], ["#accept", 350, 100, 2]], ["accept", "accept"], id="same button"
        ),
        pytest.param(
            [["p", 0, 100, 1], ["#start", 350, 100, 1]], ["words", "start"], id="missed at first"
        ),
    ],
)
async def test_a_second_tap_on_another_button_at_the_same_spot_does_nothing(
    modules: Page, taps: list[list[str | int]], pressed: list[str]
) -> None:
    assert await modules.evaluate(PRESSES, taps) == pressed
