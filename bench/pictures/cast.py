"""Who is in the pictures, under which policy, and how each of them acts over the public API.

It knows nothing of what happens.
"""
# ruff: noqa: INP001 (part of a script, not a package)

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2

from bench.pictures.moved import Moved
from tests.process import TOKEN, ServerProcess

PEOPLE = (
    ("ada", "Ada Okafor", "admin", "eu-west", "Europe/London"),
    ("mei", "Mei Tanaka", "responder", "ap-northeast", "Asia/Tokyo"),
    ("samir", "Samir Haddad", "responder", "eu-central", "Europe/Berlin"),
    ("tomas", "Tomás Oliveira", "responder", "eu-west", "Europe/Lisbon"),
    ("priya", "Priya Raman", "responder", "ap-south", "Asia/Kolkata"),
    ("jonas", "Jonas Weber", "admin", "eu-central", "Europe/Berlin"),
    ("lea", "Lea Moreau", "responder", "eu-west", "Europe/Paris"),
    ("uma", "Uma Iyer", "admin", "us-east", "America/New_York"),
    ("vic", "Victor Alexandrescu-Constantinopolous", "responder", None, "UTC"),
)
POLICY = """
severities:
  1: {name: Critical, respond_within: 5m, resolve_within: 4h, update_every: 30m}
  2: {name: High, respond_within: 15m, resolve_within: 8h, update_every: 1h}
  3: {name: Medium, respond_within: 1h, resolve_within: 24h}
  4: {name: Low, respond_within: 4h, resolve_within: 7d}
  5: {name: Notice}
escalation:
  - {level: 1, page: {people: [mei]}, respond_within: 5m, escalate_after: 15m}
  - {level: 2, page: {people: [samir]}, respond_within: 15m, escalate_after: 30m}
  - {level: 3, page: {people: [jonas, uma]}, respond_within: 30m, escalate_after: 1h}
roles:
  incident_commander:
    description: Decides which fix runs, and in what order
    responsibilities: [Declare the severity and lead the response, Hand over before four hours]
  operations_lead: {description: Runs the technical response}
  communications_lead: {description: Tells customers and leadership}
  database_lead: {description: Knows the ledger and its replicas}
rotations:
  payments:
    role: operations_lead
    region: eu-west
    timezone: Europe/Berlin
    starts: 2026-01-05
    handoff: weekly Mon 09:00
    members: [samir, mei, tomas]
  databases:
    role: database_lead
    timezone: Asia/Kolkata
    starts: 2026-01-05
    handoff: daily 08:00
    hours: {from: "08:00", to: "16:00"}
    members: [priya, mei]
  commanders:
    role: incident_commander
    timezone: Europe/London
    starts: 2026-01-05
    handoff: every 12h
    members: [jonas, uma, samir]
"""
CHANGED = POLICY.replace("escalate_after: 1h", "escalate_after: 45m")
SHIFT = timedelta(hours=5, minutes=12)
"""For how long somebody is on call still."""


@dataclass
class World:
    """The server with its people; `rooms` are the incidents by what they are there for."""

    moved: Moved
    tokens: dict[str, str] = field(default_factory=lambda: {"admin": TOKEN})
    rooms: dict[str, str] = field(default_factory=dict)

    @property
    def server(self) -> ServerProcess:
        return self.moved.server

    async def ago(self, minutes: float) -> None:
        await self.moved.until(timedelta(minutes=minutes))

    async def does(self, who: str, method: str, path: str, body: object = None, **more: Any) -> Any:  # noqa: ANN401 (what the API answers)
        """One request as `who`; anything but success ends the run."""
        head = {"Authorization": f"Bearer {self.tokens[who]}"}
        async with httpx2.AsyncClient(timeout=60, base_url=self.server.url) as client:
            answer = await client.request(method, path, json=body, headers=head, **more)
        if not answer.is_success:
            raise RuntimeError(f"{who}: {method} {path}: {answer.text}")
        return answer.json() if answer.content else None

    async def within(self, room: str, who: str, method: str, path: str, **body: Any) -> Any:  # noqa: ANN401 (fields of a body)
        """The same in a room."""
        return await self.does(who, method, f"/api/incidents/{self.rooms[room]}{path}", body)

    async def declares(self, room: str, who: str, title: str, **fields: Any) -> None:  # noqa: ANN401 (fields of a body)
        told = await self.does(who, "POST", "/api/incidents", {"title": title, **fields})
        self.rooms[room] = told["id"]

    async def says(self, room: str, who: str, message: str, **fields: Any) -> int:  # noqa: ANN401 (fields of a body)
        """An entry; returns its number."""
        told = await self.within(room, who, "POST", "/timeline", message=message, **fields)
        return int(told["number"])

    async def number(self, room: str, words: str) -> int:
        """The entry that says so."""
        path = f"/api/incidents/{self.rooms[room]}/timeline?limit=500"
        found = await self.does("admin", "GET", path)
        return next(int(one["number"]) for one in found if words in one["message"])

    async def puts_policy(self, text: str) -> None:
        head = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/yaml"}
        async with httpx2.AsyncClient(timeout=60) as client:
            url = f"{self.server.url}/api/policy"
            (await client.put(url, content=text, headers=head)).raise_for_status()

    async def link(self, handle: str) -> str:
        """The path of a one-time sign-in link."""
        url = (await self.does("admin", "POST", f"/api/people/{handle}/link"))["url"]
        return "/welcome" + str(url).partition("/welcome")[2]


async def gather_people(world: World) -> None:
    """They come, each with a token of their own, and the policy that calls them."""
    for handle, name, role, region, zone in PEOPLE:
        person = {"handle": handle, "name": name, "role": role, "timezone": zone}
        person |= {"email": f"{handle}@example.com"} | ({"region": region} if region else {})
        await world.does("admin", "POST", "/api/people", person)
        label = {"label": "pictures", "handle": handle}
        world.tokens[handle] = (await world.does("admin", "POST", "/api/tokens", label))["token"]
    await world.puts_policy(POLICY)


async def put_on_call(world: World) -> None:
    """Ada for some hours more; and a day in which nobody is."""
    now = await world.moved.now()
    start, end = now - timedelta(hours=2), now + SHIFT
    told = {"kind": "add", "person": "ada", "reason": "Two are better during the migration"}
    told |= {"start": start.isoformat(), "end": end.isoformat()}
    await world.does("jonas", "POST", "/api/rotations/payments/overrides", told)
