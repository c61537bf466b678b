// A picture of the timeline at full size, over the page; Esc goes back to where one was.

import { html } from "../../vendor/lit/lit-html.js";
import { sizeOf } from "./attached.js";
import { openSheet } from "./sheet.js";

export const show = ({ url, name, size, width, height }) => openSheet({
  title: html`<bdi>${name}</bdi>`,
  size: "picture",
  close: true,
  fields: () => html`<img src=${url} alt=${name} width=${width} height=${height}>
    <p class="quiet-line">${width} × ${height}, ${sizeOf(size)}. <a href=${url} download=${name}>Save it</a></p>`,
});
