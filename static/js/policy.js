// Editing the policy: check it, go to what is wrong, save it on the revision it was built on.
// Whoever saves second keeps their text, and learns who was first.

import { keep, kept } from "./keep.js";
import { tell, leave } from "./oncall/telling.js";
import { bothZones } from "./time.js";

const DRAFT = "policy-draft";
const FILE_LIMIT = 256 * 1024; // bytes, as the server's
const YAML = { "Content-Type": "application/yaml" };
const PATIENCE = 30_000; // ms; a long policy takes seconds to check
const UNREACHABLE = "The server cannot be reached. Your text is kept: try again.";

const find = (selector) => document.querySelector(selector);
const form = find("[data-policy]");
const text = form.elements.text;
const [verdict, faults, gutter] = [find("[data-verdict]"), find("[data-faults]"), find("[data-gutter]")];
const original = text.value;
let base = form.dataset.revision;

tell();
resume();
number();

text.addEventListener("input", changed);
text.addEventListener("scroll", () => (gutter.scrollTop = text.scrollTop));
find("[data-check]").addEventListener("click", check);
find("[data-restore]").addEventListener("click", restore);
form.elements.file.addEventListener("change", load);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});

/** The draft of an earlier visit, on the revision that it was built on. */
function resume() {
  const { revision, draft } = JSON.parse(kept(DRAFT, "{}"));
  if (!draft || draft === original) return;
  build(revision);
  fill(draft);
  say("note", "This is your draft from before, not saved yet.");
}

function build(revision) {
  const newer = form.dataset.revision === revision ? "" : `; revision ${form.dataset.revision} holds now`;
  base = revision;
  find("[data-base]").textContent = `Built on revision ${base}${newer}`;
}

function restore() {
  build(form.dataset.revision);
  fill(original);
}

function fill(words) {
  text.value = words;
  changed();
}

function changed() {
  const differs = text.value !== original;
  keep(DRAFT, differs ? JSON.stringify({ revision: base, draft: text.value }) : null);
  find("[data-restore]").hidden = !differs;
  number();
}

function number() {
  const lines = text.value.split("\n").length;
  gutter.textContent = Array.from({ length: lines }, (_, place) => place + 1).join("\n");
  gutter.scrollTop = text.scrollTop;
}

async function load({ target }) {
  const [file] = target.files;
  target.value = "";
  if (!file) return;
  if (file.size > FILE_LIMIT) return say("late", `${file.name} is larger than 256 KiB.`);
  fill(await file.text());
  say("note", `${file.name} is loaded into the editor. Nothing is saved yet.`);
  await check();
}

async function check() {
  const answer = await ask("POST", "/api/policy/check");
  if (!answer?.ok) return answer && refused(answer);
  const { usable, errors, warnings } = await answer.json();
  list([...errors.map((one) => ({ ...one, level: "late" })), ...warnings.map((one) => ({ ...one, level: "soon" }))]);
  if (!usable) say("late", `${count(errors.length, "error")}. Press one to go there.`);
  else if (warnings.length) say("soon", `It can be saved. ${count(warnings.length, "warning")} to read first.`);
  else say("well", "Nothing is wrong with it.");
}

async function save() {
  const answer = await ask("PUT", "/api/policy", { "If-Match": `"${base}"` });
  if (!answer) return;
  if (answer.status === 412) return overtaken();
  if (!answer.ok) return refused(answer);
  const { revision, changes, warnings } = await answer.json();
  keep(DRAFT, null);
  const doubts = warnings.length ? ` ${count(warnings.length, "warning")}: press Check to read them.` : "";
  leave(`Saved. Revision ${revision} holds. ${changes.join(" ") || "Nothing differed."}${doubts}`);
}

/** Somebody else saved since: say who, and let the reader decide. */
async function overtaken() {
  const newest = await fetch("/api/policy").then((answer) => answer.json());
  const again = document.createElement("button");
  again.className = "btn sm";
  again.type = "button";
  again.textContent = `Replace revision ${newest.revision} with mine`;
  again.addEventListener("click", () => {
    base = String(newest.revision);
    find("[data-base]").textContent = `Replaces revision ${base}`;
    save();
  });
  const when = newest.at ? `, ${bothZones(newest.at)}` : "";
  say("late", `${newest.by} was first: revision ${newest.revision} holds${when}. Your text is kept here.`, theirs(), again);
}

function theirs() {
  const link = document.createElement("a");
  link.href = "/policy";
  link.target = "_blank";
  link.textContent = "See theirs";
  return link;
}

async function refused(answer) {
  const { detail, errors = [] } = await answer.json().catch(() => ({}));
  list(errors.filter(({ line }) => line).map((one) => ({ ...one, level: "late" })));
  say("late", detail ?? `The server answered ${answer.status}.`);
}

async function ask(method, url, headers = {}) {
  const buttons = form.querySelectorAll("[data-check], [data-save]");
  for (const button of buttons) button.disabled = true;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    return await fetch(url, { method, headers: { ...YAML, ...headers }, body: text.value, signal });
  } catch {
    say("late", UNREACHABLE);
    return null;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function say(level, words, ...beside) {
  const line = document.createElement("p");
  line.textContent = words;
  const box = document.createElement("div");
  box.className = "problem";
  box.dataset.level = level;
  box.append(line, ...beside);
  verdict.replaceChildren(box);
  verdict.scrollIntoView({ block: "nearest" });
}

function list(found) {
  faults.hidden = found.length === 0;
  faults.replaceChildren(...found.map(row));
}

function row({ line, column, loc, msg, level }) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.level = level;
  const place = piece("span", `${line}:${column}`);
  place.className = "mono";
  const path = loc.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("").slice(1);
  const words = piece("span", `: ${msg}`);
  if (path) words.prepend(piece("code", path));
  else words.textContent = msg;
  button.append(place, piece("b", level === "late" ? "error" : "warning"), words);
  button.addEventListener("click", () => go(line, column));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function piece(tag, words) {
  const element = document.createElement(tag);
  element.textContent = words;
  return element;
}

/** The cursor stands where the fault is, a third down the editor. */
function go(line, column) {
  const before = text.value.split("\n").slice(0, line - 1);
  const at = before.reduce((length, one) => length + one.length + 1, 0) + column - 1;
  text.focus();
  text.setSelectionRange(at, at);
  const height = text.scrollHeight / text.value.split("\n").length;
  text.scrollTop = Math.max(0, (line - 1) * height - text.clientHeight / 3);
  text.scrollIntoView({ block: "nearest" });
}

const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
