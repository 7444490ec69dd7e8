"""What is measured: the relay and its peers, each a process of its own on the server core.

Each is given batches of events over a socket, and gives every event to every client.
"""

import asyncio
import base64
import os
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from machine import on_server_core
from tools import (
    HERE,
    NATS,
    PICOWS,
    UWS,
    WS,
    MissingError,
    compiled,
    found,
    node_peer,
    python_folder,
)
from upstream import Upstream, stamp

FED = "&method=chat,room"
"""Of a client that wants what it is fed with, and not the relay's own events besides."""
START_S = 30
STOP_S = 5

Opening = tuple[bytes, bytes]
"""What a client sends first, and what once that is answered."""


class Event:
    """The form of an event, learned from the relay, so that peers send the very same bytes."""

    def __init__(self, body: bytes) -> None:
        at = body.index(b"@T")
        self._head, self._tail = body[:at], body[at + len(stamp(0, 0)) :]
        self.size = len(body)

    def write(self, time_us: int, number: int) -> bytes:
        return self._head + stamp(time_us, number).encode() + self._tail

    def batch(self, size: int, first: int, time_us: int) -> list[bytes]:
        return [self.write(time_us, number) for number in range(first, first + size)]


class Server:
    """One process that serves clients, and how it is fed. Use as an async context manager."""

    framing = "ws"
    max_deliveries_per_s: float | None = None
    """More than these are not asked of it: it could not keep up. CPU a delivery is compared."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = free_port()
        self.pid = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Server":
        try:
            await self.start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    def openings(self) -> list[Opening]:
        """Give how clients open, in turns."""
        return [upgrade(self.port, "/")]

    async def start(self) -> None:
        raise NotImplementedError

    def build(self, batch: int, first: int, time_us: int) -> bytes:
        """Write what one batch is fed as."""
        raise NotImplementedError

    def send(self, built: bytes) -> None:
        """Feed it."""
        raise NotImplementedError

    async def _run(self, *argv: str, ready: str | None, cores: set[int] | None = None) -> None:
        """Run a program until the end; wait for a line with `ready`, or for its port."""
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        log = self._stack.enter_context((Path(folder) / "log").open("w+b"))
        with on_server_core(cores):
            child = await asyncio.create_subprocess_exec(
                *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        self._stack.push_async_callback(_end, child)
        self.pid = child.pid
        assert child.stdout is not None
        try:
            async with asyncio.timeout(START_S):
                if ready is None:
                    await _listening(self.port)
                    return
                async for line in child.stdout:
                    if ready in line.decode():
                        return
        except TimeoutError:
            pass
        log.seek(0)
        raise MissingError(f"did not start:\n{log.read().decode()[-2000:]}")


class Relay(Server):
    """The relay as a whole, watching rooms that are fed by an Upstream."""

    def __init__(
        self,
        name: str = "relay",
        *,
        rooms: int = 1,
        small: bool = False,
        queries: Sequence[str] = (FED,),
        config: str = "",
        offers: str = "",
        cores: set[int] | None = None,
    ) -> None:
        """`small`: see Upstream. `queries`: of clients, in each room; `offers`: the WebSocket
        extension that they offer."""
        super().__init__(name)
        self._upstream = Upstream(rooms, small=small)
        self._queries = queries
        self._config = config
        self._offers = offers
        self._cores = cores

    @property
    def first_room(self) -> str:
        return self._upstream.rooms[0]

    def openings(self) -> list[Opening]:
        return [
            upgrade(self.port, f"/ws?room_id={web_rid}{query}", self._offers)
            for query in self._queries
            for web_rid in self._upstream.rooms
        ]

    async def start(self) -> None:
        await self._stack.enter_async_context(self._upstream)
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        file = Path(folder) / "config.toml"
        file.write_text(
            f'[server]\nport = {self.port}\n{self._config}\n[log]\nlevel = "warning"\n'
            + self._upstream.config()
        )
        argv = (sys.executable, "-m", "relay", "serve", "--config", str(file))
        await self._run(*argv, ready=str(self.port), cores=self._cores)
        await self._upstream.connected()

    def build(self, batch: int, first: int, time_us: int) -> bytes:
        return self._upstream.build(batch, first, time_us)

    def send(self, built: bytes) -> None:
        self._upstream.send(built)


class Peer(Server):
    """A program of ours that connects to the feeder and sends what comes from there."""

    def __init__(
        self,
        name: str,
        argv: Callable[[], list[str]],
        event: Event,
        *arguments: str,
        max_deliveries_per_s: float | None = None,
        offers: str = "",
    ) -> None:
        super().__init__(name)
        self._argv = argv
        self._event = event
        self._arguments = arguments
        self._offers = offers
        self._feeding: asyncio.Future[asyncio.StreamWriter] = asyncio.Future()
        self.max_deliveries_per_s = max_deliveries_per_s

    def openings(self) -> list[Opening]:
        return [upgrade(self.port, "/", self._offers)]

    async def start(self) -> None:
        argv = self._argv()
        feeder = await asyncio.start_server(self._fed, "127.0.0.1", 0)
        await self._stack.enter_async_context(feeder)
        feed_port = feeder.sockets[0].getsockname()[1]
        await self._run(*argv, str(self.port), str(feed_port), *self._arguments, ready="ready")
        async with asyncio.timeout(START_S):
            self._feed = await self._feeding
        self._stack.callback(self._feed.close)

    def build(self, batch: int, first: int, time_us: int) -> bytes:
        data = b"\n".join(self._event.batch(batch, first, time_us))
        return len(data).to_bytes(4) + data

    def send(self, built: bytes) -> None:
        self._feed.write(built)

    async def _fed(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._feeding.set_result(writer)


class Broker(Server):
    """A message broker that is fed over a connection of its protocol."""

    def __init__(self, name: str, event: Event) -> None:
        super().__init__(name)
        self._event = event

    async def _feed_over(self, port: int, hello: bytes) -> None:
        await _listening(port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(hello)
        self._feed = writer
        self._stack.callback(writer.close)
        drain = asyncio.create_task(_drain(reader))
        self._stack.callback(drain.cancel)

    def send(self, built: bytes) -> None:
        self._feed.write(built)


class Nats(Broker):
    """nats-server and its WebSocket listener."""

    framing = "raw"

    def openings(self) -> list[Opening]:
        hello = b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB room 1\r\n'
        return [(upgrade(self.port, "/")[0], masked(hello))]

    async def start(self) -> None:
        program = python_folder(NATS) / "bin" / "nats-server"
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        file, port = Path(folder) / "nats.conf", free_port()
        file.write_text(
            f'listen: "127.0.0.1:{port}"\nping_interval: "1h"\nmax_pending: 256MB\n'
            f'websocket {{ listen: "127.0.0.1:{self.port}", no_tls: true }}\n'
        )
        await self._run(str(program), "-c", str(file), ready=None)
        await self._feed_over(port, b'CONNECT {"verbose":false,"pedantic":false}\r\n')

    def build(self, batch: int, first: int, time_us: int) -> bytes:
        return b"".join(
            b"PUB room %d\r\n%s\r\n" % (len(event), event)
            for event in self._event.batch(batch, first, time_us)
        )


class Redis(Broker):
    """Redis' PUBLISH; its clients speak plain TCP."""

    framing = "raw"

    def openings(self) -> list[Opening]:
        return [(b"", b"SUBSCRIBE room\r\n")]

    async def start(self) -> None:
        program = found("redis-server", "redis-server")
        options = ("--save", "", "--bind", "127.0.0.1", "--maxclients", "10000")
        unbounded = ("--client-output-buffer-limit", "pubsub 0 0 0")
        await self._run(program, "--port", str(self.port), *options, *unbounded, ready=None)
        await self._feed_over(self.port, b"")

    def build(self, batch: int, first: int, time_us: int) -> bytes:
        return b"".join(
            b"*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n$%d\r\n%s\r\n" % (len(event), event)
            for event in self._event.batch(batch, first, time_us)
        )


