// What is copied out of the log: one line an entry, with the time in UTC and who said it.
// Words of a single entry are copied as they are.

import { people, shown } from "../state.js";
import { ofDay } from "../time.js";
import { nameOf } from "./names.js";

export function copyLines(list) {
  document.addEventListener("copy", (event) => {
    const lines = linesOf(getSelection(), list);
    if (lines.length < 2) return;
    event.clipboardData.setData("text/plain", `${lines.join("\n")}\n`);
    event.preventDefault();
  });
}

function linesOf(selection, list) {
  if (selection.isCollapsed || !list.contains(selection.anchorNode) || !list.contains(selection.focusNode)) return [];
  const rows = [...list.querySelectorAll("[data-row]")].filter((row) => selection.containsNode(row, true));
  return rows.map(lineOf).filter(Boolean);
}

function lineOf({ dataset, textContent }) {
  if (!/^(T|fold )/.test(dataset.row)) return "";
  const entry = shown.value.byNumber(Number(dataset.at));
  const time = entry ? `${ofDay(entry.timestamp, "utc")}Z` : "";
  if (dataset.row.startsWith("fold")) return `${time} ${textContent.trim().replace(/\s+/g, " ")}`;
  return entry ? `${time} ${said(entry)}` : "";
}

function said({ author, kind, type, message, amended, redacted }) {
  const text = redacted ? "Text removed" : (amended?.message ?? message).replace(/\s*\n\s*/g, " ");
  const speaks = kind === "noted" || type === "decision" || kind === "update_posted";
  return speaks || !(author in people.value) ? `${nameOf(author)}: ${text}` : text;
}
