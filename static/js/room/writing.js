// What the composer needs once somebody writes: reading a line, completing it, answering a question.

export { answered, ask, forget } from "./asking.js";
export { caret, focusIs, listedBy, menu, pressAgain, pressedInMenu, typedAt } from "./complete-menu.js";
export { preview } from "./meant.js";
export { parse } from "./parse.js";
