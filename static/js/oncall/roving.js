// One stop of the Tab key for all the bands; arrow keys move among them.
// Up and down go to the band of the next row that is nearest in time.

const BANDS = "[role=button]";

/** `root` holds svgs in rows, each with bands in order of time. */
export function rove(root) {
  const rows = () => [...root.querySelectorAll(".plot:has(> g.gap, > .plot > g.band)")];
  const start = root.querySelector('g[data-state="now"]') ?? root.querySelector(`g${BANDS}`);
  start?.setAttribute("tabindex", "0");
  root.addEventListener("focusin", ({ target }) => {
    const band = target.closest(`g${BANDS}`);
    if (!band) return;
    for (const one of root.querySelectorAll('g[tabindex="0"]')) one.setAttribute("tabindex", "-1");
    band.setAttribute("tabindex", "0");
  });
  root.addEventListener("keydown", (event) => {
    const band = event.target.closest(`g${BANDS}`);
    const next = band && target(rows(), band, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

function target(rows, band, key) {
  const at = rows.findIndex((row) => row.contains(band));
  const beside = [...rows[at].querySelectorAll(`g${BANDS}`)];
  const place = beside.indexOf(band);
  switch (key) {
    case "ArrowRight":
      return beside[place + 1];
    case "ArrowLeft":
      return beside[place - 1];
    case "Home":
      return beside[0];
    case "End":
      return beside.at(-1);
    case "ArrowDown":
      return nearest(rows[at + 1], band);
    case "ArrowUp":
      return nearest(rows[at - 1], band);
    default:
      return null;
  }
}

function nearest(row, band) {
  const since = (one) => Date.parse(one.dataset.since);
  const apart = (one) => Math.abs(since(one) - since(band));
  return [...(row?.querySelectorAll(`g${BANDS}`) ?? [])].sort((a, b) => apart(a) - apart(b))[0];
}
