// Who is on call now: the line of now moves on, and the bands come again when somebody else begins.
// They are the server's drawing; it is asked for no more often than a shift ends, or every half hour.

const EVERY = 30 * 60_000; // ms
const LEAST = 60_000; // ms between two questions
const PATIENCE = 20_000; // ms for an answer
const LIVE = ["duty", "on-duty"];

const part = (name, root = document) => root.querySelector(`[data-live="${name}"]`);
let askedAt = Date.now();

/** To be told the time, once a second or less. */
export function keepDuty(now) {
  const bands = part("duty");
  moveNow(bands, now);
  const due = Date.parse(bands.dataset.again ?? "") <= now || Date.now() - askedAt > EVERY;
  if (bands.dataset.again && due && !document.hidden && Date.now() - askedAt > LEAST) renew();
}

function moveNow(bands, now) {
  const rows = bands.querySelector(".duty-rows");
  if (!rows) return;
  const [start, end] = [Date.parse(rows.dataset.start), Date.parse(rows.dataset.end)];
  const at = `${((100 * (now - start)) / (end - start)).toFixed(2)}%`;
  for (const line of rows.querySelectorAll("[data-now]")) {
    if (line.getAttribute("x1") === at) return;
    for (const side of ["x1", "x2"]) line.setAttribute(side, at);
  }
}

async function renew() {
  askedAt = Date.now();
  const page = await pageNow();
  for (const name of page ? LIVE : []) {
    const [old, fresh] = [part(name), part(name, page)];
    if (fresh && !old.contains(document.activeElement)) old.replaceWith(document.importNode(fresh, true));
  }
}

/** The page as the server writes it now, in which no script runs; null where it cannot be had. */
function pageNow() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", "/");
    request.responseType = "document";
    request.timeout = PATIENCE;
    request.onload = () => resolve(request.status === 200 ? request.response : null);
    request.onerror = request.ontimeout = () => resolve(null);
    request.send();
  });
}
