// Who leads: one card a role, taken or given up with one press.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { incident, me, roles, submit } from "../state.js";
import { bothZones, now, span } from "../time.js";
import { select } from "./fields.js";
import { icon } from "./icon.js";
import { avatar, nameOf } from "./names.js";
import { ticking } from "./panel.js";
import { personPicker } from "./picker.js";
import { openSheet, problem } from "./sheet.js";
import { isFinal, isOver, isWanted, ROLES } from "./words.js";

const LONG = 4 * 3_600_000; // ms in a role after which a handoff is due

const refusal = signal(null);

export const rolesPanel = () => html`
  <header class="panel-h"><h2 id="h-roles">Roles</h2>
    ${isFinal(incident.value) ? nothing : html`<button class="text-btn" type="button" @click=${assign}>Assign</button>`}</header>
  ${refusal.value ? problem(refusal.value) : nothing}
  <ul>${Object.keys(ROLES).map((role) => card(role, roles.value[role] ?? {}))}</ul>`;

function card(role, { holder, since }) {
  if (!holder) return vacant(role);
  const time = () => now.value - Date.parse(since);
  const words = () => `in role ${span(time())}${time() > LONG ? ", consider a handoff" : ""}`;
  const own = holder === me.value.handle;
  return html`<li class="role" id="role-${role}">
    ${avatar(holder)}
    <div><p class="role-name">${ROLES[role]}</p><p class="role-who">${nameOf(holder)}</p>
      ${isOver(incident.value) ? nothing : html`<p class="role-meta" title=${bothZones(since)}>${ticking(words)}</p>`}</div>
    ${own ? button("Give up", role, () => giveUp(role)) : nothing}
  </li>`;
}

function vacant(role) {
  const over = isOver(incident.value);
  const quiet = over || !isWanted(role, incident.value.severity);
  return html`<li class="role empty ${quiet ? "optional" : ""}" id="role-${role}">
    <span class="avatar none" aria-hidden="true">${icon("plus")}</span>
    <div><p class="role-name">${ROLES[role]}</p><p class="role-who">${over ? "Nobody" : "Nobody yet"}</p></div>
    ${over ? nothing : button("Take it", role, () => change({ type: "assign_role", role, assignee: "me" }))}
  </li>`;
}

const button = (words, role, does) => isFinal(incident.value)
  ? nothing
  : html`<button class="btn sm" type="button" @click=${does}>${words}<span class="vh">, ${ROLES[role]}</span></button>`;

async function change(command) {
  refusal.value = null;
  try {
    await submit(command);
  } catch (why) {
    refusal.value = why;
  }
}

function giveUp(role) {
  openSheet({
    title: `Give up: ${ROLES[role]}`,
    label: `Give up ${ROLES[role].toLowerCase()}`,
    size: "small",
    danger: true,
    cancel: "Keep it",
    fields: () => html`<p>Nobody holds the role until somebody takes it. To hand it to somebody, use Assign.</p>`,
    send: () => submit({ type: "release_role", role }),
  });
}

function assign() {
  const person = personPicker(me.value.handle);
  const free = Object.keys(ROLES).find((role) => !roles.value[role]?.holder) ?? "incident_commander";
  openSheet({
    title: "Assign a role",
    label: "Assign",
    fields: () => html`${select("role", "Role", Object.entries(ROLES), free)} ${person.view("Person")}`,
    send: ({ role }) => submit({ type: "assign_role", role, assignee: person.value() || "me" }),
  });
}
