// Adding and editing people, and copying the sign-in link that was just made.
// Who may do it is the server's to say.

import { change } from "./oncall/sending.js";
import { post } from "./posting.js";
import { visibly } from "./unseen.js";

const form = document.querySelector("[data-add-person]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const filled = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  const body = Object.fromEntries(filled.filter(([, value]) => value !== ""));
  const person = await post(form, "/api/people", body);
  if (person) location.assign("/people");
});

const sheet = document.querySelector("#edit");
const edited = document.querySelector("[data-edit-person]");
const OPTIONAL = ["email", "phone", "region"];
let before = null;

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-edit]");
  if (button) edit(JSON.parse(button.dataset.edit));
  else if (target.closest("dialog [data-close]")) sheet.close();
});

function edit(person) {
  before = person;
  edited.reset();
  edited.querySelector("[data-problem]").hidden = true;
  sheet.querySelector("h2").textContent = `Edit ${visibly(person.name)}`;
  for (const name of [...OPTIONAL, "name", "timezone", "role"]) edited.elements[name].value = person[name] ?? "";
  edited.elements.disabled.checked = person.disabled;
  sheet.showModal();
}

edited.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = differing();
  if (Object.keys(body).length === 0) return sheet.close();
  const saved = await change(edited, `/api/people/${encodeURIComponent(before.handle)}`, body);
  if (saved) location.assign("/people");
});

/** Only what was changed is sent, so that two admins do not undo each other's work. */
function differing() {
  const told = Object.fromEntries([...new FormData(edited)].map(([name, value]) => [name, value.trim()]));
  for (const name of OPTIONAL) told[name] ||= null;
  told.disabled = edited.elements.disabled.checked;
  return Object.fromEntries(Object.entries(told).filter(([name, value]) => value !== (before[name] ?? null)));
}

document.querySelector("[data-copy]")?.addEventListener("click", async ({ currentTarget }) => {
  const link = document.querySelector("#issued-link");
  link.select();
  const copied = await copy(link.value);
  currentTarget.lastElementChild.textContent = copied ? "Copied" : "Press Ctrl C";
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // plain http, or not allowed: the text is selected
  }
}
