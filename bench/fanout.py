"""How close the fan-out of a room comes to a C loop of send() on the same sockets, in one run.

It measures delivery only: no incident, no database, no TLS. `python bench/fanout.py --help`.
"""
# ruff: noqa: T201, INP001 - a script, not a package; it speaks by printing

import argparse
import asyncio
import ctypes
import mmap
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from starlette.types import Receive, Scope, Send

from incident.web.connection import GuardedWebSocket, guarded
from incident.web.frames import text_frame
from incident.web.guard import listening_socket
from incident.web.members import EXTENSION, FastMember, Hook, PlainMember, Sink
from incident.web.rooms import Room

SOURCE = """
#include <sys/epoll.h>
#include <sys/socket.h>

/* Send the same bytes to every socket; how many did not take them whole. */
long fan(const int *fds, int count, const char *frame, long size) {
    long refused = 0;
    for (int i = 0; i < count; i++)
        if (send(fds[i], frame, size, MSG_NOSIGNAL) != size) refused++;
    return refused;
}

/* Read whatever comes on any socket, and count it, until the last one is closed. */
void drain(const int *fds, int count, volatile long *received) {
    static char buffer[1 << 18];
    struct epoll_event ready[256];
    int poll = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fds[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, fds[i], &event);
    }
    while (count > 0) {
        int n = epoll_wait(poll, ready, 256, -1);
        for (int i = 0; i < n; i++) {
            long size = recv(ready[i].data.fd, buffer, sizeof buffer, 0);
            if (size > 0) { *received += size; continue; }
            epoll_ctl(poll, EPOLL_CTL_DEL, ready[i].data.fd, 0);
            count--;
        }
    }
}
"""
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
TURNS = 20  # sends to everybody in one measurement; they fit into the kernel's buffers


def compiled(folder: Path) -> ctypes.CDLL:
    compiler = shutil.which("cc")
    if compiler is None:
        sys.exit("The comparison needs a C compiler (cc), for example: apt install gcc")
    source, library = folder / "fan.c", folder / "fan.so"
    source.write_text(SOURCE)
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True)  # noqa: S603 - the compiler that was just found
    return ctypes.CDLL(str(library))


def descriptors(sockets: list[int]) -> ctypes.Array[ctypes.c_int]:
    return (ctypes.c_int * len(sockets))(*sockets)


