from datetime import timedelta

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from pydantic import ValidationError

from incident.core import commands as do
from incident.core import events as ev
from incident.core.decide import decide
from incident.core.health import worst
from incident.core.incident import Incident, fold
from incident.core.rejected import Rejected
from incident.core.values import NAMES_LIMIT, Health
from tests.builders import (
    LATER,
    NOON,
    cancelled,
    declared,
    given,
    mitigated,
    refused,
    resolved,
    when,
)

WIDE = declared(affected_services=("api", "db"), affected_regions=("eu", "us"))


def say(words: dict[str, dict[str, Health]], **fields: object) -> do.ChangeIncident:
    return do.ChangeIncident.model_validate({"by": "bo", "health": words} | fields)


def is_now(service: str, region: str, health: Health, previous: Health = "ok") -> ev.HealthChanged:
    return ev.HealthChanged(
        by="bo", at=NOON, service=service, region=region, health=health, previous=previous
    )


def narrowed(**names: tuple[str, ...]) -> ev.DetailsChanged:
    told = {f"affected_{which}": of for which, of in names.items()}
    return ev.DetailsChanged.model_validate({"by": "bo", "at": NOON} | told)


def cells(incident: Incident) -> list[tuple[str, str, str]]:
    return [(one.service, one.region, one.health) for one in incident.health]


def test_everything_is_well_until_somebody_says_otherwise() -> None:
    assert cells(given(WIDE)) == []
    assert worst(given(WIDE)) == "ok"


def test_every_word_is_an_entry_of_its_own() -> None:
    events = when(given(WIDE), say({"api": {"eu": "down", "us": "slow"}, "db": {"us": "down"}}))

    assert events == [
        ev.HealthChanged(by="bo", at=LATER, service="api", region="eu", health="down"),
        ev.HealthChanged(by="bo", at=LATER, service="api", region="us", health="slow"),
        ev.HealthChanged(by="bo", at=LATER, service="db", region="us", health="down"),
    ]
    incident = given(WIDE, *events)
    assert cells(incident) == [("api", "eu", "down"), ("api", "us", "slow"), ("db", "us", "down")]
    assert worst(incident) == "down"


def test_a_word_remembers_what_was_said_before_and_the_last_one_counts() -> None:
    incident = given(WIDE, is_now("api", "eu", "down"), is_now("db", "eu", "slow"))

    events = when(incident, say({"api": {"eu": "slow"}}))

    assert [(e.health, e.previous) for e in events if isinstance(e, ev.HealthChanged)] == [
        ("slow", "down")
    ]
    assert cells(fold(events, incident)) == [("api", "eu", "slow"), ("db", "eu", "slow")]
    assert worst(fold(events, incident)) == "slow"


def test_what_is_well_again_is_no_longer_listed() -> None:
    incident = given(WIDE, is_now("api", "eu", "down"), is_now("db", "eu", "slow"))

    events = when(incident, say({"api": {"eu": "ok"}}))

    assert cells(fold(events, incident)) == [("db", "eu", "slow")]


@pytest.mark.parametrize("words", [{}, {"api": {}}, {"api": {"eu": "down", "us": "ok"}}])
def test_what_is_known_already_changes_nothing(words: dict[str, dict[str, Health]]) -> None:
    assert when(given(WIDE, is_now("api", "eu", "down")), say(words)) == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"apu": {"eu": "down"}}, "apu"),
        ({"api": {"eu": "down", "mars": "down"}}, "mars"),
        ({"api": {"*": "down"}}, "*"),
        ({"api": {"mars": "ok"}}, "mars"),
    ],
)
def test_a_word_about_what_is_not_affected_is_refused(
    words: dict[str, dict[str, Health]], named: str
) -> None:
    refusal = refused(given(WIDE), say(words))

    assert refusal.code == "not-affected"
    assert refusal.message.startswith(f"{named} is not among the affected")


def test_a_service_can_be_added_and_called_down_at_once() -> None:
    command = say({"cache": {"eu": "down"}}, affected_services=("api", "cache"), severity=1)

    events = when(given(WIDE), command)

    assert [event.kind for event in events][:3] == [
        "details_changed",
        "health_changed",
        "severity_changed",
    ]
    assert cells(given(WIDE, *events)) == [("cache", "eu", "down")]


def test_what_is_no_longer_affected_drops_out() -> None:
    history = (WIDE, is_now("api", "eu", "down"), is_now("db", "us", "slow"))

    without_db = given(*history, narrowed(services=("api", "cache")))
    without_eu = given(*history, narrowed(regions=("us",)))
    neither = given(*history, narrowed(services=("db",), regions=("eu",)))

    assert cells(without_db) == [("api", "eu", "down")]
    assert cells(without_eu) == [("db", "us", "slow")]
    assert cells(neither) == []


def test_where_no_region_is_named_a_service_ails_everywhere_and_then_in_each() -> None:
    nowhere = declared(affected_services=("api",))
    down = when(given(nowhere), say({"api": {"*": "down"}}))
    named = narrowed(regions=("eu", "us"))

    assert cells(given(nowhere, *down)) == [("api", "*", "down")]
    assert cells(given(nowhere, *down, named)) == [("api", "eu", "down"), ("api", "us", "down")]
    assert cells(given(nowhere, *down, named, narrowed(regions=()))) == []


@pytest.mark.parametrize("end", [mitigated(), resolved(), cancelled()])
def test_the_end_of_an_incident_makes_nothing_well_by_itself(end: ev.Event) -> None:
    incident = given(WIDE, is_now("api", "eu", "down"), end)

    assert cells(incident) == [("api", "eu", "down")]
    assert len(when(incident, say({"api": {"eu": "ok"}}))) == 1


def test_nobody_says_more_than_a_hundred_words_at_a_time() -> None:
    regions = [f"r{number}" for number in range(NAMES_LIMIT // 2 + 1)]
    words = {service: dict.fromkeys(regions, "down") for service in ("api", "db")}

    with pytest.raises(ValidationError, match="at most 100"):
        do.ChangeIncident.model_validate({"by": "bo", "health": words})


names = st.lists(st.sampled_from(["api", "db", "eu west"]), max_size=3, unique=True).map(tuple)
places = st.sampled_from(["api", "db", "eu west", "*"])
word = st.sampled_from(["ok", "slow", "down"])
changes = st.fixed_dictionaries(
    {},
    optional={
        "affected_services": names,
        "affected_regions": names,
        "health": st.dictionaries(places, st.dictionaries(places, word, max_size=3), max_size=3),
    },
)


@given_any(st.lists(changes, max_size=12))
def test_only_what_is_affected_is_ever_unwell_and_each_place_once(
    told: list[dict[str, object]],
) -> None:
    incident = given(WIDE)

    for number, change in enumerate(told):
        command = do.ChangeIncident.model_validate({"by": "bo"} | change)
        try:
            events = decide(incident, command, NOON + timedelta(seconds=number))
        except Rejected:
            continue
        incident = fold(events, incident)
        regions = incident.affected_regions or ("*",)
        ailing = [(one.service, one.region) for one in incident.health]
        assert len({*ailing}) == len(ailing)
        assert {*ailing} <= {(s, r) for s in incident.affected_services for r in regions}
        assert "ok" not in {one.health for one in incident.health}
