// What stands in the composer, kept over a reload, a closed tab and a sign-out: each tab under a
// name of its own, so that two tabs of one person never write over each other's words. A new tab
// takes up what a closed one left.

import { effect, signal } from "../../vendor/signals/signals-core.js";
import { keep, kept } from "../keep.js";
import { newRef } from "../ledger.js";
import { me } from "../state.js";

const LETS_GO = 2_000; // ms within which a page that is left gives back what it holds

export const draft = signal("");

/** Files of lines that were taken back, until they stand beside the field again; see attach.js. */
export const returned = signal([]);

/** `line` back into the field, before whatever stands there by now, and its `files` beside it. */
export function takeBack(line, { files = [] }) {
  draft.value = [line, draft.value].filter(Boolean).join("\n");
  returned.value = [...returned.value, ...files];
  document.getElementById("say")?.focus();
}

/** `written` is what stood in the field before this page came alive. */
export async function keepDraft(incident, written) {
  draft.value = written || "";
  const tab = await ownTab();
  const begin = () => `draft:${incident}:${me.value.handle}:`;
  let name = "";
  effect(() => {
    const before = name;
    name = `${begin()}${tab}`;
    if (name === before) return;
    const found = before ? "" : draft.peek(); // somebody else signed in: the words stay with who wrote them
    draft.value = found || kept(name, "");
  });
  effect(() => keep(name, draft.value));
  takeUp(begin(), name);
}

/** A name that this tab keeps over a reload and no other open tab has: a doubled tab takes a new one. */
async function ownTab() {
  const before = remembered("tab");
  const leftByItself = remembered("left"); // a doubled tab has the name too, of a page that was not left
  remember("left", null);
  addEventListener("pagehide", () => remember("left", "yes"));
  addEventListener("pageshow", () => remember("left", null));
  const claim = before && holds(before);
  const own = before && (leftByItself || (await claim)) ? before : newRef();
  if (own !== before) await holds(own);
  remember("tab", own);
  return own;
}

function remembered(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // blocked: the draft is found again as one that a closed tab left
  }
}

/** Takes the lock of a tab's name for as long as this page lives; false where another page has it.
 * A page that is loaded again waits until the one before it has let go. */
const holds = (name) => navigator.locks
  ? new Promise((told) => {
      const forLife = () => new Promise(() => told(true));
      navigator.locks.request(`tab:${name}`, { signal: AbortSignal.timeout(LETS_GO) }, forLife).catch(() => told(false));
    })
  : Promise.resolve(true);

/** The words of a tab that is closed, or is just closing, move here, unless something is written here by then. */
function takeUp(begin, own) {
  for (const name of namesOf(begin).filter((one) => one !== own)) {
    onceClosed(name.slice(begin.length), () => {
      if (draft.value) return;
      draft.value = kept(name, "");
      keep(name, null);
    });
  }
}

function onceClosed(tab, does) {
  if (!navigator.locks) return does();
  return navigator.locks.request(`tab:${tab}`, { signal: AbortSignal.timeout(LETS_GO) }, does).catch(isOpen);
}

const isOpen = (why) => why.name === "TimeoutError" || Promise.reject(why);

function namesOf(begin) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(begin));
  } catch {
    return [];
  }
}