class Mosquitto(Broker):
    """mosquitto and its WebSocket listener."""

    framing = "raw"
    max_deliveries_per_s = 30_000

    def openings(self) -> list[Opening]:
        request, _ = upgrade(self.port, "/mqtt", "", "Sec-WebSocket-Protocol: mqtt\r\n")
        subscribe = b"\x82\x09\x00\x01\x00\x04room\x00"
        return [(request, masked(_mqtt_connect()) + masked(subscribe))]

    async def start(self) -> None:
        program = found("mosquitto", "mosquitto")
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        file, port = Path(folder) / "mosquitto.conf", free_port()
        file.write_text(
            f"listener {port} 127.0.0.1\nlistener {self.port} 127.0.0.1\nprotocol websockets\n"
            "allow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\n"
        )
        await self._run(program, "-c", str(file), ready=None)
        await self._feed_over(port, _mqtt_connect())

    def build(self, batch: int, first: int, time_us: int) -> bytes:
        return b"".join(
            b"\x30" + _mqtt_length(6 + len(event)) + b"\x00\x04room" + event
            for event in self._event.batch(batch, first, time_us)
        )


def floor(event: Event) -> Server:
    return Peer("send() in C", lambda: [compiled("floor")], event)


def uws(event: Event, *, offers: str = "") -> Server:
    argv = lambda: node_peer("uws_peer.cjs", UWS)  # noqa: E731
    arguments = ("deflate",) if offers else ()
    # It compresses for each client anew.
    most = 25_000 if offers else None
    return Peer("uWebSockets.js", argv, event, *arguments, max_deliveries_per_s=most, offers=offers)


