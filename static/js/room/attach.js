// Files that go with what is written: chosen, pasted or dropped, uploaded one after the other, and
// named by the line that is posted. A line waits for its files; files never wait in the browser.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { effect, signal } from "../../vendor/signals/signals-core.js";
import { offer } from "../offers.js";
import { newRef } from "../ledger.js";
import { incident, link, mayAct } from "../state.js";
import { sizeOf } from "./attached.js";
import { beside, extras } from "./composer.js";
import { draft } from "./draft.js";
import { icon } from "./icon.js";
import { toast } from "./toasts.js";
import { upload } from "./upload.js";

const MOST = 10; // files of an entry
const LIMIT = 5 * 1024 * 1024; // bytes of a file
const TAKES = "image/*,*/*"; // phones offer the camera and the photos, and everything else
const ONLY_NOTES = "Files go with notes and decisions. Remove them, or post without the command.";
const OFFLINE = "Not connected. A file cannot wait in this browser, your text can: press Try again when you are back.";

/** [{key, file, name, size, state, part, why, again, told, stop}]; `state` is "waiting", "sending",
 * "done" or "failed", `part` how much has gone. */
const files = signal([]);
const promised = signal(null); // what posts the line once its files are there

export function mount() {
  effect(() => (extras.value = view()));
  beside.value = { holds, join };
  document.addEventListener("paste", pasted);
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) addEventListener(kind, dragged);
  offer({ id: "attach", words: "Attach files", may: () => mayAct.value, does: choose });
}

const view = () => html`
  ${files.value.length ? html`<ul class="files" aria-label="Files to post">${repeat(files.value, ({ key }) => key, chip)}</ul>` : nothing}
  ${promised.value ? html`<p class="files-note" role="status">Posted as soon as the files are there.</p>` : nothing}
  <input id="choose-files" type="file" multiple accept=${TAKES} aria-label="Files" hidden @change=${chosen}>
  <button class="btn clip" type="button" aria-label="Attach files" title="Attach files" ?disabled=${!mayAct.value} @click=${choose}>${icon("paperclip")}</button>`;

const chip = (one) => html`<li data-state=${one.state}>
  ${icon(one.state === "failed" ? "triangle-alert" : one.file.type.startsWith("image/") ? "image" : "file-text")}
  <span class="file-what"><bdi title=${one.name}>${one.name}</bdi> <small>${sizeOf(one.size)}</small></span>
  ${one.state === "failed" ? html`<span class="file-why" role="alert">${one.why}</span>` : nothing}
  ${one.again ? html`<button class="text-btn" type="button" aria-label="Try again: ${one.name}" @click=${() => again(one)}>Try again</button>` : nothing}
  <button class="icon-btn sm" type="button" aria-label="${one.state === "done" || one.state === "failed" ? "Remove" : "Cancel"} ${one.name}" @click=${() => remove(one)}>${icon("x")}</button>
  ${["waiting", "sending"].includes(one.state) ? html`<progress max="1" value=${one.part} aria-label="Uploading ${one.name}"></progress>` : nothing}</li>`;

const choose = () => document.getElementById("choose-files").click();

function chosen({ target }) {
  add([...target.files]);
  target.value = ""; // the same file can be chosen again
  document.getElementById("say").focus();
}

/** Words beat pictures: tables are copied as both. */
function pasted(event) {
  const { files: given, types } = event.clipboardData;
  if (event.target.id !== "say" || !given.length || types.includes("text/plain")) return;
  event.preventDefault();
  add([...given]);
}

/** A file that misses the log must not take the place of the page. */
function dragged(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  const log = document.getElementById("timeline");
  const over = log.contains(event.target) && mayAct.value;
  log.toggleAttribute("data-drop", over && event.type !== "drop" && !(event.type === "dragleave" && !log.contains(event.relatedTarget)));
  event.preventDefault();
  if (event.type === "dragover") event.dataTransfer.dropEffect = over ? "copy" : "none";
  if (event.type === "drop" && over) add([...event.dataTransfer.files]);
}

function add(given) {
  if (!mayAct.value) return;
  const room = MOST - files.value.length;
  if (given.length > room) toast({ level: "soon", words: `An entry shows at most ${MOST} files. Put the others into another one.` });
  files.value = [...files.value, ...given.slice(0, room).map(entered)];
  next();
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

function again({ key }) {
  change(key, { state: "waiting", part: 0, why: "", again: false });
  next();
}

function remove({ key, stop }) {
  files.value = files.value.filter((one) => one.key !== key);
  promised.value = null;
  stop?.();
  document.getElementById("say").focus();
}

/** Whether the line has to wait for its files; `send` is called when they are there. */
function holds(send) {
  const wrong = files.value.find(({ state }) => state === "failed");
  if (wrong) toast({ level: "soon", about: "files", words: `${wrong.name} is not uploaded. Try again, or remove it. Your text is kept.` });
  else if (files.value.some(({ state }) => state !== "done")) promised.value = send;
  else if (files.value.length && !draft.value.trim()) draft.value = files.value.map(({ told }) => told.name).join(", ");
  return Boolean(wrong || promised.value);
}

function keepPromise() {
  const send = promised.value;
  if (!send || files.value.some(({ state }) => state !== "done")) return;
  promised.value = null;
  send();
}

/** The line with its files, which are let go; or what is wrong with the two together. */
function join(meant) {
  if (meant.problem || !files.value.length) return meant;
  if (meant.command?.type !== "add_timeline") return { problem: ONLY_NOTES };
  const attachments = [...new Set(files.value.map(({ told }) => told.id))];
  files.value = [];
  return { ...meant, command: { ...meant.command, attachments } };
}
