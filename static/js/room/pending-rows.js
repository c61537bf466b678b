// The rows of what is on its way, or was refused, below the log.

import { computed } from "../../vendor/signals/signals-core.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { discard, pending, tryAgain } from "../sending.js";
import { draft } from "./draft.js";
import { pendingRow } from "./entry.js";

const sending = computed(() => pending.value.filter(({ state }) => state !== "arrived"));

export const pendingRows = () => repeat(sending.value, ({ ref }) => ref, draw);

const draw = (one) => pendingRow(one, {
  again: () => tryAgain(one),
  edit: one.written && (() => takeBack(one)),
  discard: () => discard(one),
});

function takeBack(one) {
  discard(one);
  draft.value = [one.written, draft.value].filter(Boolean).join("\n"); // what stands there is not lost for it
  document.getElementById("say").focus();
}