def node_ws(event: Event) -> Server:
    argv = lambda: node_peer("ws_peer.cjs", WS)  # noqa: E731
    return Peer("Node ws", argv, event, max_deliveries_per_s=30_000)


def broadcast(event: Event, *, offers: str = "") -> Server:
    argv = [sys.executable, str(HERE / "peers" / "broadcast_peer.py")]
    arguments = ("deflate",) if offers else ()
    most = 12_000 if offers else 25_000
    return Peer(
        "broadcast()", lambda: argv, event, *arguments, max_deliveries_per_s=most, offers=offers
    )


def aiohttp(event: Event) -> Server:
    argv = [sys.executable, str(HERE / "peers" / "aiohttp_peer.py")]
    return Peer("aiohttp send_str()", lambda: argv, event, max_deliveries_per_s=25_000)


def picows(event: Event) -> Server:
    def argv() -> list[str]:
        path = f"PYTHONPATH={python_folder(PICOWS)}"
        return ["env", path, sys.executable, str(HERE / "peers" / "picows_peer.py")]

    return Peer("picows send()", argv, event, max_deliveries_per_s=25_000)


def nats(event: Event) -> Server:
    return Nats("nats-server", event)


def redis(event: Event) -> Server:
    return Redis("Redis pub/sub", event)


def mosquitto(event: Event) -> Server:
    return Mosquitto("mosquitto", event)


def upgrade(port: int, path: str, offers: str = "", headers: str = "") -> Opening:
    """Write the request for a WebSocket."""
    if offers:
        headers += f"Sec-WebSocket-Extensions: {offers}\r\n"
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"{headers}\r\n"
    )
    return request.encode(), b""


def masked(data: bytes) -> bytes:
    """Write a client's binary frame; a mask of zeros leaves the data as it is."""
    assert len(data) < 126
    return struct.pack("!BB4x", 0x82, 0x80 | len(data)) + data


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _mqtt_connect() -> bytes:
    body = b"\x00\x04MQTT\x04\x02\x00\x00\x00\x00"
    return b"\x10" + _mqtt_length(len(body)) + body


def _mqtt_length(length: int) -> bytes:
    out = b""
    while length > 127:
        out += bytes([length & 127 | 128])
        length >>= 7
    return out + bytes([length])


async def _listening(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


async def _drain(reader: asyncio.StreamReader) -> None:
    with suppress(OSError):
        while await reader.read(1 << 16):
            pass


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_S):
            await child.communicate()
    except TimeoutError:
        # A peer that can't keep up never gets round to its signal.
        child.kill()
        await child.communicate()
