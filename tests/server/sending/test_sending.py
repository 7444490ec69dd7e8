"""What is sent past transports comes neither ahead of what they hold, nor to anybody else."""

import asyncio
import json
import random
from contextlib import AsyncExitStack

import msgspec
import pytest
from event_source import listening
from raw import LazyClient, handshake, lazy_client, lazy_connection, parse_frames, raw_connection
from serving import Relay, make_event, receive, relay_running
from websockets.frames import Frame, Opcode

from relay.config import HubConfig

pytestmark = pytest.mark.usefixtures("send_all")

PATIENT = HubConfig(slow_bytes=1 << 30, slow_s=300)


def publish_some(relay: Relay, rng: random.Random) -> None:
    """Publish a batch of what may be next to nothing, or much."""
    size = rng.choice([10, 300, 10_000])
    relay.publish("1", *[make_event(content="好" * size) for _ in range(rng.randint(1, 8))])


def fill(relay: Relay, rng: random.Random) -> None:
    """Publish until some client does not take all of it."""
    while not relay.hub.is_behind(relay.rooms["1"]):
        publish_some(relay, rng)
        relay.hub.flush()


async def test_frames_pongs_and_answers_keep_their_order_whatever_is_unsent() -> None:
    rng = random.Random(1)

    async def read_at_times(client: LazyClient, pings: list[int], done: asyncio.Event) -> None:
        while not done.is_set():
            await client.read_some(rng.choice([1_000, 200_000]))
            pings.append(len(pings))
            await client.send(Frame(Opcode.PING, b"%d" % pings[-1]))
            await client.send(Frame(Opcode.TEXT, b'{"op":"ping","id":"%d"}' % pings[-1]))
        await client.send(Frame(Opcode.TEXT, b'{"op":"ping","id":"last"}'))
        await client.read_until(b'"last"')

    async with relay_running(hub=PATIENT) as relay, AsyncExitStack() as stack:
        relay.rooms.add("1")
        clients = [
            await stack.enter_async_context(lazy_client(relay, "/ws?room_id=1")) for _ in range(4)
        ]
        done, held = asyncio.Event(), 0
        pings: list[list[int]] = [[] for _ in clients]
        async with asyncio.TaskGroup() as tasks:
            for client, its_pings in zip(clients, pings, strict=True):
                tasks.create_task(read_at_times(client, its_pings, done))
            for _ in range(25):
                publish_some(relay, rng)
                relay.hub.flush()
                held += relay.hub.is_behind(relay.rooms["1"])
                await asyncio.sleep(0)
            done.set()
            publish_some(relay, rng)
        head = relay.rooms["1"].head
        for client, its_pings in zip(clients, pings, strict=True):
            frames = parse_frames(bytes(client.received))
            texts = [json.loads(body) for opcode, body in frames if opcode is Opcode.TEXT]
            offsets = [frame["offset"] for frame in texts if "op" not in frame]
            assert offsets == list(range(1, head + 1))
            assert [int(body) for opcode, body in frames if opcode is Opcode.PONG] == its_pings
            answered = [frame["id"] for frame in texts if frame.get("op") == "pong"]
            assert answered == [*map(str, its_pings), "last"]


async def test_an_event_stream_keeps_its_order_and_its_chunks() -> None:
    rng = random.Random(2)
    async with relay_running(hub=PATIENT) as relay:
        relay.rooms.add("1")
        request = b"GET /events?room_id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        async with lazy_connection(relay, request, b"event: room") as lazy:
            async with listening(relay, "room_id=1") as source:
                await source.until("room")
                fill(relay, rng)
                head = relay.rooms["1"].head
                got = [received.frame["offset"] for received in await source.some(head)]
                assert got == list(range(1, head + 1))
            await lazy.read_until(b'"offset":%d,' % head)
            publish_some(relay, rng)
            await lazy.read_until(b'"offset":%d,' % relay.rooms["1"].head)
            await lazy.read_until(b"\n\n\r\n", times=relay.rooms["1"].head)
        rest = bytes(lazy.received).split(b"\r\n\r\n", 1)[1]
        text = b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            length = int(size, 16)
            text, rest = text + rest[:length], rest[length:]
            assert rest[:2] == b"\r\n", "what says how long a chunk is must be right"
            rest = rest[2:]
        ids = [line for line in text.split(b"\n") if line.startswith(b'data: {"method"')]
        assert [json.loads(line[6:])["offset"] for line in ids] == list(
            range(1, relay.rooms["1"].head + 1)
        )


async def test_a_socket_number_that_is_another_connections_now_gets_nothing_of_the_first(
    relay: Relay,
) -> None:
    async def come_and_go(number: int) -> None:
        for turn in range(6):
            async with raw_connection(relay) as (reader, writer):
                writer.write(handshake(relay, f"/ws?room_id={1 + (number + turn) % 2}"))
                await reader.readuntil(b'"op":"room"')
            # Cut off, and followed at once by one that wants something else.
            async with raw_connection(relay) as (reader, writer):
                writer.write(
                    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
                answers.add((await reader.read()).split(b"\r\n\r\n")[1])
            wanted = str(1 + number % 2)
            async with relay.connect(f"?room_id={wanted}") as connection:
                frames = await receive(connection, 20)
            assert {frame["web_rid"] for frame in frames[1:]} == {wanted}
            offsets = [frame["offset"] for frame in frames if "op" not in frame]
            assert offsets == list(range(offsets[0], offsets[0] + len(offsets)))

    async def publish() -> None:
        while True:
            for room in ("1", "2"):
                relay.publish(room, msgspec.structs.replace(make_event(), web_rid=room))
            relay.hub.flush()
            await asyncio.sleep(0)

    answers: set[bytes] = set()
    publishing = asyncio.create_task(publish())
    async with asyncio.TaskGroup() as tasks:
        for number in range(12):
            tasks.create_task(come_and_go(number))
    publishing.cancel()
    await asyncio.wait([publishing])
    assert len(answers) == 1
