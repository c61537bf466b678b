// Why there is no connection, in words: it ended for good, or it comes back by itself.

const AWAY_AFTER = 60_000; // ms without a word after which it is no hiccup any more
export const SIGNED_OUT = 4401;

const ENDS = {
  [SIGNED_OUT]: "Signed out",
  4403: "You were removed from this incident",
  4404: "There is no such incident",
};

/** The state of a connection that the server ended with `code`, where it is no use to come back. */
export const ended = (code) => ({ phase: "ended", code, note: ENDS[code] ?? "Closed by the server" });

/** The state of one that is lost: "off" where the network is gone, or the server for long. */
export function absent(heardAt, note) {
  if (navigator.onLine === false) return { phase: "off", note: "Offline" };
  const isLong = Date.now() - heardAt > AWAY_AFTER;
  return isLong ? { phase: "off", note: "No answer from the server" } : { phase: "wait", note };
}
