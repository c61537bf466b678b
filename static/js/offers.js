// What can be done on this page: one list for the palette, the single keys and the help.
// Each part of the page offers its own actions; nothing here knows what they do.

const offered = new Map(); // id -> offer

/**
 * `offer({id, words, keys, group, may, does})`: `words` say it as a button would, `keys` is "n" or
 * "f p" (or none), `group` a heading of the help, `may()` tells whether it can be done now.
 * `also` are other words that the palette finds it by and does not show.
 * `takes` is "person" where `does(handle)` needs one: the palette offers it beside each of them.
 * An id that is offered again replaces the one before.
 */
export function offer({ may = () => true, keys = null, group = "This page", takes = null, also = "", ...action }) {
  offered.set(action.id, { may, keys, group, takes, also, ...action });
}

/** Every action there is, in the order in which they were offered first. */
export const offers = () => [...offered.values()];

/** Those that can be done at this moment. */
export const open = () => offers().filter(({ may }) => may());
