// Icons from the page's one sprite.

import { html } from "../../vendor/lit/lit-html.js";

const SPRITE = document.querySelector("use")?.getAttribute("href").split("#")[0];

export const icon = (name) =>
  html`<svg aria-hidden="true"><use href="${SPRITE}#${name}"></use></svg>`;

/** Four bars, the more of them bright the worse; the style sheet dims by data-sev. */
export const bars = () => html`<svg class="bars" viewBox="0 0 22 16" aria-hidden="true">
  <rect x="0" y="11" width="4" height="5"></rect><rect x="6" y="7.5" width="4" height="8.5"></rect>
  <rect x="12" y="4" width="4" height="12"></rect><rect x="18" y="0" width="4" height="16"></rect>
</svg>`;
