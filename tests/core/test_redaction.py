import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import REDACTED, fold
from incident.core.redaction import CLEARED, WHY, WRITTEN, scrubbed, without_text
from incident.core.values import Link
from tests.builders import (
    BY_ADA,
    LATER,
    NOON,
    accepted,
    closed,
    declared,
    given,
    noted,
    offered,
    paged,
    played,
    proposed,
    refusal,
    when,
)

SECRET = "hunter2"  # a password that somebody pasted
FILE = ev.Attachment(id=SECRET, name=f"{SECRET}.png", type="image/png", size=9)
LINK = Link(url=f"https://example.com/?token={SECRET}", label=SECRET)


def redact(entry: int, original: ev.Event) -> do.RedactEntry:
    return do.RedactEntry(by="zoe", authority="admin", entry=entry, original=original)


def raised(description: str) -> ev.HypothesisRaised:
    return ev.HypothesisRaised(by="bo", at=NOON, hypothesis="H1", description=description)


def judged(reason: str) -> ev.HypothesisJudged:
    told = {"by": "bo", "at": NOON, "hypothesis": "H1", "verdict": "supported"}
    return ev.HypothesisJudged.model_validate(told | {"reason": reason})


def cited(reason: str) -> ev.EvidenceCited:
    return ev.EvidenceCited(by="bo", at=NOON, hypothesis="H1", entries=(1,), reason=reason)


def leaderless(person: str, why: str) -> ev.CommanderMissing:
    people = (ev.Called(person=person, why=why),)
    return ev.CommanderMissing(by="system", at=NOON, since=NOON, people=people)


def undelivered(why: str) -> ev.PageUndelivered:
    return ev.PageUndelivered(by="system", at=NOON, person="bo", channel="e-mail", why=why)


def described(**fields: object) -> ev.ActionDescribed:
    return ev.ActionDescribed.model_validate(BY_ADA | {"action": "ACT-1"} | fields)


def changed(**fields: object) -> ev.DetailsChanged:
    return ev.DetailsChanged.model_validate(BY_ADA | fields)


def test_only_an_admin_redacts() -> None:
    command = do.RedactEntry(by="ada", entry=2, original=noted())

    assert refusal(given(declared(), noted()), command) == "not-admin"


def test_a_redaction_is_an_entry_that_names_the_other() -> None:
    events = when(given(declared(), noted()), redact(2, noted()))

    assert events == [ev.EntryRedacted(by="zoe", at=LATER, entry=2)]
    after = given(declared(), noted(), *events)
    assert (after.redacted, after.marks) == ((2,), (3,))


def test_redacting_twice_is_once() -> None:
    incident = given(declared(), noted(), ev.EntryRedacted(by="zoe", at=NOON, entry=2))

    assert when(incident, redact(2, noted(REDACTED))) == []


def test_a_redacted_entry_is_not_amended() -> None:
    incident = given(declared(), noted(), ev.EntryRedacted(by="zoe", at=NOON, entry=2))

    assert refusal(incident, do.AmendEntry(by="bo", entry=2, message="x")) == "already-redacted"


@pytest.mark.parametrize(
    ("history", "entry", "fields"),
    [
        ((declared(title=SECRET),), 1, ("title",)),
        ((declared(description=SECRET),), 1, ("title", "description")),
        ((declared(title=SECRET), changed(title="Slow")), 1, ()),
        ((declared(), changed(title=SECRET)), 2, ("title",)),
        ((declared(), changed(title=SECRET), changed(title="Slow")), 2, ()),
        ((declared(), changed(metadata={"a": SECRET})), 2, ("metadata",)),
        ((declared(), changed(links=(LINK,))), 2, ("links",)),
        (
            (declared(), proposed(description=SECRET, impact=SECRET)),
            2,
            ("actions.ACT-1.description", "actions.ACT-1.impact"),
        ),
        (
            (declared(), proposed(description=SECRET), described(description="Restart")),
            2,
            (),
        ),
        ((declared(), proposed(), described(impact=SECRET)), 3, ("actions.ACT-1.impact",)),
        ((declared(), raised(SECRET)), 2, ("hypotheses.H1.description",)),
        ((declared(), raised("Pool"), judged(SECRET)), 3, ("hypotheses.H1.reason",)),
        ((declared(), raised("Pool"), judged(SECRET), judged("Grew")), 3, ()),
        ((declared(), raised("Pool"), cited(SECRET)), 3, ()),
        ((declared(), noted("Look", attachments=(FILE,))), 2, ()),
        ((declared(), offered("bo", message=SECRET)), 2, ("roles.incident_commander.message",)),
        ((declared(), offered("bo", message=SECRET), offered("cy", message="Now you")), 2, ()),
        ((declared(), offered("bo", message=SECRET), accepted("bo")), 2, ()),
        ((declared(), offered("bo", why=f"covers for mei: {SECRET}")), 2, ()),
        ((declared(), paged("bo", why=f"covers for mei: {SECRET}", reason=SECRET)), 2, ()),
        ((declared(), paged(skipped=({"level": 1, "why": SECRET},))), 2, ()),
        ((declared(), leaderless("bo", why=SECRET)), 2, ()),
        ((declared(), undelivered(SECRET)), 2, ()),
        ((declared(), noted(SECRET)), 2, ()),
        ((declared(), closed().model_copy(update={"reason": SECRET})), 2, ()),
    ],
)
def test_a_redaction_reaches_what_the_state_still_shows(
    history: tuple[ev.Event, ...], entry: int, fields: tuple[str, ...]
) -> None:
    (event,) = when(given(*history), redact(entry, history[entry - 1]))

    assert isinstance(event, ev.EntryRedacted)
    assert event.fields == fields
    state = given(*history, event)
    kept = scrubbed([*history, event])
    assert SECRET not in state.model_dump_json()
    assert SECRET not in repr(kept)
    assert fold(kept) == state


