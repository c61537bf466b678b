// Asking the API for what the socket does not carry.

import { problem } from "../ledger.js";

/** The answer if it is a good one; throws the problem document otherwise. */
export async function fetched(path, options) {
  const answer = await fetch(path, options).catch(() => {
    throw problem("The server cannot be reached. Try again.", 503);
  });
  if (answer.ok) return answer;
  throw await answer.json().catch(() => problem(`The server answered ${answer.status}.`, answer.status));
}
