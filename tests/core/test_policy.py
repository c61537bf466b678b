from datetime import timedelta

import pytest
from pydantic import ValidationError

from incident.core.policy import (
    BUILT_IN,
    LEVELS_LIMIT,
    Level,
    Policy,
    RoleTerms,
    SeverityTerms,
    Targets,
    Terms,
)
from incident.core.values import AUDIENCES, ROLES
from tests.builders import MINUTE, policy, rung

HOUR = timedelta(hours=1)


def problem(**fields: object) -> str:
    """What is wrong with the built-in policy and these fields."""
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate({**dict(BUILT_IN), **fields})
    return refused.value.errors()[0]["msg"].removeprefix("Value error, ")


def test_the_built_in_policy_is_that_of_the_fields_runbooks() -> None:
    promises = [
        (one.name, one.respond_within, one.resolve_within, one.update_every.get("customers"))
        for one in BUILT_IN.terms(0).severities
    ]

    assert promises == [
        ("Critical", 5 * MINUTE, HOUR, 30 * MINUTE),
        ("High", 15 * MINUTE, 4 * HOUR, HOUR),
        ("Medium", HOUR, 24 * HOUR, None),
        ("Low", 4 * HOUR, timedelta(days=7), None),
        ("Notice", None, None, None),
    ]
    assert set(BUILT_IN.severities[1].update_every) == set(AUDIENCES)


def test_the_built_in_ladder_has_four_levels_of_two_clocks() -> None:
    clocks = [
        (level.respond_within / MINUTE, level.escalate_after / MINUTE)
        for level in BUILT_IN.escalation
    ]

    assert clocks == [(5, 15), (15, 30), (30, 60), (60, 120)]


def test_an_incident_keeps_what_it_needs_of_its_policy() -> None:
    roles: dict[str, object] = {"database_expert": {}, **BUILT_IN.roles}

    terms = policy(rung(5, 15, people=["mei"]), roles=roles).terms(7)

    assert (terms.revision, len(terms.severities), len(terms.levels)) == (7, 5, 1)
    assert terms.roles == (*ROLES, "database_expert")
    assert terms.severity(2) == BUILT_IN.severities[2]


def test_terms_are_read_as_they_were_stored() -> None:
    terms = BUILT_IN.terms(3)

    assert Terms.model_validate(terms.model_dump(exclude_none=True)) == terms
    assert Terms.model_validate_json(terms.model_dump_json()) == terms


def test_every_severity_has_its_terms() -> None:
    four = {number: SeverityTerms(name="Any") for number in range(1, 5)}

    assert problem(severities=four) == "must have the severities 1 to 5"
    assert problem(severities={**four, 5: {"name": "x"}, 6: {"name": "y"}}) == (
        "must have the severities 1 to 5"
    )


@pytest.mark.parametrize("role", ROLES)
def test_no_policy_is_without_the_roles_that_every_incident_has(role: str) -> None:
    others = {name: RoleTerms() for name in ROLES if name != role}

    assert problem(roles=others) == f"must have the role {role}"


def test_a_level_pages_somebody() -> None:
    with pytest.raises(ValidationError, match="must name a role, people or a rotation"):
        Targets()


def test_a_level_is_late_before_it_is_climbed_from() -> None:
    assert rung(15, 15, people=["mei"]).escalate_after == 15 * MINUTE
    with pytest.raises(ValidationError, match="escalate_after must not be shorter"):
        rung(16, 15, people=["mei"])


def test_clocks_are_longer_than_nothing() -> None:
    page = Targets(people=("mei",))

    with pytest.raises(ValidationError):
        Level(page=page, respond_within=timedelta(0), escalate_after=MINUTE)
    with pytest.raises(ValidationError):
        SeverityTerms(name="Any", update_every={"customers": timedelta(0)})


def test_a_ladder_has_an_end() -> None:
    level = rung(5, 15, people=["mei"])

    assert len(policy(*[level] * LEVELS_LIMIT).escalation) == LEVELS_LIMIT
    assert "at most" in problem(escalation=[level] * (LEVELS_LIMIT + 1))