def be_clients(library: ctypes.CDLL, port: int, count: int, received: mmap.mmap) -> None:
    """The other process: connect, then read as fast as C can."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for client in clients:
        client.sendall(HANDSHAKE)
    for client in clients:
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += client.recv(1)
    counter = ctypes.c_long.from_buffer(received)
    library.drain(
        descriptors([client.fileno() for client in clients]), count, ctypes.byref(counter)
    )


class Probe:
    """A connection that only notices when it is its turn: the last member of a room."""

    def __init__(self) -> None:
        self.on_pause: Hook = lambda: None
        self.on_resume: Hook = lambda: None
        self.on_close: Hook = lambda: None
        self.paused = False
        self.gone = False
        self.reached = asyncio.Event()

    @property
    def sink(self) -> Sink:
        return self.write

    def write(self, frame: bytes) -> None:  # noqa: ARG002 - only the moment counts
        self.reached.set()

    def cut(self, reason: str) -> None:
        sys.exit(f"The bench's own member was cut: {reason}")


class Hall:
    """The app: every client is a fast member of one room, and its `send` waits for the other."""

    def __init__(self, count: int) -> None:
        self.fast = Room()
        self.plain = Room()
        self.sends: list[Send] = []
        self.sockets: list[int] = []
        self.full = asyncio.Event()
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        connection: GuardedWebSocket = scope["extensions"][EXTENSION]
        self.sockets.append(connection.transport.get_extra_info("socket").fileno())
        self.sends.append(send)
        self.fast.join(FastMember(connection), 0)
        if len(self.sends) == self._count:
            self.full.set()
        while (await receive())["type"] != "websocket.disconnect":
            pass


@dataclass
class Bench:
    """What every measurement uses."""

    hall: Hall
    library: ctypes.CDLL
    payload: bytes
    received: ctypes.c_long
    expected: int = 0

    async def rate(self, turn: Callable[[], Awaitable[None]], deliveries: int) -> float:
        """Deliveries a second of `TURNS` turns; the receivers have caught up before and after."""
        self.expected += TURNS * deliveries * len(text_frame(self.payload))
        start = time.perf_counter()
        for _ in range(TURNS):
            await turn()
        elapsed = time.perf_counter() - start
        async with asyncio.timeout(60):
            while self.received.value < self.expected:  # noqa: ASYNC110 - the other only counts
                await asyncio.sleep(0.001)
        return TURNS * deliveries / elapsed

    def c_loop(self) -> Callable[[], Awaitable[None]]:
        sockets = descriptors(self.hall.sockets)
        frame = text_frame(self.payload)

        async def turn() -> None:
            refused = self.library.fan(sockets, len(sockets), frame, len(frame))
            assert refused == 0, "the receivers are too slow for this machine"

        return turn

    def room(self, room: Room, commits: int) -> Callable[[], Awaitable[None]]:
        probe = Probe()
        room.join(FastMember(probe), room.seq)

        async def turn() -> None:
            probe.reached.clear()
            for _ in range(commits):
                room.publish(room.seq + 1, self.payload)
            await probe.reached.wait()

        return turn

    def plain(self) -> Callable[[], Awaitable[None]]:
        for send in self.hall.sends:
            self.hall.plain.join(PlainMember(send), 0)
        return self.room(self.hall.plain, 1)


async def measured(bench: Bench, rounds: int) -> None:
    count = len(bench.hall.sends)
    turns = {
        "C loop of send()": (bench.c_loop(), 1),
        "room, 1 commit pending": (bench.room(bench.hall.fast, 1), 1),
        "room, 4 commits pending": (bench.room(bench.hall.fast, 4), 4),
        "room, 16 commits pending": (bench.room(bench.hall.fast, 16), 16),
        "room of plain members": (bench.plain(), 1),
    }
    rates: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, (turn, commits) in turns.items():
            rates[name].append(await bench.rate(turn, commits * count))
    yardstick = statistics.median(rates["C loop of send()"])
    for name, sample in rates.items():
        middle = statistics.median(sample)
        print(f"  {name:<26}{middle:>12,.0f} /s {middle / yardstick:>8.0%}")


def describe(options: argparse.Namespace) -> None:
    print(f"Machine   {platform.platform()}, {os.cpu_count()} cores, {platform.machine()}")
    print(f"Software  Python {platform.python_version()}, uvicorn {uvicorn.__version__}")
    print(
        f"Method    {options.clients} sockets on loopback, {options.bytes}-byte commits, "
        f"{options.loop}; median of {options.rounds} interleaved rounds of {TURNS} turns;\n"
        "          another process reads in C; a delivery is one commit to one client"
    )


async def serve(
    options: argparse.Namespace,
    library: ctypes.CDLL,
    listener: socket.socket,
    received: mmap.mmap,
) -> None:
    hall = Hall(options.clients)
    config = guarded(hall, lifespan="off")  # type: ignore[arg-type] # two spellings of ASGI
    config.ws_ping_interval = None  # the clients only read, so they answer no pings
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await hall.full.wait()
    counter = ctypes.c_long.from_buffer(received)
    await measured(Bench(hall, library, b"x" * options.bytes, counter), options.rounds)
    server.should_exit = True
    await running


def run(options: argparse.Namespace, library: ctypes.CDLL) -> None:
    """Fork the clients, then serve them."""
    listener = listening_socket("127.0.0.1", 0)
    received = mmap.mmap(-1, ctypes.sizeof(ctypes.c_long))
    clients = os.fork()
    if clients == 0:
        be_clients(library, listener.getsockname()[1], options.clients, received)
        os._exit(0)
    factory = uvloop.new_event_loop if options.loop == "uvloop" else asyncio.new_event_loop
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(serve(options, library, listener, received))
    finally:
        os.kill(clients, signal.SIGKILL)
        os.waitpid(clients, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--bytes", type=int, default=350)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--loop", choices=["uvloop", "asyncio"], default="uvloop")
    options = parser.parse_args()
    describe(options)
    with tempfile.TemporaryDirectory() as folder:
        run(options, compiled(Path(folder)))


if __name__ == "__main__":
    main()
