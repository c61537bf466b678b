"""One receiver for everything, posted as signed CloudEvents (Standard Webhooks).

It goes to the public internet only, unless a private receiver was asked for; it follows no
redirect and reads next to nothing of the answer.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from incident.channels.addresses import all_public, host_and_port, resolve
from incident.channels.letters import letter
from incident.channels.parcel import Later, Outcome, Parcel, Refused, Sent, Unknown
from incident.core.values import rfc3339
from incident.settings import WEBHOOK_PORTS, WEBHOOK_SECRET
from incident.store.directory import Person

NAME_TIMEOUT = 5.0
"""Seconds to find out where the receiver's name leads."""
CONNECT_TIMEOUT = 5.0
"""Seconds for a connection that only tries whether there can be one."""
TIMEOUT = aiohttp.ClientTimeout(total=5.0)
"""Seconds for connection, request and answer together."""
ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer that are read; nobody looks at them."""
AGAIN = frozenset({408, 429})
"""Answers of 4xx that mean: not now."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Webhook:
    """The receiver at `url`. `secrets`: several `whsec_...` while one is being replaced."""

    in_order: Literal["person", "incident"] = "incident"

    def __init__(
        self, url: str, secrets: str, source: str, *, private: bool, resolver: Resolve = resolve
    ) -> None:
        self._url, self._source, self._private = url, source, private
        self._keys = [base64.b64decode(one.removeprefix(WEBHOOK_SECRET)) for one in secrets.split()]
        self._resolve = resolver

    def reaches(self, person: Person | None) -> bool:
        """It is for everybody, also for people who are not in the directory."""
        return person is None or person.notify.webhook

    async def send(self, parcel: Parcel) -> Outcome:
        found = await self._found()
        return await self._post(parcel, found) if isinstance(found, Resolved) else found

    async def obstacle(self) -> Later | Refused | None:
        """What is in the way of posting, found out by connecting; nothing is posted."""
        found = await self._found()
        if not isinstance(found, Resolved):
            return found
        host, port, secured = self._target()
        tls = ssl.create_default_context() if secured else None
        for address in found.addresses:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    named = host if secured else None
                    _, writer = await asyncio.open_connection(
                        address, port, ssl=tls, server_hostname=named
                    )
            except ssl.SSLError:
                return Later("the webhook does not speak TLS with a certificate to be trusted")
            except (OSError, TimeoutError):
                continue
            writer.close()
            return None
        return Later("the webhook cannot be reached")

    @property
    def receiver(self) -> str:
        """Host and port: the rest of the address may be secret."""
        host, port, _ = self._target()
        return host_and_port(host, port)

    def _target(self) -> tuple[str, int, bool]:
        parts = urlsplit(self._url)
        secured = parts.scheme == "https"
        return parts.hostname or "", parts.port or (443 if secured else 80), secured

    async def _found(self) -> "Resolved | Later | Refused":
        """Where it leads, if it may lead there."""
        host, port, secured = self._target()
        if not self._private and (not secured or port not in WEBHOOK_PORTS):
            return Refused("the webhook is not https on port 443 or 8443")
        try:
            async with asyncio.timeout(NAME_TIMEOUT):
                addresses = await self._resolve(host, port)
        except (OSError, UnicodeError):
            return Later("the webhook's name leads nowhere")
        if not self._private and not all_public(addresses):
            return Refused("the webhook leads to a private network")
        return Resolved(addresses)

    async def _post(self, parcel: Parcel, resolved: "Resolved") -> Outcome:
        body = json.dumps(self.event(parcel), ensure_ascii=False).encode()
        headers = self.headers(parcel.name, body, int(time.time()))
        connector = aiohttp.TCPConnector(
            resolver=resolved, use_dns_cache=False, force_close=True, socket_factory=resolved.socket
        )
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector, timeout=TIMEOUT, auto_decompress=False
                ) as session,
                session.post(
                    self._url, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                await response.content.read(ANSWER_LIMIT)
                return told(response.status, response.headers.get("Retry-After"))
        except aiohttp.InvalidURL:
            return Refused("the webhook's address cannot be used")
        except aiohttp.ClientConnectorError:
            return Later("the webhook cannot be reached")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Unknown("the webhook did not say in time whether it has it")

    def headers(self, name: str, body: bytes, at: int) -> dict[str, str]:
        """The signature is over the id, the time and the body, once for each secret."""
        signed = f"{name}.{at}.".encode() + body
        digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in self._keys)
        return {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": "incident-command",
            "webhook-id": name,
            "webhook-timestamp": str(at),
            "webhook-signature": " ".join(f"v1,{base64.b64encode(d).decode()}" for d in digests),
        }

    def event(self, parcel: Parcel) -> dict[str, Any]:
        """A CloudEvent 1.0. Whoever receives it may have to call the person, hence the phone."""
        notice, person = parcel.notice, parcel.person
        written = letter(notice)
        return {
            "specversion": "1.0",
            "id": parcel.name,
            "source": self._source,
            "type": f"incident.{parcel.kind}",
            "subject": notice.incident,
            "time": rfc3339(parcel.at),
            "datacontenttype": "application/json",
            "data": {
                "incident": notice.incident,
                "title": notice.title,
                "severity": notice.severity,
                "status": notice.status,
                "drill": notice.drill,
                "affectedServices": notice.services,
                "affectedRegions": notice.regions,
                "commander": notice.leads,
                "kind": parcel.kind,
                "urgent": parcel.urgent,
                "person": {
                    "handle": parcel.handle,
                    "name": person.name if person else None,
                    "email": person.email if person else None,
                    "phone": person.phone if person else None,
                },
                "happened": notice.happened,
                "summary": written.subject,
                "text": written.text,
                "url": notice.link,
                "possiblyRepeated": notice.possibly_repeated,
            },
        }


class Resolved(AbstractResolver):
    """Knows the addresses that were checked and no others, so that no second look differs."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 (they have their own)
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.addresses
        ]

    def socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """A socket towards one of the addresses; whatever else was about to be used is a fault."""
        family, kind, proto, _, sockaddr = info
        if sockaddr[0] not in self.addresses:
            raise OSError("an address that was not checked")
        return socket.socket(family, kind, proto)

    async def close(self) -> None:
        """There is nothing to release."""


def told(status: int, retry_after: str | None) -> Outcome:
    """What an answer means. A redirect is one that we will not follow."""
    if 200 <= status < 300:  # noqa: PLR2004 (the codes of success)
        return Sent()
    why = f"the webhook answered {status}"
    if status >= 500 or status in AGAIN:  # noqa: PLR2004 (its own faults)
        return Later(why, after=pause(retry_after))
    return Refused(why)


def pause(retry_after: str | None) -> timedelta | None:
    """`Retry-After`, in seconds or as a date; None where it says nothing sensible."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after[:9]), 10**6))
    try:
        until = parsedate_to_datetime(retry_after).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one beyond all calendars
        return None
    return max(until - datetime.now(UTC), timedelta(0))
