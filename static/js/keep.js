// What this browser remembers for its user: drafts, the zone, the last entry seen.
// Nothing depends on it: where storage is blocked or full, it forgets.

export function kept(name, otherwise = null) {
  try {
    return localStorage.getItem(name) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name, value) {
  try {
    if (value === null || value === "") localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // private windows and full disks: the page works without
  }
}
