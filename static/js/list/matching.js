// Whether an incident belongs to what the address asks for, as the server would say of its rows.
// `sev=1,2&state=open&service=`; the longer names `severity` and `status` mean the same.

const OPEN = ["triage", "active", "mitigated"];
const ENDED = ["resolved", "closed", "cancelled"];
const STATES = { open: OPEN, ended: ENDED, ...Object.fromEntries([...OPEN, ...ENDED].map((one) => [one, [one]])) };

/** `belongs(summary)` for the filters of `query`, and whether there are `any`. */
export function matching(query) {
  const several = (...names) => names.flatMap((name) => query.getAll(name)).flatMap((one) => one.split(",")).map((one) => one.trim());
  const levels = several("sev", "severity").filter((one) => /^[1-5]$/.test(one)).map(Number);
  const states = several("state", "status").flatMap((one) => STATES[one] ?? []);
  const [service, region, role, q] = ["service", "region", "role", "q"].map((name) => (query.get(name) ?? "").trim());
  const sought = q.toLowerCase().match(/inc-\d+|[\p{L}\p{N}_]+/gu) ?? [];
  const asked = [
    levels.length && (({ severity }) => levels.includes(severity)),
    states.length && (({ status }) => states.includes(status)),
    service && (({ affectedServices }) => affectedServices.includes(service)),
    region && (({ affectedRegions }) => affectedRegions.includes(region)),
    role && (({ holders = {} }) => Object.values(holders).includes(role)),
    sought.length && ((one) => sought.every((word) => wordsOf(one).some((its) => its.startsWith(word)))),
  ].filter(Boolean);
  return { any: asked.length > 0, belongs: (summary) => asked.every((holds) => holds(summary)) };
}

function wordsOf({ id, title, description = "", affectedServices, affectedRegions }) {
  const texts = [title, description, ...affectedServices, ...affectedRegions].join(" ").toLowerCase();
  return [id.toLowerCase(), ...(texts.match(/[\p{L}\p{N}_]+/gu) ?? [])];
}
