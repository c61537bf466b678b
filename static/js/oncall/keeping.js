// Where somebody is on a part of the page, brought over to a newer copy of it: what has the focus,
// how far the bands are scrolled, which lists are open. It does not know what is new.

/** What brings focus, scrolled bands and open lists of `part` over to `fresh`, once that is in its place. */
export function placeIn(part, fresh) {
  const focused = part.contains(document.activeElement) ? nthLike(part, document.activeElement) : null;
  const scrolled = [...part.querySelectorAll("[data-rota]")].map((one) => [one.scrollLeft, one.scrollTop]);
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  return () => {
    [...fresh.querySelectorAll("details")].forEach((one, at) => (one.open = open[at] ?? false));
    [...fresh.querySelectorAll("[data-rota]")].forEach((one, at) => one.scrollTo(...(scrolled[at] ?? [0, 0])));
    if (focused) (like(fresh, focused) ?? fresh.querySelector("a, button, [role=button]"))?.focus({ preventScroll: true });
  };
}

const PRESSED = "a, button, summary, [tabindex]";

/** What tells a thing that can be focused from others: its data, and which of those like it. */
const marks = (element) =>
  [element.localName, ...["href", "data-cover", "data-hole", "data-feed", "data-cancel", "data-since"].map((name) => element.getAttribute(name))].join(" ");

function nthLike(root, element) {
  const same = [...root.querySelectorAll(PRESSED)].filter((one) => marks(one) === marks(element));
  return { marks: marks(element), at: same.indexOf(element) };
}

function like(root, { marks: wanted, at }) {
  return [...root.querySelectorAll(PRESSED)].filter((one) => marks(one) === wanted)[at];
}
