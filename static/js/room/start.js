// The first that runs of the room: what the server drew is seen before the rest begins, which the
// page has asked for already.

import { painted } from "./turns.js";

painted().then(() => import("./main.js"));
