// The page of rotations: what happens when a shift, a gap or a button is pressed.
// The page is whole without it; it only cannot be changed.

import { Cover } from "./cover.js";
import { Renewing } from "./renewing.js";
import { rove } from "./roving.js";
import { cancelOverride, copyAddress, openFeed } from "./sheets.js";
import { tell } from "./telling.js";

const MINUTE = 60_000; // ms
const find = (selector) => document.querySelector(selector);

tell();
if (find("[data-rota]")) begin(JSON.parse(find("#boot").textContent));

function begin(boot) {
  const cover = new Cover(boot, cancelOverride);
  const renewing = new Renewing((changed, page) => {
    cover.renew(JSON.parse(page.querySelector("#boot").textContent), page);
    const rota = changed.map((part) => part.querySelector("[data-rota]")).find(Boolean);
    if (rota) rove(rota);
  });
  rove(find("[data-rota]"));
  document.addEventListener("click", ({ target }) => press(target, cover));
  document.addEventListener("keydown", (event) => {
    const band = event.target.closest?.("g[role=button]");
    if (!band || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    press(band, cover);
  });
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  find("[data-copy]").addEventListener("click", copyAddress);
  moveNow(Date.parse(boot.now) - Date.now());
  renewing.start();
}

function press(target, cover) {
  const pressed = (name) => target.closest(`[data-${name}]`)?.dataset;
  const at = ({ since, until }) => ({ since: Date.parse(since), until: until ? Date.parse(until) : null });
  const shift = pressed("cover");
  const hole = pressed("hole");
  const cancelled = target.closest("[data-cancel]");
  if (shift) cover.ofShift({ ...shift, ...at(shift), rotation: shift.cover, words: words(target.closest("[data-cover]")) });
  else if (hole) cover.ofHole({ ...at(hole), rotations: hole.hole.split(" "), words: words(target.closest("[data-hole]")) });
  else if (pressed("override")) cover.fresh();
  else if (pressed("feed")) openFeed(pressed("feed").feed);
  else if (cancelled) {
    cancelOverride(cancelled.dataset.rotation, cancelled.dataset.cancel, words(cancelled.closest("li").firstElementChild.nextElementSibling));
  }
}

/** What the pressed thing says of itself; a button says only what it does. */
function words(element) {
  if (element.matches("button.btn")) return "";
  const told = element.querySelector("title") ?? element.querySelector("small")?.parentElement ?? element;
  return told.innerText?.trim() ?? told.textContent.trim();
}

/** The line of now goes on, as far as its window reaches. */
function moveNow(offset) {
  const lines = [...document.querySelectorAll("[data-now]")];
  const { start, end } = find("[data-rota]").dataset;
  const share = (Date.now() + offset - Date.parse(start)) / (Date.parse(end) - Date.parse(start));
  for (const line of share < 1 ? lines : []) {
    for (const side of ["x1", "x2"]) line.setAttribute(side, `${(share * 100).toFixed(3)}%`);
  }
  setTimeout(moveNow, MINUTE, offset);
}
