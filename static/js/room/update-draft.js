// An update that is being written: three answers for each audience, kept in this browser until sent.
// What they become as one message, always in the same form, is here too.

import { keep, kept } from "../keep.js";
import { lengthOf, ofDay } from "../time.js";

const MINUTE = 60_000; // ms
const EMPTY = { see: "", doing: "" };

const name = (incident, audience) => `update:${incident}:${audience}`;

/** `{see, doing}`, and `next` where somebody chose when the next one is due. */
export function draftOf(incident, audience) {
  try {
    return { ...EMPTY, ...JSON.parse(kept(name(incident, audience), "{}")) };
  } catch {
    return EMPTY;
  }
}

export function keepDraft(incident, audience, draft) {
  const written = draft.see || draft.doing;
  keep(name(incident, audience), written ? JSON.stringify(draft) : null);
}

export const forgetDraft = (incident, audience) => keep(name(incident, audience), null);

/** One message: what is seen, what is done, when they hear again; in UTC, as readers are anywhere. */
export function messageOf({ see, doing }, next, now) {
  const promised = lengthOf(next) ? `Next update by ${byWhen(next, now)} UTC.` : "";
  return [see, doing, promised].map((part) => part.trim()).filter(Boolean).join("\n\n");
}

/** The minute by which it is kept: the promise itself ends within it. */
const byWhen = (next, now) => ofDay(new Date(Math.floor((now + lengthOf(next)) / MINUTE) * MINUTE).toISOString(), "utc").slice(0, 5);

/** The answers that an earlier message was made of. */
export function answersIn(message) {
  const [see = "", ...others] = message.split(/\n{2,}/).filter((part) => !/^Next update by \d\d:\d\d UTC\.$/.test(part.trim()));
  return { see, doing: others.join("\n\n") };
}
