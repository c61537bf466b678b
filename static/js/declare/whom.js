// Whom the declaration will page, said before the button is pressed.
// The server works it out; this asks again when something that matters changes, and now and then.

import { minuteOfDay, zoneWord } from "../time.js";
import { visibly } from "../unseen.js";

const EVERY = 60_000; // ms: shifts begin and end while somebody writes
const SETTLED = 250; // ms without another key, before a region is asked about
const UNKNOWN = "Whom it pages is not known right now.";

const names = JSON.parse(document.querySelector("#people").textContent);

/** Keeps the line of `form` true for as long as the form is on the screen. */
export function tellWhom(form, body) {
  const line = form.querySelector("[data-whom]");
  let asked = ""; // the question that the line answers, or will
  let turn = 0;

  async function ask(again) {
    const query = questionOf(body());
    if (!form.checkVisibility() || (!again && query === asked)) return;
    asked = query;
    const mine = (turn += 1);
    const words = await fetch(`/api/oncall/paging?${query}`).then(answered).catch(() => ({ words: UNKNOWN }));
    if (mine === turn) write(line, words);
  }

  let waiting = 0;
  form.addEventListener("input", ({ target }) => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, target.name === "affectedRegions" ? SETTLED : 0, false);
  });
  form.addEventListener("focusin", () => ask(false));
  document.addEventListener("visibilitychange", () => document.hidden || ask(true));
  setInterval(() => document.hidden || ask(true), EVERY);
  ask(false);
}

function questionOf({ severity, affectedRegions = [], commander }) {
  const query = new URLSearchParams({ severity });
  for (const region of affectedRegions) query.append("region", region);
  if (commander) query.set("command", "true");
  return query.toString();
}

async function answered(answer) {
  if (!answer.ok) throw answer;
  const { people, severity, reason, next } = await answer.json();
  if (people.length) return { words: `Pages ${listed(people.map(person))} now.` };
  if (!next) return { words: `Pages nobody: ${reason}.` };
  const words = `Nobody is on call: pages nobody now, and looks again at ${clockOf(next)}.`;
  return { words, why: reason, level: severity <= 2 ? "soon" : "" };
}

function person({ person: handle, duty, why }) {
  const name = visibly(names[handle]?.name ?? handle);
  if (!duty) return `${name} (${why})`;
  return `${name} (on call in ${duty.rotation}${duty.until ? ` until ${clockOf(duty.until)}` : ""})`;
}

const clockOf = (iso) => `${minuteOfDay(iso)} ${zoneWord.value}`;

function listed(all) {
  return all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : all[0];
}

function write(line, { words, why = "", level = "" }) {
  if (line.textContent !== words) line.textContent = words;
  line.title = why;
  line.dataset.level = level;
}
