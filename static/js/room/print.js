// On paper: the whole timeline with times in UTC, and at the foot of each page which incident it is
// and when it was printed. What the page shows stays as it is; the entries are drawn beside it.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { offer } from "../offers.js";
import { incident, mayAct } from "../state.js";
import { date, dayInWords, ofDay, serverNow, zone } from "../time.js";
import { fetched } from "./fetching.js";
import { nameOf } from "./names.js";
import { weight } from "./rows.js";
import { marked, named } from "./sentence.js";
import { TAGS } from "./signs.js";
import { toast } from "./toasts.js";
import { saying } from "./words.js";

const AT_ONCE = 500; // entries that are asked for, and drawn, at a time
const PATIENCE = 60_000; // ms for all of them; a storm has tens of thousands

const foot = new CSSStyleSheet();
let paper = null;
let loading = null; // AbortController, while entries are brought
let shown = null; // the zone of the page, while it is in UTC

export function mount() {
  document.adoptedStyleSheets.push(foot);
  addEventListener("beforeprint", prepare);
  addEventListener("afterprint", putBack);
  offer({ id: "print", words: "Print the incident with its whole timeline", group: "This incident", may: () => mayAct.value, does: printAll });
  document.addEventListener("keydown", (event) => {
    const prints = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "p";
    if (!prints || !mayAct.value) return; // a moment of the past is printed as it is drawn
    event.preventDefault(); // the browser would print the entries that happen to be drawn
    printAll();
  });
}

async function printAll() {
  if (loading) return;
  loading = new AbortController();
  const done = toast({ words: "Bringing the whole timeline to print", lasts: PATIENCE, about: "print", action: { words: "Stop", does: () => loading?.abort() } });
  try {
    draw(await everyEntry(AbortSignal.any([loading.signal, AbortSignal.timeout(PATIENCE)])));
    done();
    document.body.dataset.paper = "whole";
    print();
  } catch (why) {
    done();
    if (!loading.signal.aborted) toast({ level: "late", words: `Not printed. ${why instanceof Error ? "The server cannot be reached: try again when you are connected." : saying(why)}` });
  } finally {
    loading = null;
  }
}

async function everyEntry(signal) {
  const found = [];
  let path = `/api/incidents/${encodeURIComponent(incident.value.id)}/timeline?after=0&limit=${AT_ONCE}`;
  while (path) {
    const answer = await fetched(path, { signal });
    found.push(...(await answer.json()));
    path = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get("Link") ?? "")?.[1];
  }
  return found;
}

function draw(entries) {
  inUtc();
  paper ??= place();
  let day = "";
  const rows = entries.flatMap((entry) => {
    const its = date(entry.timestamp, "utc");
    const begins = its !== day;
    day = its;
    return begins ? [html`<li class="paper-day">${dayInWords(entry.timestamp, "utc")}</li>`, row(entry)] : [row(entry)];
  });
  const parts = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) parts.push(html`${rows.slice(start, start + AT_ONCE)}`);
  render(html`<h2>Timeline, ${entries.length} entries, times in UTC</h2><ol>${parts}</ol>`, paper);
}

/** As plain as can be: a browser lays out thousands of them on hundreds of pages. */
function row(entry) {
  const { number, timestamp, approx, late, recordedAt, author, redacted, amended, message, attachments: files = [] } = entry;
  const sort = weight(entry);
  const spoken = sort.startsWith("human") || sort.startsWith("key");
  const tag = entry.kind === "update_posted" && entry.data?.audience ? `Update to ${entry.data.audience}` : TAGS[entry.type];
  const words = redacted ? "Text removed" : amended
    ? html`<del>${message}</del> ${marked(amended.message)} (corrected by ${nameOf(amended.by)} ${ofDay(amended.at, "utc")})`
    : spoken ? marked(message) : named(entry);
  return html`<li class=${sort}><time>${approx ? "~" : ""}${ofDay(timestamp, "utc")}</time> <b class="mono">T${number}</b>
    ${spoken ? html`<b>${nameOf(author)}</b>${tag ? ` (${tag})` : ""}: ` : nothing}<bdi>${words}</bdi>${late ? ` (written ${ofDay(recordedAt, "utc")})` : ""}${files.length ? html` (files: <bdi>${files.map(({ name }) => name).join(", ")}</bdi>)` : nothing}${entry.pinned ? " (pinned)" : ""}</li>`;
}

function place() {
  const made = document.createElement("section");
  made.className = "paper";
  document.querySelector(".grid").append(made);
  return made;
}

/** Also where somebody prints by the browser's menu, which cannot wait for more entries. */
function prepare() {
  inUtc();
  const at = new Date(serverNow()).toISOString();
  const words = `${incident.value.id}, printed ${date(at, "utc")} ${ofDay(at, "utc")} UTC`;
  const part = document.body.dataset.paper ? "" : ". Only the entries that were drawn; Print in the palette brings all";
  foot.replaceSync(`@page { @bottom-left { content: "${words}${part}"; font: 8pt sans-serif; } }`);
}

function inUtc() {
  shown ??= zone.value;
  zone.value = "utc";
}

function putBack() {
  if (shown) zone.value = shown;
  shown = null;
  delete document.body.dataset.paper;
  if (paper) render(html``, paper);
}
