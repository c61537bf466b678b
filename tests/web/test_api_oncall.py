"""Who is on call, over the API: by role and rotation, with the holes of a year, and calendars."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest
from icalendar import Calendar

from tests.web.test_problems import is_problem
from tests.world import JSON, Actor, World

EXAMPLE = (Path(__file__).parents[2] / "docs" / "examples" / "follow-the-sun.yaml").read_text()
YAML = {"Content-Type": "application/yaml"}
CREW = ("mei.tan", "arjun.rao", "jonas.weber", "sofia.lind", "ada.okafor", "tom.reyes")
HOLE = "2026-07-14T23:30:00Z"


@pytest.fixture(scope="module")
async def admin(shared: World) -> Actor:
    """The example of three regions is in force."""
    root = await shared.admin()
    for handle in CREW:
        await shared.person(handle)
    await shared.runtime.orders.refresh()
    answer = await root.http.put("/api/policy", content=EXAMPLE, headers=YAML)

    assert answer.is_success, answer.text
    return root


def role(told: JSON, name: str = "operations_lead") -> JSON:
    return next(one for one in told["roles"] if one["role"] == name)


async def test_it_says_who_why_until_when_and_who_is_next(admin: Actor) -> None:
    told = await admin.reads("/api/oncall?at=2026-07-14T10:00:00Z")

    watch = role(told)
    (duty,) = watch["people"]
    assert ("2026-07-14T10:00:00.000Z", "") == (told["at"], watch["reason"])
    assert ("operations-berlin", "eu-central") == (duty["rotation"], duty["region"])
    assert ("2026-07-14T07:00:00.000Z", "2026-07-14T15:00:00.000Z") == (
        duty["since"], duty["until"],
    )  # fmt: skip
    assert "Europe/Berlin" in duty["why"]
    assert ("2026-07-14T15:00:00.000Z", "operations-los-angeles") == (
        watch["next"]["at"], watch["next"]["rotation"],
    )  # fmt: skip
    berlin = next(one for one in told["rotations"] if one["rotation"] == "operations-berlin")
    assert watch["people"] == berlin["people"]


async def test_nobody_is_an_empty_list_with_the_reason_and_who_is_next(admin: Actor) -> None:
    watch = role(await admin.reads(f"/api/oncall?at={HOLE}"))

    assert ([], "2026-07-14T23:00:00.000Z", "2026-07-15T00:00:00.000Z") == (
        watch["people"], watch["since"], watch["until"],
    )  # fmt: skip
    assert watch["reason"].startswith("nobody is on call for operations lead")
    assert "2026-07-15T00:00:00.000Z" == watch["next"]["at"]


async def test_a_role_that_nothing_serves_says_so(admin: Actor) -> None:
    told = await admin.reads(f"/api/oncall?at={HOLE}&role=scribe,operations_lead")

    assert ["scribe", "operations_lead"] == [one["role"] for one in told["roles"]]
    assert "no rotation" in role(told, "scribe")["reason"]
    assert 3 == len(told["rotations"])


async def test_a_role_is_told_of_once_however_often_it_is_asked_for(admin: Actor) -> None:
    twice = "role=operations_lead,scribe,operations_lead&role=scribe"
    told = await admin.reads(f"/api/oncall?at={HOLE}&{twice}")
    forecast = await admin.reads(f"/api/coverage?days=10&{twice}")
    once = await admin.reads("/api/coverage?days=10&role=operations_lead,scribe")

    assert ["operations_lead", "scribe"] == [one["role"] for one in told["roles"]]
    assert forecast["gaps"] == once["gaps"]


async def test_without_a_time_it_is_now(admin: Actor) -> None:
    told = await admin.reads("/api/oncall?region=eu-central-1")

    assert 5 == len(told["roles"])
    assert told["at"].startswith("20")


@pytest.mark.parametrize(
    "query",
    [
        "at=10000-01-01T00:00:00Z", "at=2026-07-14T23:30:00", "at=yesterday", "at=",
        "at=2026-07-14T23:30:00%2B25:00", "role=Cook", "role=", "region=", "zone=Mars/Base",
        "at=2026-07-14T23:30:00Z&at=2026-07-14T23:30:00Z", f"region={'x' * 101}",
    ],
)  # fmt: skip
async def test_a_question_that_is_wrong_is_refused(admin: Actor, query: str) -> None:
    assert is_problem(await admin.http.get(f"/api/oncall?{query}"), 422, "invalid")


@pytest.mark.parametrize("year", ["0001", "1900", "2899", "3000", "9999"])
async def test_a_time_further_than_ten_years_away_is_refused(admin: Actor, year: str) -> None:
    answer = await admin.http.get(f"/api/oncall?at={year}-06-01T12:00:00Z")

    assert is_problem(answer, 422, "invalid")
    assert answer.json()["detail"] == "at: must be within 10 years of now."


async def test_the_holes_of_a_year_are_one_finding_each(admin: Actor) -> None:
    told = await admin.reads("/api/coverage?role=operations_lead")

    summers = [gap for gap in told["gaps"] if gap["count"] > 100]
    assert 400 == told["days"]
    assert summers
    for gap in summers:
        assert "operations_lead" == gap["role"]
        assert 3 == len(gap["rotations"])
        assert gap["start"] < gap["end"] <= gap["lastStart"] < gap["lastEnd"]
        assert gap["total"].startswith("P")
        assert gap["why"]
        assert gap["pattern"]
    assert [] == told["idle"]


@pytest.mark.parametrize("query", ["days=0", "days=401", "days=1.5", "role=Cook", "at=now"])
async def test_a_forecast_that_is_too_long_or_of_nothing_is_refused(
    admin: Actor, query: str
) -> None:
    assert is_problem(await admin.http.get(f"/api/coverage?{query}"), 422, "invalid")


# Calendars.


def events(answer: httpx2.Response) -> list[Any]:
    assert (200, "text/calendar; charset=utf-8") == (
        answer.status_code, answer.headers["content-type"],
    )  # fmt: skip
    return list(Calendar.from_ical(answer.text).walk("VEVENT"))


async def test_a_rotation_is_a_calendar_in_utc(admin: Actor) -> None:
    answer = await admin.http.get("/api/rotations/operations-berlin.ics")

    found = events(answer)
    one = found[0]
    assert len(found) > 300
    assert len(found) == len({str(event["uid"]) for event in found})
    assert all(a["dtstart"].dt < b["dtstart"].dt for a, b in pairwise(found))
    assert b"DTSTART:20" in answer.content
    assert str(one["dtstart"].dt.tzinfo) == "UTC"
    assert "on call: operations lead" in str(one["summary"])
    for line in ("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-WR-CALNAME:On call"):
        assert line in answer.text
    assert "VTIMEZONE" not in answer.text


async def test_a_calendar_is_the_same_until_something_changes(admin: Actor) -> None:
    first = await admin.http.get("/api/rotations/operations-berlin.ics")
    again = await admin.http.get("/api/rotations/operations-berlin.ics")
    known = {"If-None-Match": first.headers["etag"]}
    unchanged = await admin.http.get("/api/rotations/operations-berlin.ics", headers=known)

    assert first.content == again.content
    assert (304, b"") == (unchanged.status_code, unchanged.content)


async def test_a_person_has_a_calendar_of_all_their_shifts(admin: Actor) -> None:
    found = events(await admin.http.get("/api/people/jonas.weber/shifts.ics"))

    assert found
    assert {"jonas.weber on call: operations lead"} == {str(one["summary"]) for one in found}
    assert [] == events(await admin.http.get("/api/people/root/shifts.ics"))
    missing = await admin.http.get("/api/people/nobody/shifts.ics")
    assert is_problem(missing, 404, "no-such-person")


async def test_what_people_write_cannot_leave_its_line(admin: Actor) -> None:
    told = {
        "kind": "add", "person": "tom.reyes",
        "start": "2026-11-24T08:00:00Z", "end": "2026-11-24T09:00:00Z",
        "reason": "x\r\nEND:VEVENT\r\nEND:VCALENDAR\nATTACH:http://example.com;,\\",
    }  # fmt: skip
    made = await admin.does("POST", "/api/rotations/operations-berlin/overrides", told)

    shifts = await admin.reads(
        "/api/rotations/operations-berlin/shifts?from=2026-11-24T08:00:00Z&to=2026-11-24T08:30:00Z"
    )
    answer = await admin.http.get("/api/rotations/operations-berlin.ics")
    await admin.does("DELETE", f"/api/rotations/operations-berlin/overrides/{made['id']}")

    assert made["id"] in {one["override"] for one in shifts}
    lines = answer.text.split("\r\n")
    assert 1 == lines.count("END:VCALENDAR")
    assert not any(line.startswith("ATTACH") for line in lines)


async def test_a_calendar_program_reads_by_an_address_alone(shared: World, admin: Actor) -> None:
    jonas = await shared.person("jonas.weber")
    mine = await jonas.does("POST", "/api/people/me/feed")
    rotation = await jonas.does("POST", "/api/rotations/operations-berlin/feed")

    own = await shared.nobody().get(path_of(mine))
    whole = await shared.nobody().get(path_of(rotation))

    assert own.content == (await admin.http.get("/api/people/jonas.weber/shifts.ics")).content
    assert whole.content == (await admin.http.get("/api/rotations/operations-berlin.ics")).content


def path_of(feed: JSON) -> str:
    """Where a feed is on this server."""
    return "/ical/" + str(feed["url"]).rpartition("/ical/")[2]


async def test_an_address_opens_nothing_else(shared: World, admin: Actor) -> None:
    jonas = await shared.person("jonas.weber")
    feed = await jonas.does("POST", "/api/people/me/feed")
    secret = path_of(feed).removeprefix("/ical/").removesuffix(".ics")
    stored = [one async for one in shared.runtime.database.db["feeds"].find()]

    bearer = await shared.client({"Authorization": f"Bearer {secret}"}).get("/api/people")
    written = await shared.nobody().post(path_of(feed))

    assert is_problem(bearer, 401, "unauthenticated")
    assert is_problem(written, 405, "method-not-allowed")
    assert secret not in str(stored)


async def test_a_new_address_ends_the_one_before_and_one_can_be_ended(
    shared: World, admin: Actor
) -> None:
    sofia = await shared.person("sofia.lind")
    first = await sofia.does("POST", "/api/people/me/feed")
    second = await sofia.does("POST", "/api/people/me/feed")

    assert is_problem(await shared.nobody().get(path_of(first)), 404, "no-such-feed")
    assert 200 == (await shared.nobody().get(path_of(second))).status_code
    await sofia.does("DELETE", "/api/people/me/feed")
    assert is_problem(await shared.nobody().get(path_of(second)), 404, "no-such-feed")
    twice = await sofia.http.delete("/api/people/me/feed")
    assert is_problem(twice, 404, "no-such-feed")


async def test_an_address_ends_with_whoever_asked_for_it(shared: World, admin: Actor) -> None:
    leaver = await shared.person("leaver")
    feed = await leaver.does("POST", "/api/rotations/operations-berlin/feed")
    await admin.does("PATCH", "/api/people/leaver", {"disabled": True})

    assert is_problem(await shared.nobody().get(path_of(feed)), 404, "no-such-feed")


async def test_the_same_key_tells_no_address_twice(shared: World, admin: Actor) -> None:
    mei = await shared.person("mei.tan")
    key = {"Idempotency-Key": "feed"}
    first = await mei.http.post("/api/people/me/feed", headers=key)

    again = await mei.http.post("/api/people/me/feed", headers=key)

    assert is_problem(again, 409, "already-issued")
    assert 200 == (await shared.nobody().get(path_of(first.json()))).status_code


@pytest.mark.parametrize(
    "path", ["/ical/x.ics", f"/ical/{'x' * 43}.ics", "/ical/", "/ical/x", f"/ical/{'x' * 5000}.ics"]
)
async def test_an_address_that_is_none_is_not_there(shared: World, path: str) -> None:
    answer = await shared.nobody().get(path)

    assert (404, "application/problem+json") == (
        answer.status_code, answer.headers["content-type"],
    )  # fmt: skip


async def test_whom_a_declaration_would_page_is_who_it_pages(admin: Actor) -> None:
    commits = await admin.world.commits()

    for severity, region in ((1, "eu-central-1"), (3, "ap-southeast-1"), (5, "eu-central-1")):
        told = await admin.reads(f"/api/oncall/paging?severity={severity}&region={region}")
        assert await admin.world.commits() == commits
        body = {"severity": severity, "affectedRegions": [region]}
        declared = await admin.declares("Disk full", **body)
        commits = await admin.world.commits()

        paged = [one["person"] for one in told["people"]]
        assert paged == declared["escalation"]["paged"]
        assert bool(paged) != bool(told["reason"])
        for one in told["people"]:
            assert one["duty"]["person"] == one["person"]
            assert one["duty"]["why"] == one["why"]


async def test_whoever_would_lead_is_who_the_role_reaches(admin: Actor) -> None:
    policy = (await admin.reads("/api/policy"))["policy"]
    level = policy["escalation"][0] | {"page": {"roles": ["incident_commander"]}}
    await admin.does("PUT", "/api/policy", policy | {"escalation": [level]})

    alone = await admin.reads("/api/oncall/paging?severity=1")
    leading = await admin.reads("/api/oncall/paging?severity=1&command=true")

    assert (alone["people"], alone["level"]) == ([], None)
    assert "incident commander" in alone["reason"]
    assert [(one["person"], one["duty"]) for one in leading["people"]] == [("root", None)]


async def test_too_many_regions_are_refused_by_the_name_they_were_sent_under(
    admin: Actor,
) -> None:
    regions = [f"r{number}" for number in range(101)]
    path = "/api/oncall/paging?severity=1&region="

    most = await admin.http.get(path + ",".join(regions[:100]))
    more = await admin.http.get(path + ",".join(regions))

    assert (200, 422) == (most.status_code, more.status_code)
    assert [["region"]] == [one["loc"] for one in more.json()["errors"]]


@pytest.mark.parametrize("query", ["", "severity=6", "severity=1&command=yes", "severity=1&x=1"])
async def test_a_question_about_no_declaration_is_refused(admin: Actor, query: str) -> None:
    answer = await admin.http.get(f"/api/oncall/paging?{query}")

    assert answer.status_code == 422
