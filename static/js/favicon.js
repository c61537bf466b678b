// The picture in the browser's tab: a number on the colour of a severity, a dot where something is late.

const FILLS = { 1: ["#d93a26", "#fff"], 2: ["#f5b145", "#2b1a00"], 3: ["#2f7fc4", "#fff"] };
const QUIET = ["#66736f", "#fff"];
const SIZES = { 1: 22, 2: 18 }; // of the words, by how many letters there are

let shown = null;

/** `words` are one or two letters; `alarm` puts a dot in the corner, `stale` leaves the colour out. */
export function showIcon({ severity, words, alarm = false, stale = false }) {
  const drawing = drawn(String(words), stale ? QUIET : (FILLS[severity] ?? QUIET), alarm);
  const link = document.querySelector("link[rel=icon]");
  if (link && drawing !== shown) link.href = `data:image/svg+xml,${encodeURIComponent((shown = drawing))}`;
}

function drawn(words, [fill, ink], alarm) {
  const dot = alarm ? '<circle cx="26" cy="6" r="6" fill="#fff"/><circle cx="26" cy="6" r="4" fill="#d93a26"/>' : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${fill}"/>
    <text x="16" y="24" font-family="sans-serif" font-size="${SIZES[words.length] ?? 15}" font-weight="700" text-anchor="middle" fill="${ink}">${words}</text>${dot}</svg>`;
}
