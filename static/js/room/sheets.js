// The sheets in which things are changed, fixed and told: none is needed to read the room.
// What acts at one press is not among them, so that it never waits for the network.

import { lazily } from "./lazily.js";

const affected = () => import("./affected-sheet.js");
const band = () => import("./band-sheets.js");
const causes = () => import("./cause-sheets.js");
const entries = () => import("./entry-sheets.js");
const fixes = () => import("./fix-sheets.js");
const ladder = () => import("./ladder-sheets.js");
const offering = () => import("./offering.js");
const policy = () => import("./policy-sheet.js");
const snoozes = () => import("./snooze-sheet.js");
const updates = () => import("./update-sheet.js");

export const changeSeverity = lazily(band, "changeSeverity");
export const changeState = lazily(band, "changeState");
export const propose = lazily(fixes, "propose");
export const describe = lazily(fixes, "describe");
export const reassign = lazily(fixes, "reassign");
export const finish = lazily(fixes, "finish");
export const abandon = lazily(fixes, "abandon");
export const startAnyway = lazily(fixes, "startAnyway");
export const raise = lazily(causes, "raise");
export const judge = lazily(causes, "judge");
export const speak = lazily(causes, "speak");
export const correct = lazily(entries, "correct");
export const remove = lazily(entries, "remove");
export const nameAffected = lazily(affected, "nameAffected");
export const writeTo = lazily(updates, "writeTo");
export const snooze = lazily(snoozes, "snooze");
export const handOver = lazily(offering, "handOver");
export const decline = lazily(offering, "decline");
export const pageNext = lazily(ladder, "pageNext");
export const pageSomeone = lazily(ladder, "pageSomeone");
export const pause = lazily(ladder, "pause");
export const applyPolicy = lazily(policy, "applyPolicy");
