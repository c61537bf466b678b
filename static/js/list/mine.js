// What an incident asks of one person, read off its summary, and which of it is worth a notification.
// Nothing is drawn here. Rows that were stored by an older version lack some members.

import { raise } from "../notify.js";
import { nameOf } from "../room/names.js";
import { roleInWords } from "../room/words.js";
import { visibly } from "../unseen.js";

const SYSTEM = "system"; // calls for a commander; people call by name
export const COMMAND = "incident_commander";

/**
 * `paged`: by the ladder; `asked`: until when they must show that they are still on it; `call`: who
 * paged them by name, or `system` where nobody commands; `offered`: roles; `approves`: the fixes
 * that wait for their word.
 */
export function mineOf(summary, me) {
  const { id, seq, title, severity, pageRound = 0, acknowledgedBy, offers = {}, calls = [], approvals = [] } = summary;
  const paged = !acknowledgedBy && (summary.paging ?? []).includes(me);
  const asked = acknowledgedBy === me ? (summary.askedUntil ?? null) : null;
  const call = calls.find(({ person }) => person === me)?.by ?? null;
  const offered = Object.keys(offers).filter((role) => offers[role] === me);
  const approves = approvals.filter(({ by }) => by === me).map(({ action }) => action);
  const waits = !acknowledgedBy && pageRound > 0;
  return { id, seq, title, severity, round: pageRound, paged, asked, call, offered, approves, waits, last: summary.lastEntry?.number };
}

export const isAsked = ({ paged, asked, call, offered, approves }) =>
  paged || asked || call || offered.length + approves.length > 0;
export const wantsCommander = ({ call }) => call === SYSTEM;
/** Whoever is paged by the ladder, too, answers that. */
export const isCalled = ({ call, paged }) => Boolean(call) && call !== SYSTEM && !paged;

/** Raises what is new in `mine`; the tags are those of the war room, so that one of the two tells. */
export function tell(mine, before) {
  const { id, severity, title, round, asked, call, last } = mine;
  const whole = `${id} SEV${severity} ${visibly(title)}`;
  const about = (words, body, tag) =>
    raise({ title: `${words}: ${whole}`, body, tag: `${id} ${tag}`, path: `/incidents/${encodeURIComponent(id)}` });
  if (mine.paged && !(before?.paged && before.round === round)) about("You are paged", "Open it to acknowledge.", `page ${round}`);
  if (asked && before?.asked !== asked) about("Still on it?", "Open it to say so, or the ladder goes on.", `asked ${asked}`);
  if (call && before?.call !== call && wantsCommander(mine)) about("Nobody leads", "Open it to take command.", `commander ${last}`);
  if (call && before?.call !== call && isCalled(mine)) about(`${nameOf(call)} pages you`, "", `call ${last}`);
  for (const role of mine.offered.filter((one) => !before?.offered.includes(one)))
    about(`You are offered ${roleInWords(role)}`, "Open it to answer.", `offer ${role}`);
  for (const fix of mine.approves.filter((one) => !before?.approves.includes(one)))
    about(`${fix} waits for your approval`, "Open it to read and decide.", `approval ${fix}`);
}
