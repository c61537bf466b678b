// What the reader wrote in rooms and this browser still keeps: a line for each room, which sends it
// once it is open. Nothing is sent from here.

import { html, render } from "../../vendor/lit/lit-html.js";
import { keptElsewhere, keptFor, watchOthers } from "../outbox/kept.js";
import { onOpening } from "../outbox/timed.js";
import { icon } from "../room/icon.js";
import { counted } from "../room/outbox-words.js";
import { serverNow } from "../time.js";

const OUTLOOK = {
  decides: "Open the room to decide what becomes of it",
  sends: "Not sent yet: open the room to send it",
  asks: "Not sent yet: open the room to send it. It asks first about changes older than 30 minutes",
  "asks all": "Not sent yet: the room asks whether it is still meant, as it is older than 30 minutes",
};
const AGES = 60_000; // ms after which what waits is looked at again
const SETTLES = 4_000; // ms in which a room in another tab is answered

const place = document.querySelector("#kept");
const me = place.dataset.me;
let timer = null;

/** Lines go as soon as another tab has sent what they tell of; new ones come where it stays. */
export function watchKept() {
  look();
  setInterval(look, AGES);
  watchOthers(() => {
    clearTimeout(timer);
    if (rooms().length <= place.childElementCount) look();
    else timer = setTimeout(look, SETTLES);
  });
}

/** [[id, records]] of rooms, the one that waits for longest first. */
function rooms() {
  const all = Object.keys(keptElsewhere("", me)).map((id) => [id, keptFor(id).filter(({ handle }) => handle === me)]);
  return all.filter(([, some]) => some.length).sort(([, a], [, b]) => a[0].n - b[0].n);
}

function look() {
  render(rooms().map(line), place);
}

function line([id, records]) {
  const refused = records.filter(({ state }) => state === "refused");
  const where = `/incidents/${encodeURIComponent(id)}`;
  const some = refused.length ? refused : records;
  const does = onOpening(records, serverNow());
  const words = `${counted(some)} for ${id} ${some.length === 1 ? "is" : "are"} ${refused.length ? "refused and " : ""}kept in this browser`;
  return html`<div class="yours-item" data-level="soon">${icon(refused.length ? "triangle-alert" : "clock")}
    <p><b>${words}</b> <a href=${where}>${OUTLOOK[does]}</a></p>
    <div class="yours-f"><a class="btn" href=${where}>Open<span class="vh"> ${id}</span></a></div></div>`;
}
