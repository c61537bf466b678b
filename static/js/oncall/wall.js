// What a clock on a wall means, in any zone: one instant, two of them, or none.
// The server judges the same; this tells it beside the field, before anything is sent.

const DAY = 86_400_000; // ms
const shown = new Map(); // zone -> Intl.DateTimeFormat

/** 2026-10-25T02:30 as the clocks of `zone` show this instant. */
export function wallOf(instant, zone) {
  if (!shown.has(zone)) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
    shown.set(zone, new Intl.DateTimeFormat("sv-SE", { ...parts, hourCycle: "h23", timeZone: zone }));
  }
  return shown.get(zone).format(instant).replace(" ", "T");
}

/** {occurs: "once" | "twice" | "never", moments}: `moments` are what may be meant, in order. */
export function meanings(wall, zone) {
  const flat = Date.parse(`${wall}Z`);
  const read = (near) => flat - (Date.parse(`${wallOf(near, zone)}Z`) - near);
  const moments = [...new Set([read(flat - DAY), read(flat + DAY)])].sort((a, b) => a - b);
  const real = moments.filter((moment) => wallOf(moment, zone) === wall.slice(0, 16));
  if (real.length === 0) return { occurs: "never", moments };
  return { occurs: real.length === 1 ? "once" : "twice", moments: real };
}

/** 2026-10-25 00:30 UTC */
export const inUtc = (moment) => `${new Date(moment).toISOString().slice(0, 16).replace("T", " ")} UTC`;
