// Links to one entry: /incidents/INC-7#T42 shows T42, wherever it is.

import { batch } from "../../vendor/signals/signals-core.js";
import { showAround } from "./earlier.js";
import { filter, found } from "./looking.js";
import { goToRow } from "./timeline.js";

export function followLinks() {
  addEventListener("hashchange", goToHash);
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("a[href^='#T']")?.hash === location.hash) goToHash(); // the address stays, the row may be far
  });
  goToHash();
}

async function goToHash() {
  const number = Number(/^#T([1-9]\d*)$/.exec(location.hash)?.[1]);
  if (number) await goTo(number);
}

/** Shows T`number`, loading what is around it; false if it cannot be had. */
export async function goTo(number) {
  if (!(await showAround(number))) return false;
  batch(() => {
    filter.value = "all";
    found.value = number;
  });
  goToRow(number);
  return true;
}
