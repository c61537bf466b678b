"""The ladder, promises and hypotheses over the API."""

from typing import Any

import pytest

from tests.web.test_problems import is_problem
from tests.world import JSON, Actor, World


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def incident(ada: Actor) -> str:
    """A new incident of severity 1."""
    return f"/api/incidents/{(await ada.declares(severity=1))['id']}"


async def test_an_answer_names_the_page_that_it_answers(ada: Actor, incident: str) -> None:
    now = (await ada.reads(incident))["escalation"]

    after = await ada.does("POST", f"{incident}/acknowledge", {"round": now["round"]})

    assert (None, "ada") == (now["acknowledgedBy"], after["escalation"]["acknowledgedBy"])
    assert after["acknowledgedTime"] is not None


async def test_a_late_answer_to_an_old_page_is_refused_and_says_which_it_is_now(
    ada: Actor, incident: str
) -> None:
    old = (await ada.reads(incident))["escalation"]["round"]
    await ada.does("PATCH", incident, {"severity": 2})

    answer = await ada.http.post(f"{incident}/acknowledge", json={"round": old})

    assert is_problem(answer, 409, "stale-page")
    assert old + 1 == answer.json()["round"]
    assert (await ada.reads(incident))["escalation"]["acknowledgedBy"] is None


async def test_climbing_by_hand_says_who_and_why(ada: Actor, incident: str) -> None:
    before = (await ada.reads(incident))["escalation"]

    after = await ada.does("POST", f"{incident}/escalate", {"reason": "We need a manager"})

    entry = after["timeline"][-1]
    assert before["level"] <= after["escalation"]["level"]
    assert ("escalation", "ada") == (entry["type"], entry["author"])
    assert "We need a manager" in entry["message"]


async def test_a_pause_stops_the_clocks_and_its_end_starts_them(ada: Actor, incident: str) -> None:
    paused = await ada.does(
        "POST", f"{incident}/pause-escalation", {"for": "PT15M", "reason": "False alarm?"}
    )
    resumed = await ada.does("DELETE", f"{incident}/pause-escalation")

    assert paused["escalation"]["pausedUntil"] == paused["escalation"]["nextAt"]
    assert (None, None) == (paused["escalation"]["respondBy"], paused["escalation"]["climbAt"])
    assert "False alarm?" in paused["timeline"][-1]["message"]
    assert resumed["escalation"]["pausedUntil"] is None
    assert resumed["escalation"]["climbAt"] is not None


async def test_an_end_of_no_pause_changes_nothing(ada: Actor, incident: str) -> None:
    before = await ada.reads(incident)

    assert before == await ada.does("DELETE", f"{incident}/pause-escalation")


async def test_there_is_nothing_to_pause_once_somebody_is_on_it(ada: Actor, incident: str) -> None:
    await ada.does("POST", f"{incident}/acknowledge")
    await ada.does("PUT", f"{incident}/status", {"status": "resolved"})

    answer = await ada.http.post(f"{incident}/pause-escalation", json={"for": "PT15M"})

    assert is_problem(answer, 409, "nothing-to-pause")


async def test_an_update_is_put_off_with_a_reason(ada: Actor, incident: str) -> None:
    before = (await ada.reads(incident))["communications"]["customers"]

    after = await ada.does(
        "POST", f"{incident}/updates/customers/snooze", {"for": "PT2H", "reason": "No news"}
    )

    channel = after["communications"]["customers"]
    assert before["dueAt"] < channel["dueAt"]
    assert (False, True) == (before["snoozed"], channel["snoozed"])
    assert "No news" in after["timeline"][-1]["message"]


async def test_nothing_that_is_not_due_is_put_off(ada: Actor) -> None:
    incident = f"/api/incidents/{(await ada.declares(severity=5))['id']}"

    answer = await ada.http.post(f"{incident}/updates/support/snooze", json={"for": "PT1H"})

    assert is_problem(answer, 409, "nothing-due")


async def test_the_newest_policy_is_applied_only_where_it_is_newer(
    ada: Actor, incident: str
) -> None:
    before = await ada.reads(incident)

    after = await ada.does("POST", f"{incident}/policy")

    assert before == after


async def test_a_hypothesis_is_raised_and_judged(ada: Actor, incident: str) -> None:
    raised = await ada.http.post(f"{incident}/hypotheses", json={"description": "The proxies"})
    judged = await ada.does(
        "PUT",
        f"{incident}/hypotheses/H1",
        {"verdict": "eliminated", "reason": "They are idle", "entries": [1]},
    )

    told = await ada.reads(incident)
    assert (201, "H1", "open") == (
        raised.status_code, raised.json()["id"], raised.json()["verdict"],
    )  # fmt: skip
    assert ("eliminated", "The proxies", "ada") == (
        judged["verdict"], judged["description"], judged["by"],
    )  # fmt: skip
    assert [judged] == told["hypotheses"]
    assert "They are idle" in told["timeline"][-1]["message"]


