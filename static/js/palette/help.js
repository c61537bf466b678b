// The sheet of keys: whatever the page offers, by group, and the switch that turns single keys off.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { keysAreOn, switchKeys } from "../keys.js";
import { offers } from "../offers.js";
import { icon } from "../room/icon.js";

const COMMAND_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";

const inRoom = () => document.body.classList.contains("room");

export function help() {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet wide help";
  dialog.setAttribute("aria-labelledby", "help-title");
  dialog.addEventListener("close", () => dialog.remove());
  render(frame(() => dialog.close()), dialog);
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("button").focus();
}

const frame = (shut) => html`
  <header class="sheet-h"><h2 id="help-title">Keys</h2>
    <button class="icon-btn" type="button" aria-label="Close" @click=${shut}>${icon("x")}</button></header>
  <div class="sheet-b">
    <div class="help-groups">${byGroup().map(([group, some]) => html`<section><h3>${group}</h3><dl class="keys">${some.map(line)}</dl></section>`)}</div>
    ${inRoom() ? html`<p class="hint">The browser's own search, ${COMMAND_KEY}+F, finds only the entries that are drawn. ${searchesAll()}</p>` : nothing}
    <label class="check"><input type="checkbox" ?checked=${keysAreOn()} @change=${({ target }) => switchKeys(target.checked)}>Single keys work as shortcuts</label>
    <p class="hint">${COMMAND_KEY}+K works either way, also while you write.</p>
  </div>`;

/** [[group, offers with keys]], the page's own first. */
function byGroup() {
  const groups = new Map([["This page", []], ["This incident", []]]);
  for (const one of offers().filter(({ keys }) => keys)) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const anywhere = { words: "Jump anywhere, or do anything by its name", keys: `${COMMAND_KEY} K` };
  const send = { words: "Send the form you write in, also from a field of many lines", keys: `${COMMAND_KEY} Enter` };
  groups.set("Everywhere", [anywhere, ...(inRoom() ? [send] : []), ...(groups.get("Everywhere") ?? [])]);
  const late = ([group]) => ["Everywhere", "Go to"].indexOf(group);
  return [...groups].filter(([, some]) => some.length).sort((a, b) => late(a) - late(b));
}

const line = ({ keys, words }) => html`<div><dt>${keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${words}</dd></div>`;

function searchesAll() {
  const search = offers().find(({ id }) => id === "search");
  if (!search) return nothing;
  return html`To search the whole timeline press ${search.keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)} or the magnifier over it.`;
}
