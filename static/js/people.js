// Adding a person, and copying the sign-in link that was just made.
// Who may do it is the server's to say.

import { post } from "./posting.js";

const form = document.querySelector("[data-add-person]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const filled = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  const body = Object.fromEntries(filled.filter(([, value]) => value !== ""));
  const person = await post(form, "/api/people", body);
  if (person) location.assign("/people");
});

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
