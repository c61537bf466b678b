// The composer lines that ask: what is known is shown to whoever asked, and nothing is sent.
// Pure, like the rest of parse.js: only the form is read here.

import { alone, notOne, wrong } from "./meaning.js";
import { roleOf, rolesInWords } from "./parse-command.js";

export const QUESTION_VERBS = {
  "/status": ["", "Where things stand, in a few lines only you see"],
  "/oncall": ["ROLE REGION", "Who is on call"],
  "/postmortem": ["", "The draft of the post-mortem"],
  "/help": ["", "All commands"],
};

export const QUESTION_READERS = {
  "/status": (rest) => alone("/status", rest) ?? { question: "status" },
  "/oncall": (rest, context) => oncall(rest, context),
  "/postmortem": (rest) => alone("/postmortem", rest) ?? { question: "postmortem" },
  "/help": () => ({ question: "help" }),
};

/** A role, a region, or one after the other. */
function oncall(rest, { roles = [] }) {
  const words = rest.split(/\s+/).filter(Boolean);
  const role = roleOf(words[0] ?? "", roles);
  const left = role ? words.slice(1) : words;
  if (left.length > 1) return wrong(notOne("role", words[0], rolesInWords(roles)), "/oncall ic eu-west-1");
  return { question: "oncall", ...(role && { role }), ...(left[0] && { region: left[0] }) };
}
