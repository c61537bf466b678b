// What the server refused, said where it was asked for.

import { html } from "../../vendor/lit/lit-html.js";
import { icon } from "./icon.js";
import { saying } from "./words.js";

export const problem = (why) =>
  html`<div class="problem" role="alert">${icon("triangle-alert")}<p>${saying(why)}</p></div>`;
