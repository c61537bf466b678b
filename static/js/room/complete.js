// What a half-written line may go on with: verbs, people, roles, places, fixes, entries.
// Pure: text and caret in, the words that fit out. Where each kind of word comes from is complete-sources.js.

const SHOWN = 6; // of everything but verbs: what a phone shows above its keyboard

/**
 * `{kind, from, to, options, closed}` or null. `sources[kind]()` lists [{insert, what, means, find}], the
 * likeliest first. `closed`: one of the options has to be said, so the first may be chosen already;
 * where anything may be said, nothing is chosen before somebody asks for it.
 */
export function completions(text, caret, sources) {
  const before = text.slice(0, caret);
  const [token] = /\S*$/.exec(before);
  const wanted = wantedAt(before.slice(0, before.length - token.length), token);
  if (!wanted) return null;
  const query = token.replace(/^[@/]/, "").toLowerCase();
  const found = matching(wanted.kinds.flatMap((kind) => sources[kind]()), query);
  const options = wanted.kinds[0] === "verbs" ? found : found.slice(0, SHOWN);
  if (options.length === 1 && options[0].insert === token && wanted.kinds[0] !== "verbs") return null;
  const to = caret + /^\S*/.exec(text.slice(caret))[0].length;
  const closed = wanted.closed && (query !== "" || token === "/");
  return options.length ? { kind: wanted.kinds[0], from: caret - token.length, to, options, closed } : null;
}

/** The line and where its caret stands once `insert` was taken. */
export function taken(text, { from, to }, insert) {
  const rest = text.slice(to).replace(/^ /, "");
  return { text: `${text.slice(0, from)}${insert} ${rest}`, caret: from + insert.length + 1 };
}

const closed = (...kinds) => ({ kinds, closed: true });
const free = (...kinds) => ({ kinds, closed: false });

/** What is wanted after `before`, as the beginning `token`. */
function wantedAt(before, token) {
  const words = before.split(/\s+/).filter(Boolean);
  if (words.length === 0 && before === "" && token.startsWith("/")) return closed("verbs");
  const [verb, ...said] = words;
  const argument = before.startsWith("/") ? ARGUMENTS[verb.toLowerCase()]?.(said, token) : undefined;
  return argument ?? (token.startsWith("@") ? closed("people") : null);
}

const first = (wanted) => (said) => (said.length === 0 ? wanted : undefined);
const both = (one, other) => (said) => [one, other][said.length];
const PLACES = { on: free("targets"), in: free("regions") };

/** By verb: what is wanted after the words said already. */
const ARGUMENTS = {
  "/fix": (said, token) => (said.length > 1 && !token.startsWith("@") ? PLACES[said.at(-1).toLowerCase()] : undefined),
  "/update": first(closed("audiences")),
  "/snooze": both(closed("audiences"), free("lengths")),
  "/pause": first(free("lengths")),
  "/sev": first(closed("severities")),
  "/severity": first(closed("severities")),
  "/state": first(closed("states")),
  "/handoff": both(closed("roles"), closed("people")),
  "/page": (said, token) => (said.every((word) => word.startsWith("@")) && !token.startsWith("@") ? free("people") : undefined),
  ...Object.fromEntries(["/ic", "/comms", "/ops", "/tech", "/scribe"].map((verb) => [verb, first(closed("people"))])),
  "/approve": first(closed("toApprove")),
  "/start": first(closed("toStart")),
  "/done": first(closed("toEnd")),
  "/abandon": first(closed("toAbandon")),
  "/pin": first(closed("entries")),
  "/amend": first(closed("entries")),
  "/oncall": both(free("roles", "regions"), free("regions")),
};

/** Those that `query` begins or is part of: the very word first, then beginnings, then the rest. */
function matching(candidates, query) {
  if (query === "") return candidates;
  const ranked = candidates.map((one) => [rankOf(one, query), one]).filter(([rank]) => rank !== null);
  return ranked.sort(([one], [other]) => one - other).map(([, one]) => one);
}

function rankOf({ insert, what = "", find = "" }, query) {
  const own = insert.replace(/^[@/]/, "").toLowerCase();
  if (own === query) return 0;
  if (own.startsWith(query)) return 1;
  const words = `${own} ${what} ${find}`.toLowerCase().split(/[\s\-_/.:]+/);
  return words.some((word) => word.startsWith(query)) ? 2 : null;
}
