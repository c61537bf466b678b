// A form sent as JSON, and what the server says is wrong with it, beside the field it names.
// The same body goes under the same Idempotency-Key, so pressing twice, or again after a lost
// answer, happens once.

import { newRef } from "./ledger.js";

const UNREACHABLE = "The server cannot be reached. Nothing is lost: press the button again.";
const SIGNED_OUT = "You are signed out. Sign in again in another tab, then press the button.";
const PATIENCE = 20_000; // ms for an answer

const sent = new WeakMap(); // form -> {text, key}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[aria-invalid]")) return;
  target.removeAttribute("aria-invalid");
  target.form.querySelector(`[data-error="${CSS.escape(target.name)}"]`).textContent = "";
});

/** The answer's body, or null after showing what is wrong. */
export async function post(form, url, body) {
  clear(form);
  const button = form.querySelector("[type=submit]");
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    const answer = await request(url, body, keyFor(form, body));
    if (answer.ok) return await answer.json();
    show(form, await problemOf(answer));
  } catch {
    show(form, { detail: UNREACHABLE });
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
  return null;
}

function request(url, body, key) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
}

function keyFor(form, body) {
  const text = JSON.stringify(body);
  if (sent.get(form)?.text !== text) sent.set(form, { text, key: newRef() });
  return sent.get(form).key;
}

async function problemOf(answer) {
  if (answer.status === 401) return { detail: SIGNED_OUT };
  const { title, detail, errors } = await answer.json().catch(() => ({}));
  return { detail: detail ?? title ?? `The server answered ${answer.status}.`, errors };
}

/** Each error goes to the field that its `loc` begins with; the rest to the top. */
export function show(form, { detail, errors = [] }) {
  const elsewhere = errors.filter(({ loc, msg }) => !showAt(form, fieldOf(loc), msg));
  const words = elsewhere.map(({ loc, msg }) => `${loc.join(".")}: ${msg}.`).join(" ");
  if (errors.length === 0 || words) showOnTop(form, words || detail);
  form.querySelector("[aria-invalid=true]")?.focus();
}

function fieldOf(loc) {
  return loc[0] === "body" ? loc[1] : loc[0];
}

function showAt(form, name, words) {
  const line = form.querySelector(`[data-error="${CSS.escape(String(name))}"]`);
  if (!line) return false;
  line.textContent = words;
  const field = form.elements[name];
  (field instanceof RadioNodeList ? field[0] : field)?.setAttribute("aria-invalid", "true");
  const folded = line.closest("details");
  if (folded) folded.open = true;
  return true;
}

function showOnTop(form, words) {
  const top = form.querySelector("[data-problem]");
  const line = document.createElement("p");
  line.textContent = words;
  top.className = "problem";
  top.setAttribute("role", "alert");
  top.replaceChildren(line);
  top.hidden = false;
}

function clear(form) {
  for (const line of form.querySelectorAll("[data-error]")) line.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
  }
  form.querySelector("[data-problem]").hidden = true;
}
