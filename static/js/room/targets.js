// Where two fixes would get into each other's way, as the server sees it: targets are paths,
// regions are names. Held to the same cases as incident/core/targets.py.

const ANYWHERE = "*";

/** The names in a target: `waf/rules/*` is ["waf", "rules"]. */
export const path = (target) => target.split("/").filter((name) => name !== "" && name !== ANYWHERE);

/** Whether one target contains the other in a region they share; no region, or `*`, is every region. */
export const overlapping = (target, region, otherTarget, otherRegion) =>
  regionsMeet(region ?? null, otherRegion ?? null) && pathsMeet(path(target), path(otherTarget));

const pathsMeet = (one, other) =>
  one.slice(0, Math.min(one.length, other.length)).every((name, place) => name === other[place]);

const regionsMeet = (one, other) =>
  one === other || [one, other].some((region) => region === null || region === ANYWHERE);
