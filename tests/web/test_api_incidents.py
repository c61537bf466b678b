"""Declaring, listing, reading and correcting incidents over the API."""

from tests.world import World


async def test_a_declared_incident_is_answered_as_it_can_be_read(shared: World) -> None:
    ada = await shared.person("ada")

    answer = await ada.http.post("/api/incidents", json={"title": "Checkout is down"})

    incident = answer.json()
    assert 201 == answer.status_code
    assert f"/api/incidents/{incident['id']}" == answer.headers["location"]
    assert '"1"' == answer.headers["etag"]
    assert incident == await ada.reads(answer.headers["location"])
