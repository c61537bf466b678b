// The composer lines about fixes: propose one, approve, start and end it.
// Pure, like the rest of parse.js: only the form is read here.

import { anyOf, missing, quoted, told, wrong } from "./meaning.js";

export const FIX_VERBS = {
  "/fix": ["TEXT on TARGET in REGION", "Propose a fix"],
  "/approve": ["ACT-1", "Approve a fix"],
  "/start": ["ACT-1", "Start a fix"],
  "/done": ["ACT-1 words", "A fix is done"],
  "/abandon": ["ACT-1 why", "Give a fix up, or say that it was rolled back"],
};

export const FIX_READERS = {
  "/fix": (rest) => (rest ? propose(rest) : missing("/fix", "what should be done", "restart it on db/primary in eu-west-1")),
  "/approve": (rest, context) => change("/approve", rest, context, { approved: true }),
  "/start": (rest, context) => change("/start", rest, context, { status: "in-progress" }),
  "/done": (rest, context) => change("/done", rest, context, { status: "completed" }),
  "/abandon": (rest, context) => change("/abandon", rest, context, { status: "abandoned" }),
};

/** `on` and `in` are about places only where they end the line: "turn the flag on" is one sentence. */
function propose(rest) {
  const [, what, target, region] = /^([\s\S]+?)(?:\s+on\s+(\S+))?(?:\s+in\s+(\S+))?$/.exec(rest);
  const isPlace = region && (target || /\d|^\*$/.test(region));
  const description = region && !isPlace ? rest : what;
  const where = { ...(target && { target }), ...(isPlace && { region }) };
  const words = [description, target && `on ${target}`, isPlace && `in ${region}`].filter(Boolean).join(" ");
  return told({ type: "add_action", description, ...where }, `Propose a fix: ${words}`);
}

const VERB_WORDS = { "/approve": "Approve", "/start": "Start", "/done": "Done:", "/abandon": "Abandon" };
const ENDS = ["/done", "/abandon"]; // only these take words along

function change(verb, rest, { actions = [] }, fields) {
  const [, word = "", words = ""] = /^(\S+)(?:\s+([\s\S]+))?$/.exec(rest) ?? [];
  const known = actions.map(({ id }) => id);
  const right = `${verb} ${known.at(-1) ?? "ACT-1"}`;
  const number = /^(?:ACT-?)?([1-9]\d{0,5})$/i.exec(word)?.[1];
  if (!number) return wrong(word ? `${quoted(word)} is no fix.` : "Say which fix.", right);
  const id = `ACT-${number}`;
  if (!known.includes(id)) return { problem: known.length ? `There is no ${id}: say ${anyOf(known)}.` : "Nothing is proposed yet. Write /fix and what should be done" };
  if (words && !ENDS.includes(verb)) return wrong(`${verb} takes one fix: ${quoted(words)} would be lost.`, `${verb} ${id}, and the rest as a note`);
  const command = { type: "update_action", action: id, ...fields, ...(words && { reason: words }) };
  return told(command, `${VERB_WORDS[verb]} ${id}${words ? `: ${words}` : ""}`);
}
