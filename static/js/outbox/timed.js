// When something was written goes with what may be told late, from the moment it is kept: a command
// must not change when it is sent again. What tells stays right however late it is; what changes
// something is asked about before it is sent long after it was wanted.

const TIMED = {
  add_timeline: () => true,
  update_action: ({ status }) => status === "completed" || status === "abandoned",
};

const LONG_AGO = 30 * 60_000; // ms
const TELLS = new Set(["add_timeline", "amend_entry", "add_action", "raise_hypothesis"]);

/** Whether somebody has to say that it is still to be sent; `insists`: they did. */
export const isOutdated = ({ command, at, insists }, now) =>
  !insists && !TELLS.has(command.type) && now - Date.parse(at) > LONG_AGO;

/** What opening the room does with what is kept for it: "decides" about what was refused, "asks" about
 * some or "asks all" before it is sent, or "sends". */
export function onOpening(records, now) {
  if (records.some(({ state }) => state === "refused")) return "decides";
  const asked = records.filter((one) => one.state === "asks" || isOutdated(one, now));
  return asked.length === records.length ? "asks all" : asked.length ? "asks" : "sends";
}

/** `{command, at, stamped}`: `at` is `now` in ISO, `stamped` whether it was put into the command. */
export function timed(command, now, room) {
  const at = new Date(now).toISOString();
  if (command.timestamp || !TIMED[command.type]?.(command)) return { command, at };
  const { createdAt = at, startedAt } = room.actions?.[command.action] ?? {};
  const timestamp = new Date(Math.max(now, Date.parse(startedAt ?? createdAt))).toISOString(); // nothing ends before it began
  return { command: { ...command, timestamp }, at, stamped: true };
}
