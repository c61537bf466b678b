// Links to a fix or a possible cause: /incidents/INC-7#ACT-4 shows its card, on a phone in its tab.
// Links to entries are followed by the timeline itself.

import { tab } from "./place.js";

const PANELS = { ACT: "fixes", H: "people" };

export function followAnchors() {
  addEventListener("hashchange", goToHash);
  goToHash();
}

function goToHash() {
  const [, kind] = /^#(ACT|H)-?[1-9]\d*$/.exec(location.hash) ?? [];
  const card = kind && document.getElementById(location.hash.slice(1));
  if (!card) return;
  tab.value = PANELS[kind];
  if (card.tabIndex < 0) card.tabIndex = -1;
  card.focus();
  card.scrollIntoView({ block: "center" });
}
