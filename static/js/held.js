// Keys pressed while what they are meant for is still on its way: held, so that the page does nothing
// else with them, and then typed.

const PATIENCE = 4_000; // ms that keys are held for something that does not come

/** Holds keys until `letGo()`: {keys, letGo, isGivenUp()}; Esc gives up. */
export function holdKeys() {
  const keys = [];
  let givenUp = false;
  const patience = setTimeout(letGo, PATIENCE);
  addEventListener("keydown", hold, true);
  return { keys, letGo, isGivenUp: () => givenUp };

  function letGo() {
    clearTimeout(patience);
    removeEventListener("keydown", hold, true);
  }

  function hold(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return; // the press that asked for it, held a little long, must not send it
    if (event.key !== "Escape") return keys.push(event.key);
    givenUp = true;
    letGo();
  }
}

/** Types `keys` into whatever field has the focus; Enter sends its form, another key ends it. */
export function typeIn(keys) {
  for (const key of keys) {
    const field = document.activeElement;
    if (key === "Enter") return field?.form?.requestSubmit();
    const isText = field?.matches("textarea, input") && field.selectionStart !== null;
    if (!isText || !(key === "Backspace" || [...key].length === 1)) return;
    write(field, key);
  }
}

function write(field, key) {
  const { selectionStart: start, selectionEnd: end } = field;
  if (key !== "Backspace") field.setRangeText(key, start, end, "end");
  else field.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
