"""The policy over the API: read, replaced, checked and listed, as JSON and as YAML."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.web.test_problems import is_problem
from tests.world import JSON, Actor, World

SHORT_FORM = (Path(__file__).parents[1] / "data" / "roles-short.yaml").read_text()
YAML = {"Content-Type": "application/yaml"}
AS_YAML = {"Accept": "application/yaml"}
STRICT = """
severities:
  3: {name: Medium, respond_within: 20m}
escalation:
  - {level: 1, page: {people: [root]}, respond_within: 5m, escalate_after: 10m}
roles:
  db_lead: {description: Knows the databases}
"""


@pytest.fixture
async def admin(world: World) -> Actor:
    return await world.admin()


async def put_yaml(actor: Actor, text: str, **headers: str) -> httpx2.Response:
    return await actor.http.put("/api/policy", content=text, headers={**YAML, **headers})


async def test_before_there_is_any_the_built_in_policy_holds(admin: Actor) -> None:
    answer = await admin.http.get("/api/policy")

    told = answer.json()
    assert ('"0"', 0, "system", None) == (
        answer.headers["etag"], told["revision"], told["by"], told["at"],
    )  # fmt: skip
    assert ("Critical", "PT5M") == (
        told["policy"]["severities"]["1"]["name"],
        told["policy"]["severities"]["1"]["respondWithin"],
    )
    assert [1, 2, 3, 4] == [one["level"] for one in told["policy"]["escalation"]]
    assert 5 == len(told["policy"]["roles"])


async def test_what_was_read_can_be_sent_back_as_it_is(admin: Actor) -> None:
    before = await admin.reads("/api/policy")

    after = await admin.does("PUT", "/api/policy", before["policy"])

    assert (before["policy"], [], 0) == (after["policy"], after["changes"], after["revision"])


async def test_a_policy_is_replaced_and_holds_at_once(admin: Actor) -> None:
    told = (await admin.reads("/api/policy"))["policy"]
    told["severities"]["4"]["name"] = "Minor"
    told["roles"]["db_lead"] = {"description": "Knows the databases"}

    answer = await admin.http.put("/api/policy", json=told)
    declared = await admin.declares(severity=4)

    assert (200, '"1"', "root") == (
        answer.status_code, answer.headers["etag"], answer.json()["by"],
    )  # fmt: skip
    assert ["The policy is at revision 1 now."] == answer.json()["changes"]
    assert "db_lead" in declared["roles"]
    assert (1, "Minor") == (declared["policy"]["revision"], declared["policy"]["severityName"])


async def test_a_running_incident_keeps_its_policy_until_somebody_applies_the_newest(
    admin: Actor,
) -> None:
    incident = await admin.declares()
    path = f"/api/incidents/{incident['id']}"
    await put_yaml(admin, STRICT)

    before = await admin.reads(path)
    after = await admin.does("POST", f"{path}/policy")

    assert (0, 1) == (before["policy"]["revision"], after["policy"]["revision"])
    assert "db_lead" not in before["roles"]
    assert {"holder", "since", "shiftEndsAt", "offeredTo", "offer"} == after["roles"][
        "db_lead"
    ].keys()
    assert before["escalation"]["round"] + 1 == after["escalation"]["round"]


async def test_a_file_is_read_with_its_people_and_rotations(world: World, admin: Actor) -> None:
    answer = await put_yaml(admin, SHORT_FORM)

    rotations = await admin.reads("/api/rotations")
    assert 200 == answer.status_code, answer.text
    assert "incident_commander" in {one["name"] for one in rotations}
    assert "Noor Haddad" == (await admin.reads("/api/people/noor.haddad"))["name"]
    again = await put_yaml(admin, SHORT_FORM)
    assert [] == again.json()["changes"]
    declared = await admin.declares(affectedRegions=["eu-central-1"])
    assert declared["roles"]["incident_commander"]["offeredTo"] is not None
    assert "revision" in (await admin.reads("/api/policy"))


async def test_yaml_reads_back_as_the_same_policy(admin: Actor) -> None:
    await put_yaml(admin, STRICT)
    before = await admin.http.get("/api/policy", headers=AS_YAML)

    after = await put_yaml(admin, before.text)

    assert "application/yaml" in before.headers["content-type"]
    assert ("db_lead" in before.text, []) == (True, after.json()["changes"])


async def test_rotations_are_in_the_file_for_who_asks(admin: Actor) -> None:
    await put_yaml(admin, SHORT_FORM)

    plain = await admin.http.get("/api/policy", headers=AS_YAML)
    whole = await admin.http.get("/api/policy?rotations=true", headers=AS_YAML)

    assert "rotations:" not in plain.text
    assert "rotations:" in whole.text
    assert [] == (await put_yaml(admin, whole.text)).json()["changes"]


async def test_older_revisions_stay_readable(admin: Actor) -> None:
    await put_yaml(admin, STRICT)
    await put_yaml(admin, STRICT.replace("20m", "25m"))

    newest = await admin.reads("/api/policy")
    older = await admin.reads("/api/policy?revision=1")
    missing = await admin.http.get("/api/policy?revision=9")

    assert ("PT25M", "PT20M") == (
        newest["policy"]["severities"]["3"]["respondWithin"],
        older["policy"]["severities"]["3"]["respondWithin"],
    )
    assert is_problem(missing, 404, "no-such-revision")


async def test_revisions_come_page_by_page_down_to_the_built_in_one(admin: Actor) -> None:
    for minutes in (21, 22, 23):
        await put_yaml(admin, STRICT.replace("20m", f"{minutes}m"))

    first = await admin.http.get("/api/policy/revisions?limit=2")
    second = await admin.http.get(first.links["next"]["url"])

    assert [[3, 2], [1, 0]] == [[one["revision"] for one in p.json()] for p in (first, second)]
    assert "next" not in second.links
    assert {"revision", "by", "at"} == first.json()[0].keys()


async def test_a_policy_that_has_moved_is_not_replaced(admin: Actor) -> None:
    await put_yaml(admin, STRICT, **{"If-Match": '"0"'})

    late = await put_yaml(admin, SHORT_FORM, **{"If-Match": '"0"'})
    right = await put_yaml(admin, STRICT.replace("20m", "30m"), **{"If-Match": '"1"'})

    assert is_problem(late, 412, "if-match-failed")
    assert (1, []) == (late.json()["revision"], await admin.reads("/api/rotations"))
    assert 200 == right.status_code


@pytest.mark.parametrize("condition", [{"If-Match": '"0"'}, {"If-None-Match": "*"}], ids=repr)
async def test_a_file_that_was_taken_may_be_sent_again_under_its_condition(
    admin: Actor, condition: dict[str, str]
) -> None:
    first = await put_yaml(admin, SHORT_FORM, **condition)

    again = await put_yaml(admin, SHORT_FORM, **condition)
    other = await put_yaml(admin, STRICT, **condition)

    assert (200, 200) == (first.status_code, again.status_code)
    assert ('"1"', []) == (again.headers["etag"], again.json()["changes"])
    assert is_problem(other, 412, "if-match-failed")


async def test_a_file_that_was_taken_does_not_come_back_over_a_later_one(admin: Actor) -> None:
    await put_yaml(admin, STRICT, **{"If-Match": '"0"'})
    await put_yaml(admin, STRICT.replace("20m", "25m"))

    late = await put_yaml(admin, STRICT, **{"If-Match": '"0"'})

    assert is_problem(late, 412, "if-match-failed")
    assert 2 == (await admin.reads("/api/policy"))["revision"]


async def test_a_file_that_is_sent_again_undoes_nothing(admin: Actor) -> None:
    await put_yaml(admin, SHORT_FORM, **{"If-Match": '"0"'})
    path = "/api/rotations/operations_lead"
    await admin.http.delete(path)

    again = await put_yaml(admin, SHORT_FORM, **{"If-Match": '"0"'})

    assert (200, []) == (again.status_code, again.json()["changes"])
    assert 404 == (await admin.http.get(path)).status_code


async def test_what_is_known_is_not_sent_again(admin: Actor) -> None:
    answer = await admin.http.get("/api/policy", headers={"If-None-Match": '"0"'})

    assert (304, b"") == (answer.status_code, answer.content)


async def test_only_admins_replace_the_policy_and_everybody_checks_one(world: World) -> None:
    ada = await world.person("ada")

    refused = await ada.http.put("/api/policy", json={})
    checked = await ada.http.post("/api/policy/check", json={})

    assert is_problem(refused, 403, "forbidden")
    assert (200, True) == (checked.status_code, checked.json()["usable"])


async def test_a_check_stores_nothing_and_names_every_fault_with_its_place(
    world: World, admin: Actor
) -> None:
    before = await world.stored()
    text = "severities:\n  7: {name: Worst}\nescalation:\n  - {level: 1, page: {role: cook}}\n"

    told = (await admin.http.post("/api/policy/check", content=text, headers=YAML)).json()

    places = {tuple(one["loc"]): (one["line"], one["column"]) for one in told["errors"]}
    assert not told["usable"]
    assert (2, 3) == places["severities", "7"]
    assert ("escalation", 0, "page", "role") in places
    assert before == await world.stored()


async def test_a_check_warns_of_what_will_reach_nobody(admin: Actor) -> None:
    text = "escalation:\n  - {level: 1, page: {people: [ghost]}, respond_within: 5m,"
    text += " escalate_after: 10m}\n"

    told = (await admin.http.post("/api/policy/check", content=text, headers=YAML)).json()

    assert told["usable"]
    assert any("ghost" in one["msg"] for one in told["warnings"])


async def test_faults_of_json_are_named_as_its_fields_are(admin: Actor) -> None:
    told = {
        "escalation": [
            {"page": {"people": ["root"]}, "respondWithin": "PT1H", "escalateAfter": "PT5M"}
        ]
    }

    answer = await admin.http.put("/api/policy", json=told)

    assert is_problem(answer, 422, "bad-policy")
    assert ["escalation", 0, "escalateAfter"] == answer.json()["errors"][0]["loc"]
    assert "line" not in answer.json()["errors"][0]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)
FILES = [
    ("a bomb", BOMB, 422, "bad-policy"),
    ("an object", "!!python/object/apply:os.system ['true']", 422, "bad-policy"),
    ("a merge", "a: &x {b: 1}\nc: {<<: *x}", 422, "bad-policy"),
    ("deep", "[" * 10_000, 422, "bad-policy"),
    ("deep maps", "{a: " * 10_000, 422, "bad-policy"),
    ("twice", "roles: {}\nroles: {}\n", 422, "bad-policy"),
    ("two documents", "roles: {}\n---\nroles: {}\n", 422, "bad-policy"),
    ("no YAML", "roles: [", 422, "bad-policy"),
    ("a list", "- roles", 422, "bad-policy"),
    ("a tab", "roles:\n\tx: y", 422, "bad-policy"),
    ("NUL", "roles: \0", 422, "bad-policy"),
    ("unknown", "rules: {}", 422, "bad-policy"),
    ("a zone", "rotations: {r: {members: [root], timezone: Mars/Base}}", 422, "bad-policy"),
    ("hour 25", "rotations: {r: {members: [root], handoff: daily 25:00}}", 422, "bad-policy"),
    ("too long", "#" * 300_000, 413, "too-large"),
]


@pytest.mark.parametrize(("text", "status", "code"), [one[1:] for one in FILES],
                         ids=[one[0] for one in FILES])  # fmt: skip
@pytest.mark.parametrize(("method", "path"), [("PUT", ""), ("POST", "/check")], ids=repr)
async def test_a_file_that_is_wrong_is_refused_in_no_time(
    shared: World, method: str, path: str, text: str, status: int, code: str
) -> None:
    admin = await shared.admin()
    answer = await admin.http.request(method, f"/api/policy{path}", content=text, headers=YAML)

    if method == "POST" and status == 422:
        assert (200, False) == (answer.status_code, answer.json()["usable"])
    else:
        assert is_problem(answer, status, code)
    assert 0 == (await admin.reads("/api/policy"))["revision"]


async def test_a_body_that_is_no_text_is_unreadable(shared: World) -> None:
    admin = await shared.admin()

    answer = await admin.http.put("/api/policy", content=b"roles: \xff", headers=YAML)
    plain = await admin.http.put("/api/policy", content=b"{}", headers={"Content-Type": "text/x"})

    assert is_problem(answer, 400, "unreadable")
    assert is_problem(plain, 415, "unsupported-media-type")


WRONG: list[Any] = [
    {"severities": {"6": {}}},
    {"severities": {"1": {"respondWithin": "5m"}}},
    {"severities": {"1": {"respondWithin": "P31D"}}},
    {"severities": {"1": {"respondWithin": "PT0.001S"}}},
    {"severities": {"1": {"updateEvery": {"support": "PT0S"}}}},
    {"severities": {"1": {"updateEvery": {"press": "PT5M"}}}},
    {"escalation": [{"level": 1}]},
    {"escalation": [{}] * 11},
    {"escalation": None},
    {"roles": {"Janitor": {}}},
    {"roles": {"janitor": None}},
    {"rotations": {}},
    {"revision": 3},
    [],
]


@pytest.mark.parametrize("body", WRONG, ids=repr)
async def test_json_that_is_wrong_in_form_is_refused(shared: World, body: JSON) -> None:
    answer = await (await shared.admin()).http.put("/api/policy", json=body)

    assert is_problem(answer, 422, "invalid")


@pytest.mark.parametrize("condition", ['"x"', 'W/"0"', '"1"', "0", '"0", "9"'], ids=repr)
async def test_conditions_are_etags(shared: World, condition: str) -> None:
    admin = await shared.admin()

    answer = await admin.http.put("/api/policy", json={}, headers={"If-Match": condition})

    assert answer.status_code == {'"0", "9"': 200, "0": 400}.get(condition, 412)
