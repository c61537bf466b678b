// When something was written goes with what may be told late, from the moment it is kept: a command
// must not change when it is sent again.

const TIMED = {
  add_timeline: () => true,
  update_action: ({ status }) => status === "completed" || status === "abandoned",
};

/** `{command, at, stamped}`: `at` is `now` in ISO, `stamped` whether it was put into the command. */
export function timed(command, now, room) {
  const at = new Date(now).toISOString();
  if (command.timestamp || !TIMED[command.type]?.(command)) return { command, at };
  const { createdAt = at, startedAt } = room.actions?.[command.action] ?? {};
  const timestamp = new Date(Math.max(now, Date.parse(startedAt ?? createdAt))).toISOString(); // nothing ends before it began
  return { command: { ...command, timestamp }, at, stamped: true };
}
