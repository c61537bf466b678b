from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.core import events as ev
from incident.core.history import parse, recount
from incident.core.incident import fold
from incident.core.moments import is_import, scene_at, scenes
from tests.builders import MINUTE, NOON
from tests.core.effort import examples
from tests.core.reports import FILES, report

NOW = NOON + timedelta(days=900)


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


def declared(minute: float = 0, began: float = -10) -> ev.Declared:
    return ev.Declared(
        by="report", at=at(minute), title="Queue stuck", severity=2, start_time=at(began)
    )


def noted(minute: float, message: str = "Looking") -> ev.Noted:
    return ev.Noted(by="ana", at=at(minute), message=message)


def imported(*events: ev.Event) -> tuple[ev.Event, ...]:
    return (declared(), *events, ev.Imported(by="import", at=NOW, source="outage.yaml"))


def of_file(file: Path) -> tuple[ev.Event, ...]:
    told = recount(parse(report(file)))
    return (*told, ev.Imported(by="import", at=NOW, source=file.name))


def test_only_what_was_imported_counts_by_its_own_time() -> None:
    assert is_import(imported())
    assert not is_import([declared(), noted(3)])


def test_a_moment_of_an_import_has_what_had_happened_by_then() -> None:
    told = imported(noted(5), ev.Mitigated(by="report", at=at(30)))

    before, after = scene_at(told, NOW, at(29)), scene_at(told, NOW, at(30))

    assert before
    assert (at(5), (0, 1), "active", 2) == (
        before.at,
        before.places,
        before.state.status,
        before.state.entries,
    )
    assert after
    assert ("mitigated", at(30)) == (after.state.status, after.state.mitigation_time)


def test_there_is_nothing_before_the_impact() -> None:
    assert scene_at(imported(noted(5)), NOW, at(-10) - MINUTE) is None


def test_it_is_declared_from_the_beginning_of_the_impact_on() -> None:
    begun = scene_at(imported(noted(5)), NOW, at(-10))

    assert begun
    assert ("Queue stuck", (0,)) == (begun.state.title, begun.places)


def test_what_is_told_of_a_time_before_the_impact_comes_with_the_declaration() -> None:
    first = scene_at(imported(noted(-60)), NOW, at(-60))

    assert first
    assert (0, 1) == first.places


def test_after_the_import_everything_is_there() -> None:
    told = imported(noted(5), ev.Resolved(by="report", at=at(60)))
    scene = scene_at(told, NOW, NOW)

    assert scene
    assert scene.state == fold(told)


def test_a_mark_keeps_to_the_entry_that_it_speaks_of() -> None:
    told = imported(noted(50, "later"), noted(5), ev.EntryPinned(by="ana", at=at(6), entry=3))
    scene = scene_at(told, NOW, at(10))

    assert scene
    assert (0, 2, 3) == scene.places
    assert ((3,), (4,), 3) == (scene.state.pinned, scene.state.marks, scene.state.entries)


def test_what_is_told_out_of_order_comes_when_it_was() -> None:
    told = imported(ev.PhaseChanged(by="report", at=at(40), phase="identified"),
                    ev.Mitigated(by="report", at=at(30)))  # fmt: skip

    row = [(one.at, one.places, one.state.status) for one in scenes(told, NOW)]

    assert row == [
        (at(-10), (0,), "active"),
        (at(30), (2,), "mitigated"),
        (at(40), (1,), "mitigated"),
        (NOW, (3,), "mitigated"),
    ]


EVENTS = st.one_of(
    st.builds(noted, st.integers(-20, 60)),
    st.builds(lambda m: ev.Mitigated(by="report", at=at(m)), st.integers(-20, 60)),
    st.builds(lambda m: ev.Resolved(by="report", at=at(m)), st.integers(-20, 60)),
    st.builds(
        lambda m, n: ev.EntryPinned(by="ana", at=at(m), entry=n),
        st.integers(-20, 60),
        st.integers(1, 9),
    ),
    st.builds(
        lambda m, s: ev.SeverityChanged(by="report", at=at(m), severity=s, previous=2),
        st.integers(-20, 60),
        st.integers(1, 5),
    ),
)


@settings(max_examples=examples(100, 1_000))
@given(st.lists(EVENTS, max_size=12))
def test_the_row_of_scenes_has_every_event_once_and_is_what_each_moment_says(
    events: list[ev.Event],
) -> None:
    told = imported(*events)
    row = list(scenes(told, NOW))

    assert sorted(place for one in row for place in one.places) == list(range(len(told)))
    assert [one.at for one in row] == sorted({one.at for one in row})
    for one in row:
        then = scene_at(told, NOW, one.at)
        assert then
        assert (one.at, one.state) == (then.at, then.state)
    assert row[-1].state == fold(told)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_incident_ends_as_it_was_imported(file: Path) -> None:
    told = of_file(file)
    *_, last = scenes(told, NOW)

    assert (NOW, fold(told)) == (last.at, last.state)
