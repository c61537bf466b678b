// The moment in the address of the page, so that it can be passed on.
// Browsers let a page change its address a few times a second at most.

import { moment, wanted } from "../time.js";
import { address } from "../room/copying.js";

const EVERY = 500; // ms

let waiting = null;

/** Soon the address says what is shown; at once that the page is live again. */
export function showAddress() {
  if (wanted.value === null) write();
  else waiting ??= setTimeout(write, EVERY);
}

function write() {
  clearTimeout(waiting);
  waiting = null;
  const url = new URL(location.href);
  if (wanted.value === null) url.searchParams.delete("at");
  else url.searchParams.set("at", iso(wanted.value));
  const shown = url.search.replaceAll("%3A", ":"); // people read it
  if (shown !== location.search) history.replaceState(history.state, "", url.pathname + shown + url.hash);
}

const iso = (at) => new Date(at).toISOString().replace(".000Z", "Z");

/** The short address of the incident at the moment that is shown. */
export const addressOfMoment = () => `${address()}?at=${iso(moment.value)}`;
