// Draws one panel and keeps it drawn: whatever signals its view reads draw it again.
// One effect a panel, so that a second passing never draws the log.

import { noChange, render } from "../../vendor/lit/lit-html.js";
import { AsyncDirective, directive } from "../../vendor/lit/async-directive.js";
import { effect } from "../../vendor/signals/signals-core.js";
import { focusKept } from "./focus.js";

/** Puts `view()` in the place of what the server drew in `root`. */
export function panel(root, view) {
  let drawn = false;
  effect(() => {
    const shown = view();
    const giveBack = root.contains(document.activeElement) ? focusKept() : null;
    if (!drawn) root.replaceChildren();
    drawn = true;
    render(shown, root);
    giveBack?.();
  });
}

/** `${ticking(() => clock(now.value - start))}`: this one value follows its signals, nothing else. */
export const ticking = directive(
  class extends AsyncDirective {
    #read = null;
    #stop = null;

    render(read) {
      this.#read = read;
      this.#follow();
      return noChange;
    }

    #follow() {
      this.#stop?.();
      let shown;
      this.#stop = effect(() => {
        const value = this.#read();
        if (value !== shown) this.setValue(value);
        shown = value;
      });
    }

    disconnected() {
      this.#stop?.();
    }

    reconnected() {
      this.#follow();
    }
  },
);
