"""Addresses of the web in what people write: links in the browser as on the server's pages."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from incident.web.links import linked
from incident.web.unseen import visibly

CASES = json.loads((Path(__file__).parent / "fixtures" / "links.json").read_text("utf-8"))
IN_THE_ROOM = """async (text) => {
  const { marked } = await import("/static/js/room/sentence.js");
  const { html, render } = await import("/static/vendor/lit/lit-html.js");
  const place = document.createElement("p");
  render(html`${marked(text)}`, place);
  return place.innerHTML.replace(/<!--.*?-->/g, "");
}"""
READ = """(markup) => {
  const place = new DOMParser().parseFromString(markup, "text/html").body;
  const links = [...place.querySelectorAll("a:not(.cite)")];
  const all = ({ attributes }) => Object.fromEntries([...attributes].map((a) => [a.name, a.value]));
  return {
    text: place.textContent,
    links: links.map((link) => link.textContent),
    attributes: links.map(all),
    others: place.querySelectorAll("*:not(a):not(code)").length,
  };
}"""
ADDRESS = "https://x.example/" + "(.)" * 3_000
LONG = {"text": ADDRESS + ")" * 900, "links": [ADDRESS]}


@pytest.mark.parametrize("case", [*CASES, LONG], ids=lambda case: case["text"][:30])
async def test_addresses_are_links_and_everything_else_stays_text(
    modules: Page, case: dict[str, Any]
) -> None:
    text = visibly(case["text"])
    room = await modules.evaluate(READ, await modules.evaluate(IN_THE_ROOM, case["text"]))
    page = await modules.evaluate(READ, str(linked(case["text"])))
    attributes = [
        {"href": one, "dir": "ltr", "target": "_blank", "rel": "noopener noreferrer"}
        for one in case["links"]
    ]

    assert (room["links"], page["links"]) == (case["links"], case["links"])
    assert (room["attributes"], page["attributes"]) == (attributes, attributes)
    assert (page["text"], room["text"]) == (text, text.replace("`", ""))
    assert (room["others"], page["others"]) == (0, 0)
