// What was done is told on the page that shows it: it is loaded anew, and says so once.

const KEY = "told";

/** Load the page again, with this sentence at the top. */
export function leave(words) {
  try {
    sessionStorage.setItem(KEY, words);
  } catch {
    // storage is blocked: the page itself shows what has changed
  }
  history.scrollRestoration = "manual"; // the sentence is at the top
  location.reload();
}

export function tell() {
  const line = document.querySelector("[data-told]");
  try {
    line.textContent = sessionStorage.getItem(KEY) ?? "";
    sessionStorage.removeItem(KEY);
  } catch {
    // likewise
  }
}
