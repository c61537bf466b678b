// A field for a local time of the rotation's zone: what it is in UTC stands below it, and where
// the clocks change it asks which of two instants is meant.

import { inUtc, meanings, wallOf } from "./wall.js";

const ASKS = {
  twice: "The clocks go back: this time comes twice.",
  never: "The clocks go forward: this time is left out. Nearest are",
};

export class MomentField {
  #input;
  #form;
  #zone = "UTC";
  #exact = null; // the instant the field was filled with, as long as nobody changes it

  constructor(form, name) {
    this.#form = form;
    this.#input = form.elements[name];
    this.#input.addEventListener("input", () => {
      this.#exact = null;
      this.#show();
    });
    this.#which.addEventListener("change", () => this.#say(Number(this.#which.value)));
  }

  get #which() {
    return this.#form.elements[`${this.#input.name}-which`];
  }

  /** Milliseconds since 1970, or null where nothing is written. */
  get value() {
    if (this.#exact !== null) return this.#exact;
    if (!this.#input.value) return null;
    const { occurs, moments } = meanings(this.#input.value, this.#zone);
    return occurs === "once" ? moments[0] : Number(this.#which.value);
  }

  fill(moment, zone) {
    this.#zone = zone;
    this.#exact = moment;
    this.#input.value = moment === null ? "" : wallOf(moment, zone);
    this.#show();
  }

  /** The same instant by the clocks of another zone. */
  rezone(zone) {
    this.fill(this.value, zone);
  }

  #show() {
    const told = this.#input.value ? meanings(this.#input.value, this.#zone) : null;
    const unclear = this.#exact === null && told !== null && told.occurs !== "once";
    const label = this.#which.closest("[data-which]");
    label.hidden = !unclear;
    if (unclear) {
      label.firstElementChild.textContent = ASKS[told.occurs];
      this.#which.replaceChildren(...told.moments.map((moment) => new Option(inUtc(moment), moment)));
    }
    this.#say(this.value);
  }

  #say(moment) {
    this.#form.querySelector(`[data-utc="${this.#input.name}"]`).textContent = moment === null ? "" : inUtc(moment);
  }
}
