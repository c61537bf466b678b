"""The rules of incident response, pure: values in, values out.

Nothing here knows a clock, a network, a database or a person's screen.

Words, each for one idea, the same in Python, documents, JSON and on the page:

incident     one thing that went wrong, and the log of all that was done about it
responder    a person who works on an incident, named by a handle
command      what somebody wants to happen (imperative: `Acknowledge`)
event        what happened (past tense: `Acknowledged`); one event is one timeline entry
entry        an event as people read it, numbered T1, T2, ... within its incident
state        the incident after a number of events (`Incident`); always the fold of its log
action       a fix: proposed, approved, started, completed or abandoned ("Fixes" on the page)
target       what an action touches, a path such as `db/primary`
hold         the right of one running action to a target in a region
deadline     a moment at which something is due if nobody acts first
audience     who an update is written for: customers, leadership, support
policy       severities, ladder and roles as an organisation sets them, in numbered revisions
terms        what an incident keeps of the policy it runs under
ladder       the levels that are paged one after the other until somebody acknowledges
round        one run of the ladder, from a declaration, a reopening or a worse severity on
turn         one pass through the ladder within a round; in a rotation, one member's time
offer        a role that somebody may accept; until then whoever holds it holds it
brief        what whoever takes a role must know, made when it is read
rotation     who is on call as what, by layers that take turns, and overrides on top
shift        one stretch for which the same person is on call
watch        the answer to: who is on call at a moment, why, and who is next
"""
