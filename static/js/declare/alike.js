// Whether somebody has declared this already. A hint by shared words and services, never a refusal.

import { span } from "../time.js";

const ENDED = ["resolved", "closed", "cancelled"];
const FILLERS = new Set([
  "about", "after", "again", "been", "does", "down", "error", "errors", "failed", "failing",
  "fails", "from", "have", "into", "issue", "over", "problem", "slow", "that", "this", "with",
]);

let open = null; // asked for once, when the first letter is typed

/** The open incident most like `title` and `services`, with `why`; null where none is. */
export async function alike(title, services) {
  open ??= openIncidents().catch(() => []);
  const incidents = await open;
  const scored = incidents.map((one) => ({ incident: one, ...likeness(one, title, services) }));
  const best = scored.sort((a, b) => b.score - a.score)[0];
  return best?.score >= 2 ? { ...best.incident, why: best.why } : null;
}

async function openIncidents() {
  const answer = await fetch("/api/incidents?limit=100");
  const incidents = answer.ok ? await answer.json() : [];
  return incidents.filter(({ status }) => !ENDED.includes(status));
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
