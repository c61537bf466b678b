// The files that will go with the next line: which there are, and how they are uploaded, one after
// the other. How they are chosen and shown is not known here.

import { signal } from "../../vendor/signals/signals-core.js";
import { newRef } from "../ledger.js";
import { incident, link, mayAct } from "../state.js";
import { toast } from "./toasts.js";
import { upload } from "./upload.js";

export const MOST = 10; // files of an entry
export const TOO_MANY = `An entry shows at most ${MOST} files. Put the others into another one.`;
const LIMIT = 5 * 1024 * 1024; // bytes of a file
const OFFLINE = "Not connected. A file cannot wait in this browser, your text can: press Try again when you are back.";

/** [{key, file, name, size, state, part, why, again, told, stop}]; `state` is "waiting", "sending",
 * "done" or "failed", `part` how much has gone. */
export const files = signal([]);
export const promised = signal(null); // what posts the line once its files are there

export function add(given) {
  if (!mayAct.value) return;
  const room = Math.max(0, MOST - files.value.length);
  if (given.length > room) toast({ level: "soon", words: TOO_MANY });
  files.value = [...files.value, ...given.slice(0, room).map(entered)];
  next();
}

/** What was taken back stands there again: as the server told it, since it is uploaded already. */
export function giveBack(told) {
  const back = told.map((one) => ({ key: newRef(), file: { type: one.type }, name: one.name, size: one.size, state: "done", part: 1, told: one }));
  files.value = [...files.value, ...back];
}

function entered(file) {
  const one = { key: newRef(), file, name: file.name || "unnamed", size: file.size, state: "waiting", part: 0, why: "", again: false };
  if (file.size > LIMIT) return { ...one, state: "failed", why: "A file has at most 5 MB. Make it smaller, or put it elsewhere and link to it." };
  return file.size ? one : { ...one, state: "failed", why: "The file is empty, or a folder." };
}

const change = (key, difference) => (files.value = files.value.map((one) => (one.key === key ? { ...one, ...difference } : one)));

async function next() {
  const one = files.value.find(({ state }) => state === "waiting");
  if (!one || files.value.some(({ state }) => state === "sending")) return keepPromise();
  if (link.value.phase !== "live") return failed(one, { why: OFFLINE, again: true });
  const { answer, stop } = upload(`/api/incidents/${incident.value.id}/attachments`, one, (part) => change(one.key, { part }));
  change(one.key, { state: "sending", again: false, stop });
  try {
    change(one.key, { state: "done", told: await answer });
  } catch (problem) {
    if (problem instanceof Error) throw problem;
    return failed(one, problem);
  }
  return next();
}

function failed({ key }, { why, again: may }) {
  promised.value = null;
  change(key, { state: "failed", why, again: may });
  return next();
}

export function again({ key }) {
  change(key, { state: "waiting", part: 0, why: "", again: false });
  next();
}

export function remove({ key, stop }) {
  files.value = files.value.filter((one) => one.key !== key);
  promised.value = null;
  stop?.();
  document.getElementById("say").focus();
}

function keepPromise() {
  const send = promised.value;
  if (!send || files.value.some(({ state }) => state !== "done")) return;
  promised.value = null;
  send();
}