async def test_the_same_key_raises_one_hypothesis(ada: Actor, incident: str) -> None:
    key = {"Idempotency-Key": "h"}
    told = {"description": "DNS"}

    first = await ada.http.post(f"{incident}/hypotheses", json=told, headers=key)
    again = await ada.http.post(f"{incident}/hypotheses", json=told, headers=key)

    assert first.content == again.content
    assert "true" == again.headers["idempotency-replayed"]
    assert 1 == len((await ada.reads(incident))["hypotheses"])


WRONG: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/acknowledge", {"round": "1"}, 422, "invalid"),
    ("POST", "/acknowledge", {"round": True}, 422, "invalid"),
    ("POST", "/acknowledge", {"round": 0}, 422, "invalid"),
    ("POST", "/acknowledge", {"round": 1.5}, 422, "invalid"),
    ("POST", "/acknowledge", {"round": 10**30}, 422, "invalid"),
    ("POST", "/acknowledge", {"round": None}, 422, "invalid"),
    ("POST", "/acknowledge", {"round": 99}, 409, "stale-page"),
    ("POST", "/escalate", {"people": ["nobody"]}, 422, "no-such-person"),
    ("POST", "/escalate", {"people": "ada"}, 422, "invalid"),
    ("POST", "/escalate", {"people": ["ada"] * 51}, 422, "invalid"),
    ("POST", "/escalate", {"reason": "x" * 10_001}, 422, "invalid"),
    ("POST", "/escalate", {"level": 4}, 422, "invalid"),
    ("POST", "/pause-escalation", {}, 422, "invalid"),
    ("POST", "/pause-escalation", {"for": "P40D"}, 422, "invalid"),
    ("POST", "/pause-escalation", {"for": "P2D"}, 422, "bad-time"),
    ("POST", "/pause-escalation", {"for": "PT0S"}, 422, "invalid"),
    ("POST", "/pause-escalation", {"for": "-PT5M"}, 422, "invalid"),
    ("POST", "/pause-escalation", {"for": 900}, 422, "invalid"),
    ("POST", "/pause-escalation", {"for": "15m"}, 422, "invalid"),
    ("POST", "/pause-escalation", {"for": "P9999999999D"}, 422, "invalid"),
    ("POST", "/pause-escalation", {"for_": "PT5M"}, 422, "invalid"),
    ("POST", "/pause-escalation", {"duration": "PT5M"}, 422, "invalid"),
    ("POST", "/updates/press/snooze", {"for": "PT5M"}, 404, "no-such-audience"),
    ("POST", "/updates/customers/snooze", {"for": "P8D"}, 422, "invalid"),
    ("POST", "/updates/customers/snooze", {"for": "PT1S"}, 422, "invalid"),
    ("POST", "/updates/customers/snooze", {}, 422, "invalid"),
    ("POST", "/policy", {"revision": 3}, 422, "invalid"),
    ("POST", "/hypotheses", {"description": " "}, 422, "invalid"),
    ("POST", "/hypotheses", {"description": "x" * 10_001}, 422, "invalid"),
    ("PUT", "/hypotheses/H1", {"verdict": "eliminated"}, 404, "no-such-hypothesis"),
    ("PUT", "/hypotheses/H0", {"verdict": "eliminated"}, 404, "no-such-hypothesis"),
    ("PUT", "/hypotheses/1", {"verdict": "eliminated"}, 404, "no-such-hypothesis"),
    ("PUT", "/hypotheses/$where", {"verdict": "eliminated"}, 404, "no-such-hypothesis"),
    ("PUT", "/hypotheses/H1", {"verdict": "true"}, 422, "invalid"),
    ("PUT", "/hypotheses/H1", {"verdict": "open", "entries": [0]}, 422, "invalid"),
    ("PUT", "/hypotheses/H1", {"verdict": "open", "entries": ["1"]}, 422, "invalid"),
    ("PUT", "/hypotheses/H1", {"verdict": "open", "entries": [1] * 101}, 422, "invalid"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), WRONG, ids=repr)
async def test_what_is_wrong_is_refused_and_changes_nothing(
    ada: Actor, incident: str, method: str, path: str, body: JSON, status: int, code: str
) -> None:
    before = await ada.reads(incident)

    answer = await ada.http.request(method, f"{incident}{path}", json=body)

    assert is_problem(answer, status, code)
    assert before == await ada.reads(incident)


async def test_an_entry_that_is_not_there_speaks_for_nothing(ada: Actor, incident: str) -> None:
    await ada.does("POST", f"{incident}/hypotheses", {"description": "DNS"})

    answer = await ada.http.put(
        f"{incident}/hypotheses/H1", json={"verdict": "supported", "entries": [99]}
    )

    assert is_problem(answer, 404, "no-such-entry")
