// A form whose answer is no JSON, or whose way is not POST; refusals are shown in the form.

import { show } from "../posting.js";

const PATIENCE = 20_000; // ms for an answer
const UNREACHABLE = "The server cannot be reached. Nothing was changed as far as we know: try again.";

/** The answer to a change, or null after showing what is wrong. */
export const change = (form, url, body) =>
  send(form, url, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** The answer, or null after showing what is wrong. */
export async function send(form, url, options) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) return answer;
    const { detail, title, errors } = await answer.json().catch(() => ({}));
    show(form, { detail: detail ?? title ?? `The server answered ${answer.status}.`, errors });
  } catch {
    show(form, { detail: UNREACHABLE });
  } finally {
    button.disabled = false;
  }
  return null;
}
