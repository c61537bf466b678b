// Links to one entry: /incidents/INC-7#T42 shows T42, wherever it is.

import { entries } from "../state.js";
import { showEarlier } from "./earlier.js";
import { end, filter, found, show, unfold } from "./timeline.js";

export function followLinks() {
  addEventListener("hashchange", goToHash);
  goToHash();
}

async function goToHash() {
  const number = Number(/^#T([1-9]\d*)$/.exec(location.hash)?.[1]);
  if (!number) return;
  while (number < (entries.value.first?.number ?? 1)) if (!(await showEarlier())) return;
  if (filter.value !== "all") show("all");
  unfold(number);
  found.value = number;
  end.letGo();
  document.getElementById(`T${number}`)?.scrollIntoView({ block: "center" });
}
