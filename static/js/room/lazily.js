// Functions of modules that come with the first touch of the page: called before, they wait for it,
// and what is typed meanwhile is typed into what they open.

import { holdKeys, typeIn } from "../held.js";
import { touched } from "../touched.js";
import { toast } from "./toasts.js";

const AWAY = "This has not come to the browser yet, and the server is away. Try again when you are connected.";

/** `lazily(() => import("./x.js"), "open")`: as `open` of that module, whenever it is called; where it
 * cannot come, that is said, and `otherwise` is done. */
export function lazily(bring, name, otherwise = () => {}) {
  touched.then(bring).catch(() => null); // it is asked for again when it is needed
  return async (...given) => {
    const held = holdKeys();
    const found = await bring().catch(() => null);
    held.letGo();
    if (held.isGivenUp()) return otherwise();
    if (found) {
      found[name](...given);
      return typeIn(held.keys);
    }
    toast({ words: AWAY, level: "late", about: "lazily" });
    otherwise();
  };
}
