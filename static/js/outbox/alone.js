// One tab at a time. Where a browser has no locks (plain http), or whoever has the lock does not
// let go of it, the work is done all the same: commands carry a `ref`, so twice is once.

const PATIENCE = 3_000; // ms

export async function alone(name, work) {
  if (!navigator.locks) return work();
  let began = false;
  const once = () => {
    began = true;
    return work();
  };
  try {
    return await navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, once);
  } catch (why) {
    if (began) throw why;
    return work();
  }
}
