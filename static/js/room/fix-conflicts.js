// Which running fixes of this incident a fix would meet, before anybody presses anything.
// Those of other incidents only the server knows: it says so when the start is asked for.

import { html } from "../../vendor/lit/lit-html.js";
import { actions, incident } from "../state.js";
import { bothZones, minuteOfDay } from "../time.js";
import { visibly } from "../unseen.js";
import { nameOf } from "./names.js";
import { overlapping } from "./targets.js";

/** What is in the way of `{id, target, region}`: holds as a refused start tells them, oldest first. */
export function inTheWay({ id, target, region }) {
  if (!target) return [];
  return actions.value
    .filter((one) => one.id !== id && one.status === "in-progress" && one.target && overlapping(one.target, one.region, target, region || null))
    .map((one) => ({ action: one.id, holder: one.owner ?? one.createdBy, since: one.startedAt, target: one.target, region: one.region }))
    .sort((one, other) => one.since.localeCompare(other.since));
}

export const isHere = ({ incident: other }) => !other || other === incident.value.id;
export const nameOfHold = (hold) => (isHere(hold) ? hold.action : `${hold.incident}/${hold.action}`);

/** One sentence about a hold. */
export const inWords = (hold) => html`<b>${nameOfHold(hold).replace("/", " ")}</b> is running on
  <b><bdi>${visibly(hold.target)}</bdi></b> ${hold.region && hold.region !== "*" ? html`in <bdi>${visibly(hold.region)}</bdi>` : "in every region"},
  by <bdi>${nameOf(hold.holder)}</bdi> since <time title=${bothZones(hold.since)}>${minuteOfDay(hold.since)}</time>.`;
