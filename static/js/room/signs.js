// The icon and the tag of an entry by what happened. The first paint has the same ones.

const ICONS = {
  declared: "siren", imported: "copy", acknowledged: "check", response_missed: "bell-ring",
  activated: "activity", phase_changed: "activity", mitigated: "circle-check",
  resolved: "circle-check", closed: "check", cancelled: "x", reopened: "undo-2",
  severity_changed: "siren", details_changed: "pencil", times_corrected: "clock",
  role_assigned: "arrow-right-left", role_released: "users", action_approved: "check",
  action_started: "play", action_completed: "circle-check", action_abandoned: "x",
  update_missed: "megaphone", entry_amended: "pencil", entry_redacted: "x",
  paged: "phone-call", people_called: "phone-call", page_undelivered: "triangle-alert",
  acknowledgement_questioned: "circle-help", acknowledgement_lapsed: "bell-ring",
  escalation_paused: "clock", escalation_resumed: "play", escalation_restarted: "undo-2",
  escalation_ended: "bell-ring", commander_missing: "users", resolve_target_missed: "flag",
  postmortem_overdue: "flag", role_offered: "arrow-right-left", role_accepted: "arrow-right-left",
  offer_declined: "x", offer_expired: "clock", offer_withdrawn: "undo-2", shift_ended: "clock",
  shift_extended: "clock", hypothesis_raised: "circle-help", hypothesis_judged: "circle-help",
  action_queued: "clock", action_unqueued: "undo-2", action_overdue: "clock", update_snoozed: "clock",
  health_changed: "activity", evidence_cited: "circle-help",
};
const TYPE_ICONS = { decision: "signpost", communication: "megaphone", alert: "bell-ring", action: "wrench" };
export const TAGS = { decision: "Decision", milestone: "Milestone", action: "Action", communication: "Update" };

export const iconOf = ({ kind, type }) => ICONS[kind] ?? TYPE_ICONS[type] ?? "activity";
