// Whose a role is, and who may move it; how it is moved is not here.

import { incident, me, roles } from "../state.js";
import { roleNames } from "./words.js";

/** The handle of whoever holds it, or null. */
export const holderOf = (role) => roles.value[role]?.holder ?? null;

/** Whether the server lets this person offer, take back or move `role`. */
export const mayMove = (role) =>
  [holderOf(role), incident.value.commander].includes(me.value.handle) || me.value.role === "admin";

/** The roles that this person holds. */
export const ownRoles = () => roleNames(roles.value).filter((role) => holderOf(role) === me.value.handle);
