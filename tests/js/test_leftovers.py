"""A list whose rows come and go, as those of a log do for hours, keeps no more than it shows."""

from playwright.async_api import Page

COME_AND_GO = """async () => {
  const { html, render } = await import("/static/vendor/lit/lit-html.js");
  const { repeat } = await import("/static/vendor/lit/directives/repeat.js");
  const list = document.createElement("ol");
  const shown = (from) => Array.from({ length: 10 }, (_, at) => from + at);
  const nodes = [];
  for (let from = 0; from < 200; from += 1) {
    render(html`${repeat(shown(from), (row) => row, (row) => html`<li>${row}</li>`)}`, list);
    nodes.push(list.childNodes.length);
  }
  return [nodes.at(1), nodes.at(-1), list.textContent];
}"""


async def test_rows_that_go_leave_nothing_behind(page: Page) -> None:
    early, late, text = await page.evaluate(COME_AND_GO)

    assert text == "".join(str(row) for row in range(199, 209))
    assert early == late
