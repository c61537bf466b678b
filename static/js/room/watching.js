// What is told without anybody having done anything on this page: an update that falls due soon.

import { effect, untracked } from "../../vendor/signals/signals-core.js";
import { now } from "../time.js";
import { tellDueSoon } from "./notices.js";

export function mount() {
  effect(() => now.value && untracked(tellDueSoon));
}
