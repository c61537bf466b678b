// The files beside an entry: pictures where they are, anything else to be saved.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { icon } from "./icon.js";

const WIDE = 420; // CSS pixels; the same as in templates/incidents/_attached.html
const HIGH = 240;

/** Of an entry that was redacted a moment ago, its files are still named here; nobody sees them. */
export const attached = ({ attachments, redacted }) =>
  attachments?.length && !redacted ? html`<div class="attached">${attachments.map((one) => (one.width ? picture(one) : saved(one)))}</div>` : nothing;

/** Drawn at the size and the ratio of sides that it will have, so that nothing moves when it comes. */
function picture(one) {
  const scale = Math.min(1, WIDE / one.width, HIGH / one.height);
  const side = (pixels) => Math.round(pixels * scale * 100) / 100;
  return html`<button class="shot" type="button" aria-label="Open ${one.name}" title=${one.name} @click=${() => open(one)}>
    <img src=${one.url} alt=${one.name} width=${side(one.width)} height=${side(one.height)} loading="lazy" decoding="async" @error=${missing}></button>`;
}

const saved = (one) => html`<a class="file" href=${one.url} download=${one.name}>${icon("file-text")}<bdi>${one.name}</bdi> <small>${sizeOf(one.size)}</small></a>`;

/** A picture that was removed, or that is none in the end: its name stands there. */
function missing({ target }) {
  target.closest(".shot").dataset.gone = "";
}

const open = async (one) => (await import("./picture.js")).show(one);

/** 812 B, 64 KB, 1.2 MB */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  return kilo < 1000 ? `${Math.round(kilo)} KB` : `${(kilo / 1024).toFixed(1)} MB`;
}
