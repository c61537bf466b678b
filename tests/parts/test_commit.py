"""A commit as a value, and as the document that it is stored as."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import bson
import pytest
from bson.codec_options import CodecOptions
from pydantic import ValidationError

from incident.core.incident import SHAPE, fold
from incident.core.policy import BUILT_IN
from incident.store.commit import (
    KNOWN,
    Accepted,
    Commit,
    Told,
    after,
    document,
    stored_state,
    told,
)
from tests.builders import MINUTE, NOON, acknowledged, declared, noted, promised, proposed

EVENTS = (
    declared(metadata={"customers": 12, "note": None}, respond_by=NOON + MINUTE),
    noted("Looking", late=True),
    proposed(target="db/primary", region="eu", estimate=timedelta(minutes=15)),
    promised(due_at=NOON + MINUTE),
)
COMMIT = Commit(
    incident="INC-7",
    seq=3,
    at=NOON,
    origin="one",
    commands=(
        Accepted("ada:1", "ada", "d1", EVENTS[:1]),
        Accepted("mei:1", "mei", "d2", EVENTS[1:3]),
        Accepted("bo:1", "bo", "d3", EVENTS[3:]),
    ),
    first=5,
    state=fold(EVENTS),
    wake_at=NOON + MINUTE,
    declaration="ada:1",
)


def stored(commit: Commit) -> dict[str, Any]:
    """What comes back from the database for what goes there."""
    options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
    return bson.decode(bson.encode(document(commit)), codec_options=options)


def test_what_is_stored_reads_back_as_it_was() -> None:
    read = told(stored(COMMIT))

    assert read == Told("INC-7", 3, NOON, "one", COMMIT.commands, 5)
    assert read.events == EVENTS


def test_the_state_follows_from_the_commit_before() -> None:
    begun = after(None, Told("INC-7", 1, NOON, "one", COMMIT.commands, 1))
    noticed = Accepted("x", "ada", "d", (acknowledged(),))

    assert begun.state == COMMIT.state
    assert after(begun, Told("INC-7", 2, NOON, "one", (noticed,), 5)).state.acknowledged_by == "ada"


def test_a_commit_knows_where_the_events_of_each_command_begin() -> None:
    assert [COMMIT.position(command) for command in ("ada:1", "mei:1", "bo:1")] == [0, 1, 3]
    with pytest.raises(KeyError):
        COMMIT.position("cy:1")


def test_a_deadline_and_a_declaration_are_stored_only_where_there_are_any() -> None:
    plain = Commit("INC-7", 4, NOON, "one", (), 9, COMMIT.state)

    assert {"wake_at", "declaration"} <= document(COMMIT).keys()
    assert {"wake_at", "declaration"}.isdisjoint(document(plain))


def test_an_event_of_an_unknown_kind_stops_the_load() -> None:
    unknown = stored(COMMIT)
    unknown["commands"][1]["events"][0]["kind"] = "teleported"

    with pytest.raises(ValidationError):
        told(unknown)


def test_a_state_of_another_shape_counts_as_none() -> None:
    state = COMMIT.state.model_dump(exclude_none=True)

    assert stored_state({"state": state}) == COMMIT.state
    assert stored_state({"state": state | {"shape": SHAPE + 1, "unheard_of": 1}}) is None
    assert stored_state({}) is None


@pytest.mark.parametrize("order", [(0, 1, 0), (1, 0, 1)])
def test_terms_of_one_revision_that_differ_are_each_read_as_they_were(
    order: tuple[int, ...],
) -> None:
    terms = BUILT_IN.terms(3), BUILT_IN.terms(3).model_copy(update={"levels": ()})
    states = [fold([declared(terms=one)]) for one in terms]
    aware: CodecOptions[Mapping[str, Any]] = CodecOptions(tz_aware=True)
    kept = [bson.encode({"state": one.model_dump(exclude_none=True)}) for one in states]

    read = [stored_state(bson.decode(kept[place], codec_options=aware)) for place in order]

    assert [states[place] for place in order] == read


def test_terms_that_are_none_are_not_taken_for_those_read_before() -> None:
    with pytest.raises(ValidationError):
        KNOWN.terms({"revision": 0, "severities": "all"})
