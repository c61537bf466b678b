// Declaring an incident, on its own page or in the sheet of the list, and going to its room.
// The rules are the server's; this asks only for a title.

import { alike } from "./declare/alike.js";
import { tellWhom } from "./declare/whom.js";
import { post, show } from "./posting.js";
import { visibly } from "./unseen.js";

const UNTITLED = "Say in a few words what is wrong.";

for (const form of document.querySelectorAll("[data-declare]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    declare(form);
  });
  form.addEventListener("input", () => suggest(form));
  tellWhom(form, () => bodyOf(form));
  if (!form.closest("dialog")) form.elements.title.focus();
}

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

/** The sheet keeps what was typed until the page goes. */
export function openDeclaration(sheet) {
  if (!sheet.open) sheet.showModal();
  sheet.querySelector("[name=title]").focus();
}

async function declare(form) {
  const body = bodyOf(form);
  if (!body.title) return show(form, { errors: [{ loc: ["title"], msg: UNTITLED }] });
  const incident = await post(form, "/api/incidents", body);
  if (incident) location.assign(`/incidents/${encodeURIComponent(incident.id)}`);
}

/** Fields that were left empty are not sent: the server knows the defaults. */
function bodyOf(form) {
  const value = (name) => form.elements[name].value.trim();
  const body = {
    title: value("title"),
    severity: Number(value("severity")),
    description: value("description"),
    affectedServices: names(value("affectedServices")),
    affectedRegions: names(value("affectedRegions")),
    startTime: value("startTime") && new Date(`${value("startTime")}Z`).toISOString(),
    drill: form.elements.drill.checked,
    commander: form.elements.lead.checked && "me",
  };
  return Object.fromEntries(Object.entries(body).filter(([, one]) => one && one.length !== 0));
}

function names(text) {
  return [...new Set(text.split(",").map((name) => name.trim()).filter(Boolean))];
}

/** "Looks like INC-7": joining becomes the first thing to press. */
async function suggest(form) {
  const found = await alike(form.elements.title.value, names(form.elements.affectedServices.value));
  const hint = form.querySelector("[data-alike]");
  hint.hidden = !found;
  form.querySelector("[type=submit]").classList.toggle("primary", !found);
  if (!found) return;
  hint.querySelector("p").textContent = `Looks like ${found.id}, ${found.why}: ${visibly(found.title)}`;
  hint.querySelector("a").href = `/incidents/${encodeURIComponent(found.id)}`;
  hint.querySelector("a").textContent = `Join ${found.id}`;
}
