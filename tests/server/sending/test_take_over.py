"""From the first byte that a transport holds, nothing is sent past it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import cast

import pytest
from serving import make_event, make_status

from relay.config import HubConfig
from relay.hub import Entry, Filter, Hub, Stream, Subscription
from relay.server.direct import descriptor_of, take_over

pytestmark = pytest.mark.usefixtures("send_all")


class First(asyncio.Protocol):
    """Who has the connection before; its writes may be more than the transport likes."""

    def pause_writing(self) -> None:
        self.paused = True


class Client(asyncio.Protocol):
    """A hub's client with a connection, whose other end is read by the test."""

    def __init__(self, transport: asyncio.Transport, other_end: socket.socket) -> None:
        self.hub = Hub(HubConfig())
        self.stream = self.hub.open(make_status())
        self.subscriber = self.hub.subscriber(self, self)
        self.transport, self.write = transport, transport.write
        self.descriptor = descriptor_of(transport)
        self.other_end = other_end
        self.received = b""
        self.lost = asyncio.Event()

    def begin(self) -> None:
        take_over(self.transport, self, self.subscriber)
        self.hub.subscribe(self.subscriber, self.stream, Filter.of(None))

    def publish(self, size: int) -> None:
        """Publish an event, and give it out before the event loop turns."""
        self.hub.publish(self.stream, [make_event(content="x" * size)])
        self.hub.flush()

    def read(self) -> None:
        """Take all that is on the way, before the event loop turns."""
        try:
            while data := self.other_end.recv(1 << 20):
                self.received += data
        except BlockingIOError:
            pass

    async def read_all(self) -> list[bytes]:
        """Take all there is, and give its lines."""
        async with asyncio.timeout(20):
            while self.buffered():
                self.read()
                await asyncio.sleep(0)
        self.read()
        return self.received.splitlines()

    # hub.Encoding

    def frame(self, entry: Entry) -> bytes:
        return entry.body + b"\n"

    # hub.Sink

    def buffered(self) -> int:
        return self.transport.get_write_buffer_size()

    def close_slow(self, reason: str) -> None:
        raise AssertionError(reason)

    def moved(self, old: Stream, subscription: Subscription) -> None:
        raise AssertionError

    def ended(self, subscription: Subscription, reason: str) -> None:
        raise AssertionError

    # asyncio

    def pause_writing(self) -> None:
        self.subscriber.pause()

    def resume_writing(self) -> None:
        self.subscriber.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        self.subscriber.close()
        self.lost.set()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as other_end:
        other_end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        other_end.connect(server.getsockname())
        other_end.setblocking(False)
        own_end, _ = server.accept()
        own_end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(First, sock=own_end)
        client = Client(cast("asyncio.Transport", transport), other_end)
        yield client
        transport.abort()
        await client.lost.wait()


def offsets(lines: list[bytes]) -> list[int]:
    return [json.loads(line)["offset"] for line in lines]


@pytest.mark.parametrize("size", [100, 20_000])
async def test_what_a_transport_holds_is_not_overtaken(client: Client, size: int) -> None:
    client.begin()
    published = 0
    for _ in range(5):
        while not client.buffered():
            client.publish(size)
            published += 1
        client.read()  # so that there is room again, of which the transport doesn't know yet
        client.publish(1)
        client.publish(size)
        published += 2
        assert offsets(await client.read_all()) == list(range(1, published + 1))


@pytest.mark.parametrize("size", [20_000, 1_000_000])
async def test_what_was_written_before_comes_before(client: Client, size: int) -> None:
    greeting = b"y" * size + b"\n"
    while not client.buffered():
        client.write(greeting)
    client.begin()
    client.read()
    client.publish(1)
    lines = await client.read_all()
    assert set(lines[:-1]) == {greeting[:-1]}
    assert offsets(lines[-1:]) == [1]
    client.publish(1)
    assert offsets((await client.read_all())[-2:]) == [1, 2]


async def test_who_hung_up_is_left_out(client: Client) -> None:
    client.begin()
    client.other_end.close()
    while not client.lost.is_set():
        client.publish(1000)
        await asyncio.sleep(0)
    assert client.subscriber.subscriptions == {}
    client.publish(1)
