// Two small sheets: taking an override back, and making an address for a calendar program.

import { post } from "../posting.js";
import { send } from "./sending.js";
import { leave } from "./telling.js";

const find = (selector) => document.querySelector(selector);

/** Asks with the words of what is taken back, as it is. */
export function cancelOverride(rotation, id, words) {
  const [sheet, form] = [find("#uncover"), find("[data-cancel-form]")];
  form.querySelector("[data-words]").textContent = words;
  form.querySelector("[data-problem]").hidden = true;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const path = `/api/rotations/${encodeURIComponent(rotation)}/overrides/${encodeURIComponent(id)}`;
    if (await send(form, path, { method: "DELETE" })) leave(`The override in ${rotation} is cancelled.`);
  };
  sheet.showModal();
  form.querySelector("[type=submit]").focus();
}

/** `name` is a rotation, or "me". */
export function openFeed(name) {
  const [sheet, form] = [find("#feed"), find("[data-feed-form]")];
  const address = form.querySelector("[data-address]");
  const path = name === "me" ? "/api/people/me" : `/api/rotations/${encodeURIComponent(name)}`;
  find("#h-feed").textContent = name === "me" ? "Calendar of my shifts" : `Calendar of ${name}`;
  form.querySelector("[data-file]").href = name === "me" ? `${path}/shifts.ics` : `${path}.ics`;
  form.querySelector("[data-problem]").hidden = true;
  form.querySelector("[type=submit]").hidden = false;
  address.hidden = true;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const made = await post(form, `${path}/feed`, {});
    if (!made) return;
    form.querySelector("[type=submit]").hidden = true;
    address.hidden = false;
    address.querySelector("input").value = made.url;
    address.querySelector("input").select();
  };
  sheet.showModal();
  form.querySelector("[type=submit]").focus();
}

export async function copyAddress({ currentTarget }) {
  const field = find("[data-address] input");
  field.select();
  const word = currentTarget.lastElementChild;
  try {
    await navigator.clipboard.writeText(field.value);
    word.textContent = "Copied";
  } catch {
    word.textContent = "Press Ctrl C"; // plain http, or not allowed: the text is selected
  }
}
