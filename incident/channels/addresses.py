"""Which addresses a webhook may be posted to: those of the public internet, and no others.

Python calls some addresses global that lead inside by another way; they are listed here. It
also writes an address with its port, and opens no connection.
"""

import socket
from asyncio import get_running_loop
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

NOT_PUBLIC_4 = tuple(
    IPv4Network(net)
    for net in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/3",  # multicast and reserved
    )
)
PUBLIC_6 = IPv6Network("2000::/3")
"""Everything else is local, mapped (::ffff:0:0/96) or translated (64:ff9b::/96)."""
NOT_PUBLIC_6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4
    )
)


def is_public(address: str) -> bool:
    """Whether `address`, as the system resolved it, is one of the public internet."""
    one = ip_address(address.partition("%")[0])
    if not one.is_global or "%" in address:
        return False
    if isinstance(one, IPv4Address):
        return not any(one in net for net in NOT_PUBLIC_4)
    return one in PUBLIC_6 and not any(one in net for net in NOT_PUBLIC_6)


def all_public(addresses: Iterable[str]) -> bool:
    """One that leads inside is enough to refuse them all: nobody knows which will be used."""
    return all(is_public(address) for address in addresses)


def host_and_port(host: str, port: int) -> str:
    """As in a URL: an IPv6 address stands in brackets, to be told from the port."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system would connect to; raises `OSError` when there are none."""
    found = await get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
