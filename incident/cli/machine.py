"""What a server needs of its machine: Python, zones, folder, port, address, mongod.

Each check looks at one thing and changes nothing.
"""

import asyncio
import importlib.metadata
import os
import platform
import re
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from incident.cli.addresses import is_loopback, why
from incident.settings import Settings
from incident.store.errors import Unusable
from incident.store.lock import running_uri
from incident.store.mongod import find_mongod, remedy

OLDEST = (3, 11)
ROOM_NEEDED = 512 * 1024 * 1024
"""Bytes: an embedded MongoDB begins with 300 MB of journal."""
ROOM_WANTED = 2 * 1024**3
VARIETY = 10
"""Different characters that a random token of 32 has at least."""
MONGOD_PATIENCE = 20.0
"""Seconds for `mongod --version`, from a cold disk."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: what was looked at, and what to type if it is not well."""

    state: Literal["ok", "warn", "fail"]
    what: str
    fix: str = ""


def python() -> Check:
    what = f"Python {platform.python_version()}"
    if sys.version_info >= OLDEST:
        return Check("ok", what)
    return Check("fail", what, "Use 3.11 or newer: make PYTHON=python3.13 run")


def zones() -> Check:
    try:
        ZoneInfo("Europe/Berlin")
        version = importlib.metadata.version("tzdata")
    except (ZoneInfoNotFoundError, importlib.metadata.PackageNotFoundError):
        return Check("fail", "time zones: not found", "pip install tzdata")
    return Check("ok", f"time zones: {version}")


def variables() -> Check:
    """A setting whose name is misspelt has no effect."""
    if unknown := Settings.unknown_variables():
        fix = "Correct the name; the README lists the settings there are."
        return Check("warn", f"settings: {', '.join(unknown)} not known", fix)
    return Check("ok", "settings")


def base_url(settings: Settings) -> Check:
    """Links and cookies depend on how people reach the server."""
    what = f"address: {settings.origin}"
    host = urlsplit(settings.origin).hostname or ""
    if settings.origin.startswith("https://") or is_loopback(host):
        return Check("ok", what)
    fix = "Put TLS in front and set INCIDENT_BASE_URL=https://incidents.example.com"
    return Check("warn", f"{what} is not encrypted", fix)


def bootstrap_token(settings: Settings) -> Check:
    token = settings.token_bootstrap
    if token is None:
        return Check("ok", "bootstrap token: none")
    if len(set(token.get_secret_value())) >= VARIETY:
        return Check("ok", "bootstrap token: strong")
    fix = "Make a random one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
    return Check("warn", "bootstrap token: easy to guess", fix)


def folder(settings: Settings) -> Check:
    """Writable, with room; looked at where it is to be made if it is not there yet."""
    there = next(p for p in (settings.data, *settings.data.parents) if p.exists())
    what = f"data folder: {settings.data}"
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        fix = f"Make {there} writable, or name another folder with --data or INCIDENT_DATA."
        return Check("fail", f"{what} cannot be written", fix)
    free = shutil.disk_usage(there).free
    room = f"{what}, {free / 1024**3:.1f} GiB free"
    if free < ROOM_NEEDED:
        return Check("fail", room, "Free some space, or name another folder with --data.")
    return Check("warn" if free < ROOM_WANTED else "ok", room)


def port(settings: Settings) -> Check:
    what = f"port: {settings.port} on {settings.host}"
    if running_uri(settings.data):
        return Check("ok", f"{what}; a server is running on this data folder")
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        fix = "Stop what listens there, or choose another: --port 8081"
        return Check("fail", f"{what} cannot be used: {why(error)}", fix)
    return Check("ok", f"{what} is free")


async def mongod(settings: Settings) -> Check:
    """Found, and able to say its version."""
    try:
        binary = find_mongod()
    except Unusable as error:
        return Check("fail", f"mongod: {error}")
    code, said = await asked_for_version(binary)
    version = re.search(r"db version v([0-9.]+)", said)
    if code == 0 and version:
        return Check("ok", f"mongod: {version[1]}, {binary}")
    return Check("fail", f"mongod: {binary} does not run", remedy(said, settings.data, code))


async def asked_for_version(binary: Path) -> tuple[int | None, str]:
    try:
        process = await asyncio.create_subprocess_exec(
            binary, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
    except OSError as error:
        return None, str(error)
    try:
        async with asyncio.timeout(MONGOD_PATIENCE):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None, ""
    return process.returncode, said.decode(errors="replace")
