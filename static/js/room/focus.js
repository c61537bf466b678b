// Where the focus goes when what had it is gone: to the card or panel in which it was, never to
// another button, so that a second press of Enter does nothing that nobody meant.

/** Remembers what has the focus; the function it returns gives it back if it was lost since. */
export function focusKept() {
  const had = document.activeElement;
  const home = had?.closest("[id]")?.id;
  return () => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!lost || !home) return;
    if (had.isConnected) had.focus();
    else land(document.getElementById(home));
  };
}

function land(element) {
  if (!element) return;
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus();
}
