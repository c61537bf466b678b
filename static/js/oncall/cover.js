// The sheet for an exception: somebody covers, is added, or is taken off for a while.
// What is pressed fills it in; the server decides who may.

import { post, show } from "../posting.js";
import { MomentField } from "./moment-field.js";
import { leave } from "./telling.js";

const LABELS = { replace: "Who is away", add: "Who is added", remove: "Who is taken off" };
const HOUR = 3_600_000; // ms
const USUAL = 8 * HOUR;

export class Cover {
  #boot;
  #cancel;
  #sheet = document.querySelector("#cover");
  #form = document.querySelector("[data-cover-form]");
  #times = { start: new MomentField(this.#form, "start"), end: new MomentField(this.#form, "end") };
  #zone = ""; // of the shift that was pressed; else of the rotation
  #pressed = null;

  constructor(boot, cancel) {
    this.#boot = boot;
    this.#cancel = cancel;
    this.#form.addEventListener("change", ({ target }) => this.#changed(target));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#form.querySelector("[data-cancel-this]").addEventListener("click", () => {
      this.#sheet.close();
      this.#cancel(this.#pressed.rotation, this.#pressed.of, this.#pressed.words);
    });
  }

  /** What the sheet knows and offers, as a newer page has it; never while it is open. */
  renew(boot, page) {
    this.#boot = boot;
    for (const name of ["rotation", "person", "with"]) {
      const options = page.querySelectorAll(`[data-cover-form] [name=${name}] option`);
      this.#form.elements[name].replaceChildren(...[...options].map((one) => document.importNode(one, true)));
    }
  }

  /** A shift: to be covered if it is one's own, else to be taken over. */
  ofShift({ rotation, person, since, until, zone, of, words }) {
    const own = person === this.#boot.me;
    const told = { rotation, kind: "replace", person, with: own ? "" : this.#boot.me, since, until, zone, of, words };
    this.#open(told, own ? "with" : "start");
  }

  /** A time with no one: somebody is added. */
  ofHole({ rotations, since, until, words }) {
    this.#open({ rotation: rotations[0], rotations, kind: "add", person: this.#boot.me, with: "", since, until, words }, "person");
  }

  /** From nothing: to be covered from the next full hour on. */
  fresh() {
    const since = Math.ceil(Date.parse(this.#boot.now) / HOUR) * HOUR;
    const [rotation] = this.#own();
    this.#open({ rotation, kind: "replace", person: this.#boot.me, with: "", since, until: since + USUAL }, "rotation");
  }

  /** One's own rotations first. */
  #own() {
    const names = Object.keys(this.#boot.rotations);
    const mine = names.filter((name) => this.#boot.rotations[name].people.includes(this.#boot.me));
    return [...mine, ...names];
  }

  #open(pressed, first) {
    this.#pressed = pressed;
    const { rotation, rotations, kind, person, of, words } = pressed;
    const fields = this.#form.elements;
    this.#form.reset();
    this.#form.querySelector("[data-problem]").hidden = true;
    fields.kind.value = kind;
    for (const option of fields.rotation.options) option.hidden = Boolean(rotations) && !rotations.includes(option.value);
    fields.rotation.value = rotation;
    fields.person.value = person;
    fields.with.value = pressed.with;
    this.#zone = pressed.zone ?? "";
    this.#times.start.fill(pressed.since, this.#zoneNow());
    this.#times.end.fill(pressed.until ?? null, this.#zoneNow());
    const line = this.#form.querySelector("[data-shift]");
    line.hidden = !words;
    line.textContent = words ?? "";
    this.#form.querySelector("[data-cancel-this]").hidden = !of || !this.#mayCancel(rotation, of);
    this.#paint();
    this.#sheet.showModal();
    fields[first].focus();
  }

  #mayCancel(rotation, of) {
    const { admin, me, rotations } = this.#boot;
    return admin || (rotations[rotation]?.overrides[of] ?? []).includes(me);
  }

  #zoneNow() {
    return this.#zone || this.#boot.rotations[this.#form.elements.rotation.value].zone;
  }

  #changed(field) {
    if (field.name === "rotation") {
      this.#zone = "";
      for (const time of Object.values(this.#times)) time.rezone(this.#zoneNow());
    }
    this.#paint();
  }

  #paint() {
    const { kind, person } = this.#form.elements;
    const mine = person.value === this.#boot.me;
    const name = mine ? "me" : (person.selectedOptions[0]?.text ?? "").replace(/^Choose$/, "somebody");
    const verb = { replace: `Cover ${name}`, add: `Add ${name}`, remove: `Take ${name} off` }[kind.value];
    this.#form.querySelector('[data-for="with"]').hidden = kind.value !== "replace";
    this.#form.querySelector("[data-person-label]").textContent = LABELS[kind.value];
    this.#form.querySelector("[data-verb]").textContent = verb;
    this.#sheet.querySelector("h2").textContent = verb;
    for (const one of this.#form.querySelectorAll("[data-zone-name]")) one.textContent = this.#zoneNow();
  }

  async #send() {
    const { kind, person, with: other, reason, rotation } = this.#form.elements;
    const replaces = kind.value === "replace";
    const missing = [
      !person.value && ["person", "Choose somebody."],
      replaces && !other.value && ["with", "Choose who covers."],
      this.#times.start.value === null && ["start", "Say from when."],
      this.#times.end.value === null && ["end", "Say until when."],
    ].filter(Boolean);
    if (missing.length) return show(this.#form, { errors: missing.map(([name, msg]) => ({ loc: [name], msg })) });
    const body = {
      kind: kind.value,
      person: person.value,
      ...(replaces && { with: other.value }),
      start: new Date(this.#times.start.value).toISOString(),
      end: new Date(this.#times.end.value).toISOString(),
      reason: reason.value.trim(),
    };
    const made = await post(this.#form, `/api/rotations/${encodeURIComponent(rotation.value)}/overrides`, body);
    if (made) leave(said(kind.value, person, other, rotation.value));
  }
}

function said(kind, person, other, rotation) {
  const name = (field) => field.selectedOptions[0].text.replace(/ \(you\)$/, "");
  const words = {
    replace: () => `${name(other)} covers ${name(person)}`,
    add: () => `${name(person)} is added`,
    remove: () => `${name(person)} is taken off`,
  };
  return `${words[kind]()} in ${rotation}.`;
}
