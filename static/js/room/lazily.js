// Functions of modules that come with the first touch of the page: called before, they wait for it.

import { touched } from "../touched.js";
import { toast } from "./toasts.js";

const AWAY = "This has not come to the browser yet, and the server is away. Try again when you are connected.";

/** `lazily(() => import("./x.js"), "open")`: as `open` of that module, whenever it is called; where it
 * cannot come, that is said, and `otherwise` is done. */
export function lazily(bring, name, otherwise = () => {}) {
  touched.then(bring).catch(() => null); // it is asked for again when it is needed
  return async (...given) => {
    const found = await bring().catch(() => null);
    if (found) return found[name](...given);
    toast({ words: AWAY, level: "late", about: "lazily" });
    otherwise();
  };
}
