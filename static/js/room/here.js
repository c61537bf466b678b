// Who is in the room now, and at what: "on ACT-4", "typing".

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { me, presence } from "../state.js";
import { avatar, nameOf } from "./names.js";

const ROWS = 4;
const PLACES = { timeline: "reading", fixes: "at the fixes", communications: "at the updates", roles: "at the roles", typing: "typing", away: "away" };
const AUDIENCES = { customers: "at the customers' update", leadership: "at the leadership update", support: "at the support update" };
const RANK = ["typing", "fixes", "roles", "communications", "timeline", "away"];

/** Everybody once, by their liveliest window. */
const present = computed(() => {
  const byHandle = new Map();
  for (const one of presence.value) {
    const other = byHandle.get(one.handle);
    if (!other || RANK.indexOf(one.place) < RANK.indexOf(other.place)) byHandle.set(one.handle, one);
  }
  return [...byHandle.values()];
});
const typingNow = computed(() =>
  present.value.filter(({ handle, place }) => place === "typing" && handle !== me.value.handle),
);

export const herePanel = () => {
  const rank = ({ handle, place }) => (handle === me.value.handle ? 9 : RANK.indexOf(place));
  const sorted = present.value.toSorted((a, b) => rank(a) - rank(b));
  const shown = sorted.length === ROWS + 1 ? sorted : sorted.slice(0, ROWS);
  return html`
    <header class="panel-h"><h2 id="h-here">Here now</h2><span class="n">${sorted.length}</span></header>
    <ul class="presence">
      ${shown.map(person)}
      ${shown.length < sorted.length ? html`<li class="more">${sorted.length - shown.length} more</li>` : nothing}
    </ul>`;
};

const person = ({ handle, place, on }) => html`<li data-place=${place}>
  ${avatar(handle)}<span><bdi>${nameOf(handle)}</bdi>${handle === me.value.handle ? " (you)" : ""}</span><em>${whereabouts(place, on)}</em>
</li>`;

/** Somebody who types or is away is at nothing else. */
function whereabouts(place, on) {
  if (place === "typing" || place === "away" || !on) return PLACES[place] ?? "";
  return AUDIENCES[on] ?? `on ${on}`;
}

/** "Samir Haddad is typing" for the line under the composer. */
export function typingWords() {
  const names = typingNow.value.map(({ handle }) => nameOf(handle));
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing`;
  return names.length === 2 ? `${names.join(" and ")} are typing` : `${names.length} people are typing`;
}
