// Where the focus goes when what had it is gone: to the card or panel in which it was, never to
// another button, so that a second press of Enter does nothing that nobody meant. Where nothing had
// it, as when a single key opened a sheet, it goes to the log.

/** Remembers what has the focus; the function it returns gives it back if it was lost since. */
export function focusKept() {
  const had = document.activeElement;
  const home = had?.closest("[id]")?.id;
  return () => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!lost) return;
    if (home && had.isConnected) had.focus();
    else land(document.getElementById(home) ?? document.getElementById("log"));
  };
}

function land(element) {
  if (!element) return;
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus();
}
