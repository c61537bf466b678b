// Files that go with what is written: chosen, pasted or dropped, shown beside the field, and named by
// the line that is posted. A line waits for its files; files never wait in the browser.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { effect } from "../../vendor/signals/signals-core.js";
import { offer } from "../offers.js";
import { mayAct } from "../state.js";
import { sizeOf } from "./attached.js";
import { beside, extras } from "./composer.js";
import { draft, returned } from "./draft.js";
import { add, again, files, giveBack, MOST, promised, remove, TOO_MANY } from "./files.js";
import { icon } from "./icon.js";
import { toast } from "./toasts.js";

const TAKES = "image/*,*/*"; // phones offer the camera and the photos, and everything else
const ONLY_NOTES = "Files go with notes and decisions. Remove them, or post without the command.";

export function mount() {
  effect(() => (extras.value = view()));
  beside.value = { holds, join };
  effect(() => void (returned.value.length && queueMicrotask(takeIn)));
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

function takeIn() {
  giveBack(returned.value);
  returned.value = [];
}

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

/** Whether the line has to wait for its files; `send` is called when they are there. */
function holds(send) {
  const wrong = files.value.find(({ state }) => state === "failed");
  if (wrong) toast({ level: "soon", about: "files", words: `${wrong.name} is not uploaded. Try again, or remove it. Your text is kept.` });
  else if (files.value.length > MOST) toast({ level: "soon", about: "files", words: TOO_MANY });
  else if (files.value.some(({ state }) => state !== "done")) promised.value = send;
  else if (files.value.length && !draft.value.trim()) draft.value = files.value.map(({ told }) => told.name).join(", ");
  return Boolean(wrong || promised.value) || files.value.length > MOST;
}

/** The line with its files, which are let go; or what is wrong with the two together. */
function join(meant) {
  if (meant.problem || !files.value.length) return meant;
  if (meant.command?.type !== "add_timeline") return { problem: ONLY_NOTES };
  const told = files.value.map((one) => one.told);
  files.value = [];
  return { ...meant, files: told, command: { ...meant.command, attachments: [...new Set(told.map(({ id }) => id))] } };
}
