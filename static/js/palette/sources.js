// Where the palette's answers come from: what can be done here, ids, incidents, people, pages.
// Each answer is {id, words, more, sign, keys, does}; how they look is the dialog's.

import { open } from "../offers.js";
import { visibly } from "../unseen.js";
import { almost, matches } from "./matches.js";

const PATIENCE = 8_000; // ms for an answer of the server
const FEW = 6;
const OPEN_AT_MOST = 100; // of these the first few are shown
const [GO, EVERYWHERE, ASIDE] = ["Go to", "Everywhere", "This page"];
const QUIET = ["Show"]; // groups whose actions are found by their words, but not listed at once
const STATES = { triage: "Triage", active: "Active", mitigated: "Mitigated", resolved: "Resolved", closed: "Closed", cancelled: "Cancelled" };

const inRoom = () => document.body.classList.contains("room");
const follow = (path) => () => location.assign(path);

/** What can be done, the page's own first, those with keys in front; without a word typed the first of them. */
function actions(typed) {
  const all = open().filter(({ group, takes }) => group !== GO && !takes);
  const place = ({ group, keys }) => (group === EVERYWHERE ? 3 : group === ASIDE ? 2 : keys ? 0 : 1);
  const here = all.sort((a, b) => place(a) - place(b));
  if (!typed) return here.filter(({ group }) => !QUIET.includes(group)).slice(0, FEW + 2).map(asAnswer);
  return meant(here, typed, ({ words, id, also }) => `${words} ${id} ${also}`).slice(0, FEW);
}

function pages(typed) {
  return meant(open().filter(({ group }) => group === GO), typed, ({ words }) => words);
}

/** What is almost meant comes after what is, and says so. */
const meant = (many, typed, textOf) => [
  ...matches(many, typed, textOf).map(asAnswer),
  ...almost(many, typed, textOf).map((one) => ({ ...asAnswer(one), isNear: true })),
];

/** What is known here, [[heading, answers]]: pages come first where they are meant, and what can be done only almost. */
export function listed(typed) {
  const both = [["Do", actions(typed)], ["Pages", pages(typed)]];
  const [[, [does]], [, [page]]] = both;
  return page && !page.isNear && does?.isNear ? both.reverse() : both;
}

const asAnswer = ({ id, words, keys, does, sign }) => ({ id: `do ${id}`, words, keys, does, sign: sign ?? "corner-down-left" });

/** INC-7, T42, ACT-3 or H1: straight there. */
export function ids(typed) {
  const [, kind, number] = /^(inc|act|t|h)?-?\s?([1-9]\d{0,8})$/i.exec(typed.trim()) ?? [];
  if (!number) return [];
  const named = (kind ?? "inc").toUpperCase();
  if (named === "INC") return [jump(`INC-${number}`, "Open the incident", follow(`/incidents/INC-${number}`))];
  if (!inRoom()) return [];
  const id = named === "T" ? `T${number}` : named === "H" ? `H${number}` : `ACT-${number}`;
  const what = { T: "Show the entry", ACT: "Show the fix", H: "Show the possible cause" }[named];
  return [jump(id, what, () => goTo(`#${id}`))];
}

const jump = (id, words, does) => ({ id: `jump ${id}`, words: id, more: words, sign: "link", does });

/** Going there again is going there, too. */
function goTo(hash) {
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

/** The newest that match, or the open ones as the list has them; throws where the server cannot be asked. */
export async function incidents(typed, signal) {
  const asked = typed ? `limit=${FEW}&q=${encodeURIComponent(typed)}` : `limit=${OPEN_AT_MOST}&status=triage,active,mitigated`;
  const found = await asks(`/api/incidents?${asked}`, signal);
  const first = typed ? found : found.sort(byUrgency).slice(0, FEW);
  return first.map(({ id, title, severity, status }) => ({
    id: `incident ${id}`, words: visibly(title), before: id, severity, more: STATES[status] ?? status, does: follow(`/incidents/${encodeURIComponent(id)}`),
  }));
}

/** The worst first, then what is due first; what has nothing due comes last. */
const byUrgency = (a, b) => a.severity - b.severity || (a.nextDueAt ?? "9").localeCompare(b.nextDueAt ?? "9");

let everyone = null; // asked for once, when the first letter is typed

export async function people(typed, signal) {
  everyone ??= asks("/api/people?limit=500", signal).catch((why) => {
    everyone = null;
    throw why;
  });
  const [present, textOf] = [(await everyone).filter(({ disabled }) => !disabled), ({ name, handle }) => `${name} ${handle}`];
  const found = [...matches(present, typed, textOf), ...almost(present, typed, textOf)];
  const action = open().find(({ takes }) => takes === "person");
  return found.slice(0, FEW).map(({ handle, name }) => ({
    id: `person ${handle}`, words: visibly(name || handle), before: action?.words, sign: "users",
    more: action ? handle : "incidents with a role", does: action ? () => action.does(handle) : follow(`/?role=${encodeURIComponent(handle)}`),
  }));
}

async function asks(path, signal) {
  const answer = await fetch(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) });
  if (!answer.ok) throw Object.assign(new Error(path), { status: answer.status });
  return answer.json();
}