@pytest.mark.parametrize("fields", [("status",), ("nonsense",), ("a.b",), ("actions.ACT-1.id",),
                                    ("actions.ACT-7.impact",), ("a.b.c.d",)])  # fmt: skip
def test_a_redaction_touches_nothing_but_text(fields: tuple[str, ...]) -> None:
    history = declared(), proposed()
    redaction = ev.EntryRedacted(by="zoe", at=NOON, entry=1, fields=fields)

    before, after = given(*history), given(*history, redaction)

    told = {"entries": 3, "redacted": (1,), "marks": (3,)}
    assert after == before.model_copy(update=told)


def test_an_event_without_text_keeps_who_when_and_what() -> None:
    event = declared(
        title=SECRET, description=SECRET, metadata={"a": SECRET}, links=(LINK,), severity=1
    )

    bare = without_text(event)

    assert bare == declared(title=REDACTED, description=REDACTED, severity=1)


def test_a_redacted_entry_shows_no_file_any_more() -> None:
    assert without_text(noted("Look", attachments=(FILE,))) == noted(REDACTED)


def test_text_that_was_not_there_is_not_marked_as_removed() -> None:
    assert without_text(changed(drill=True)) == changed(drill=True)


def test_amendments_of_a_redacted_entry_lose_their_text_with_it() -> None:
    log, incident = played(
        do.Declare(by="ada", title="Slow", severity=5),
        do.AddEntry(by="bo", message=SECRET),
        do.AmendEntry(by="bo", entry=2, message=f"It is {SECRET}"),
        do.AddEntry(by="bo", message="Sorry"),
        redact(2, noted(SECRET)),
    )

    kept = scrubbed(log)

    assert SECRET not in repr(kept)
    assert isinstance(kept[3], ev.Noted)
    assert kept[3].message == "Sorry"
    assert fold(kept) == incident


def test_who_was_paged_stays_when_the_reason_is_removed() -> None:
    skipped = {"level": 1, "why": SECRET}

    bare = without_text(paged("bo", why=SECRET, skipped=(skipped,), reason="Nobody answers"))

    assert bare == paged(
        "bo", why=REDACTED, skipped=({"level": 1, "why": REDACTED},), reason=REDACTED
    )


FREE_TEXT = {"message", "title", "description", "reason", "impact", "metadata", "links"}
FREE_TEXT |= {"attachments"}
NAMED = {
    "affected_services",
    "affected_regions",
    "target",
    "region",
    "executed_on",
    "source",
    "merged_into",
    "action",
    "owner",
    "asked_by",
    "holder",
    "previous",
    "by",
    "kind",
    "fields",
    "to",
    "offered_by",
    "next",
    "person",
    "people",
    "channel",
    "role",
    "service",
    "hypothesis",
    "after",
    "updates_due",
    "updates_off",
    "audience",
    "terms",
}
"""Fields that hold names: they say what was touched and by whom, and stay."""
EXPLAINED = {"role_offered", "page_undelivered", "escalation_ended"}
"""Events that say why. The last of them in our own words; the others may quote a person."""


def test_every_text_of_every_event_is_either_removed_or_a_name() -> None:
    kinds: tuple[type[ev.Event], ...] = ev.Event.__origin__.__args__  # type: ignore[attr-defined]  # the union inside the annotation
    texts = {
        name
        for kind in kinds
        for name, field in kind.model_fields.items()
        if "str" in str(field.annotation) or "dict" in str(field.annotation) or name == "links"
    }

    explained = {kind.model_fields["kind"].default for kind in kinds if WHY in kind.model_fields}
    assert {*WRITTEN, *CLEARED} == FREE_TEXT
    assert explained == EXPLAINED
    assert texts <= FREE_TEXT | NAMED | {WHY}
