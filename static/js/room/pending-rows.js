// The rows of what is on its way, or was refused, below the log.

import { computed } from "../../vendor/signals/signals-core.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { discard, pending, tryAgain } from "../sending.js";
import { takeBack } from "./draft.js";
import { pendingRow } from "./entry.js";

const sending = computed(() => pending.value.filter(({ state }) => state !== "arrived"));

export const pendingRows = () => repeat(sending.value, ({ ref }) => ref, draw);

const draw = (one) => pendingRow(one, {
  again: () => tryAgain(one),
  edit: one.written && (() => edit(one)),
  discard: () => discard(one),
});

function edit(one) {
  discard(one);
  takeBack(one.written, one);
}
