// How somebody wants to hear of things, and when not: their own page.

import { change } from "./oncall/sending.js";
import { leave, tell } from "./oncall/telling.js";

const WAYS = ["email", "webhook", "browser"];
const form = document.querySelector("[data-you]");
const fields = form.elements;
const zones = document.querySelector("#zones");

tell();
for (const name of Intl.supportedValuesOf?.("timeZone") ?? []) zones.append(new Option(name, name));

fields["has-quiet"].addEventListener("change", ({ target }) => {
  form.querySelector("[data-quiet]").hidden = !target.checked;
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const quiet = { from: fields.from.value, to: fields.to.value };
  const body = {
    notify: Object.fromEntries(WAYS.map((way) => [way, fields[way].checked])),
    timezone: fields.timezone.value.trim(),
    quiet: fields["has-quiet"].checked ? quiet : null,
  };
  if (await change(form, "/api/people/me", body)) leave("Saved.");
});
