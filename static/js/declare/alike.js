// Whether somebody has declared this already. A hint by shared words and services, never a refusal.

import { span } from "../time.js";

const ENDED = ["resolved", "closed", "cancelled"];
const FILLERS = new Set("about after again with from into over that this have been does down slow fails failing failed error errors issue problem".split(" "));

let open = null; // asked for once, when the first letter is typed

/** The open incident most like `title` and `services`, with `why`; null where none is. */
export async function alike(title, services) {
  open ??= fetch("/api/incidents?limit=100").then((answer) => (answer.ok ? answer.json() : []));
  const incidents = (await open.catch(() => [])).filter(({ status }) => !ENDED.includes(status));
  const scored = incidents.map((incident) => ({ incident, ...likeness(incident, title, services) }));
  const best = scored.sort((a, b) => b.score - a.score)[0];
  return best?.score >= 2 ? { ...best.incident, why: best.why } : null;
}

function likeness({ title, affectedServices, declaredTime }, wanted, services) {
  const common = words(wanted).filter((word) => words(title).includes(word));
  const named = [...services, ...words(wanted)].map((name) => name.toLowerCase());
  const shared = affectedServices.filter((service) => named.includes(service.toLowerCase()));
  const age = `${span(Date.now() - Date.parse(declaredTime))} ago`;
  const why = shared.length ? `same service, ${age}` : `similar words, ${age}`;
  return { score: common.length + 2 * shared.length, why };
}

function words(text) {
  const all = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}-]{3,}/gu) ?? [];
  return [...new Set(all)].filter((word) => !FILLERS.has(word));
}
