// What is told without anybody having done anything on this page: an update that falls due soon,
// another person or role behind the same browser.

import { effect, untracked } from "../../vendor/signals/signals-core.js";
import { now } from "../time.js";
import { watchStanding } from "./connection.js";
import { tellDueSoon } from "./notices.js";

export function mount() {
  watchStanding();
  effect(() => now.value && untracked(tellDueSoon));
}
