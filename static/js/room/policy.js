// Whether the policy changed since this incident took it on. Asked on load and once a minute.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { incident } from "../state.js";
import { fetched } from "./fetching.js";
import { applyPolicy } from "./sheets.js";
import { isOver } from "./words.js";

const EVERY = 60_000; // ms

const newest = signal(null); // the revision that holds for new incidents, once it is known

export function watchPolicy() {
  ask();
  setInterval(() => document.hidden || ask(), EVERY);
}

async function ask() {
  const answer = await fetched("/api/policy").catch(() => null); // it is asked again soon
  const policy = await answer?.json().catch(() => null);
  if (Number.isInteger(policy?.revision)) newest.value = policy.revision;
}

export function policyLine() {
  const own = incident.value.policy?.revision;
  if (isOver(incident.value) || newest.value === null || own === undefined || newest.value <= own) return nothing;
  return html`<p class="policy-line"><span>The policy changed since (revision ${newest.value}, here ${own}).</span>
    <button class="text-btn" type="button" @click=${() => applyPolicy(newest.value)}>Apply<span class="vh"> the newest policy</span></button></p>`;
}
