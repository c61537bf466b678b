// Learns the landmarks of the incident that are older than what the page came with: decisions,
// updates, pages, roles, milestones, pins. Once, and again after the wire had to begin anew.

import { effect } from "../../vendor/signals/signals-core.js";
import { afterCommit, incident, landmarks, learnLandmarks, live } from "../state.js";
import { fetched } from "./fetching.js";

const SORTS = "decision,communication,escalation,role,milestone";
const AGAIN = 10_000; // ms after a failure

let since = null; // entries that came while a request is under way
let retry = null;

export function watchLandmarks() {
  afterCommit(({ entries }) => {
    since?.push(...entries);
    if (entries.some(isPinOfAStranger)) learn();
  });
  effect(() => live.value.knowsLandmarks || queueMicrotask(learn));
}

/** A pin of an entry that is not loaded: the commit does not tell what it says. */
const isPinOfAStranger = ({ kind, data }) => kind === "entry_pinned" && !landmarks.peek().byNumber(data?.entry);

async function learn() {
  clearTimeout(retry);
  if (since) return;
  since = [];
  try {
    const [sorts, pins] = [await every({ type: SORTS }), await every({ pinned: "true" })];
    const known = new Map([...sorts, ...pins].map((entry) => [entry.number, entry]));
    learnLandmarks([...known.values()].sort((one, other) => one.number - other.number), since);
  } catch {
    retry = setTimeout(learn, AGAIN); // what is loaded is told meanwhile
  }
  since = null;
}

async function every(where) {
  const found = [];
  let after = 0;
  for (let more = true; more; ) {
    const query = new URLSearchParams({ after, limit: 500, ...where });
    const answer = await fetched(`/api/incidents/${encodeURIComponent(incident.peek().id)}/timeline?${query}`);
    found.push(...(await answer.json()));
    const next = /[?&]after=(\d+)/.exec(answer.headers.get("Link") ?? "")?.[1];
    more = next !== undefined && Number(next) > after;
    after = Number(next);
  }
  return found;
}
