// When something was written goes with what may be told late, from the moment it is kept: a command
// must not change when it is sent again.

const TIMED = { add_timeline: () => true };

/** `{command, at, stamped}`: `at` is `now` in ISO, `stamped` whether it was put into the command. */
export function timed(command, now, room) {
  const at = new Date(now).toISOString();
  if (command.timestamp || !TIMED[command.type]?.(command)) return { command, at };
  const since = Date.parse(room.actions?.[command.action]?.startedAt ?? at);
  const timestamp = new Date(Math.max(now, since)).toISOString(); // a fix does not end before it began
  return { command: { ...command, timestamp }, at, stamped: true };
}
