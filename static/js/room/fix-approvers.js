// Who may approve a fix: the commander, then the operations lead; nobody their own idea if another can.

import { computed } from "../../vendor/signals/signals-core.js";
import { incident, me } from "../state.js";
import { nameOf } from "./names.js";

export const leaders = computed(() => [incident.value.commander, incident.value.opsLead].filter(Boolean));

/** The first of those who lead, passing over whoever proposed it where another can. */
export const approverOf = ({ createdBy }) => leaders.value.find((one) => one !== createdBy) ?? leaders.value[0];

/** `own`: the reader proposed it; `why` the reader cannot approve it. */
export function whyNot(action) {
  const approver = approverOf(action);
  if (!approver) return { own: false, why: "Nobody leads yet: take incident command first." };
  const own = action.createdBy === me.value.handle && leaders.value.includes(me.value.handle);
  return { own, why: own ? `You proposed it yourself: ${nameOf(approver)} decides.` : `Only ${nameOf(approver)} can approve this.` };
}

/** Whether the reader may take the approval back: whoever leads, and whoever could give it. */
export const mayWithdraw = (action) => [leaders.value[0], approverOf(action)].includes(me.value.handle);
