// Copying a link: to the clipboard where the browser allows it, by the old way where it does not.

import { incident } from "../state.js";

/** The short address of the incident, or of one entry of it. */
export function address(number) {
  const short = incident.value.id.replace(/^INC-/, "");
  return `${location.origin}/i/${short}${number ? `#T${number}` : ""}`;
}

/** What is pasted: the words people search for, then the address. */
export function lineOf({ id, severity, title }) {
  return `${id} SEV${severity} ${title} ${address()}`;
}

/** Copies `text` and lets `button` say so for two seconds. */
export async function copy(text, button) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text).catch(() => copyOldWay(text));
  else copyOldWay(text); // plain http on a local network has no clipboard of its own
  button.dataset.done = "";
  setTimeout(() => delete button.dataset.done, 2_000);
}

function copyOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "vh";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
