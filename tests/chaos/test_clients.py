"""Clients that misbehave in crowds: the good ones notice nothing, and the relay lets go of them."""

import asyncio
import json
import random
import re
import resource
import time
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from hurting import ROOM, Hurt, Size, check_all, hurt_relay, listening
from ledger import Item, Listener, all_hear
from sockets import Resumer, Sender, connect_each, handshake, hello_s, stalled, trickled
from websockets.frames import Frame, Opcode

from relay.client import Gap, Message
from relay.sim import Scenario
from relay.sim.scenario import Step

GOOD_S, GONE_S = 0.2, 10.0
"""How soon a good client is greeted, and a bad one is gone after it has connected: held to at full
size."""
STALLED_S = 6.0
"""How soon a client that reads nothing is closed, likewise."""
_BEGINNINGS = (
    b"",
    b"G",
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n",
)


def say(text: str) -> None:
    """Print a figure, which `make chaos` shows."""
    print(text, flush=True)  # noqa: T201


async def test_slow_and_silent_openers(tmp_path: Path, rng: random.Random, size: Size) -> None:
    bad = [Sender(rng.choice(_BEGINNINGS)) for _ in range(size.of(200, 2000))]
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=50)) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener):
            await all_hear([listener])
            begin = time.monotonic()
            await connect_each(relay.port, bad)
            greeted = []
            until = begin + (12 if size.is_full else 1)
            while time.monotonic() < until:
                for client in bad:
                    client.trickle()
                greeted.append(await hello_s(relay.port))
                await asyncio.sleep(0.2)
            if size.is_full:
                gone = [c.gone_s - c.made_s for c in bad if c.gone_s is not None]
                worst_ms, gone_s = max(greeted) * 1e3, max(gone, default=0.0)
                say(f"{len(bad)} slow openers: a good client is greeted within {worst_ms:.0f} ms,")
                say(f"  {len(gone)} of them are gone, the last after {gone_s:.1f} s")
                assert len(gone) == len(bad)
                assert max(greeted) < GOOD_S
                assert gone_s < GONE_S
            for client in bad:
                client.transport.abort()
            await listener.hears(20)
        check_all(simulator, listener)


async def test_bodies_that_never_end_are_given_up(tmp_path: Path) -> None:
    bad = [Sender(begin) for begin in _BEGINNINGS if begin.endswith(b"\r\n\r\n")]
    async with hurt_relay(tmp_path, Scenario(rooms=1)) as (relay, _):
        await connect_each(relay.port, bad)
        async with asyncio.timeout(30):
            while any(client.gone_s is None for client in bad):
                for client in bad:
                    client.trickle()
                await asyncio.sleep(0.1)
        # The other one is answered at once, as nobody wants its body.
        assert await relay.metric('relay_refused_total{cause="body_too_slow"}') == 1
        assert await relay.metric('relay_refused_total{cause="head_too_slow"}') == 0


async def test_clients_that_are_gone_without_a_word(tmp_path: Path, size: Size) -> None:
    if not size.is_full:
        pytest.skip("takes a minute: tests/server/test_server_keep_alive.py has it in short")
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=50)) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener):
            await all_hear([listener])
            # As of a machine that lost its network: nothing comes back, not even a pong.
            gone = [Sender(handshake(relay.port)) for _ in range(1000)]
            begin = time.monotonic()
            await connect_each(relay.port, gone)
            async with asyncio.timeout(120):
                while any(client.gone_s is None for client in gone):  # noqa: ASYNC110
                    await asyncio.sleep(1)
            last_s = max(client.gone_s or 0.0 for client in gone) - begin
            say(f"{len(gone)} half-open clients are let go of within {last_s:.0f} s")
            for client in gone:
                client.transport.abort()
        check_all(simulator, listener)


async def test_no_descriptors_left(tmp_path: Path, size: Size) -> None:
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=400)) as (relay, simulator):
        listeners = [Listener(relay.url, [ROOM]) for _ in range(5)]
        async with listening(relay, *listeners):
            await all_hear(listeners)
            limit = size.of(100, 256)
            resource.prlimit(relay.pid, resource.RLIMIT_NOFILE, (limit, limit))
            bad = [Sender(handshake(relay.port)) for _ in range(limit + 100)]
            await connect_each(relay.port, bad)
            async with asyncio.timeout(30):
                while "no new clients" not in relay.log.read_text():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            begin, cpu = time.monotonic(), sum(relay.os_process.cpu_times()[:2])
            async with asyncio.timeout(60):
                for listener in listeners:
                    await listener.hears(100)
                if size.is_full:
                    await asyncio.sleep(4)
            busy = (sum(relay.os_process.cpu_times()[:2]) - cpu) / (time.monotonic() - begin)
            open_files = relay.os_process.num_fds()
            for client in bad:
                client.transport.abort()
            async with asyncio.timeout(20):
                while True:
                    try:
                        async with asyncio.timeout(5):
                            await hello_s(relay.port)
                        break
                    except (OSError, EOFError, TimeoutError):
                        await asyncio.sleep(0.1)
            said = relay.log.read_text().count("\n")
            say(f"{open_files} of {limit} descriptors: {busy:.0%} of a core, {said} log lines")
            if size.is_full:
                assert busy < 0.5
            assert said < 20
        check_all(simulator, *listeners)
        assert not any(isinstance(i, Gap) for listener in listeners for i in listener.got[ROOM])


def _is_of(item: Item, msg_id: str) -> bool:
    return isinstance(item, Message) and item.msg_id == msg_id


async def test_all_clients_are_cut_and_resume_at_once(tmp_path: Path, size: Size) -> None:
    count, behind = size.of(100, 2000), size.of(100, 500)
    config = f"\n[hub]\nhistory_events = {behind + 500}\nhistory_s = 3600.0"
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=500), config) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener):
            while len(listener.got[ROOM]) < behind + 1:
                await listener.hears(1)
            room, got = simulator.rooms[ROOM], listener.got[ROOM]
            room.obey(Step(rate=1.0))
            # So that hardly anything comes behind what is resumed from.
            newest = room.ledger.sent[-1].msg_id
            async with asyncio.timeout(30):
                await listener.until(lambda: any(_is_of(item, newest) for item in reversed(got)))
            last = got[-1]
            assert not isinstance(last, Gap)
            assert last.offset is not None
            first = last.offset - behind
            clients = [
                Resumer(handshake(relay.port, f"?room_id={ROOM}"), 1 << 60, 1 << 60)
                for _ in range(count)
            ]
            await connect_each(relay.port, clients)
            opened = simulator.ledger.opened
            for client in clients:
                client.done.cancel()
                client.transport.abort()
            begin = time.monotonic()
            query = f"?room_id={ROOM}&since={last.epoch}:{first}"
            request = handshake(relay.port, query)
            clients = [Resumer(request, first + 1, last.offset) for _ in range(count)]
            await connect_each(relay.port, clients)
            whole_s = max(await asyncio.gather(*(client.done for client in clients))) - begin
            say(f"{count} clients resumed {behind} events each: all whole after {whole_s:.1f} s")
            assert simulator.ledger.opened == opened, "upstream is not touched"
            if size.is_full:
                assert whole_s < 10
            for client in clients:
                client.transport.abort()
        check_all(simulator, listener)


@pytest.mark.parametrize("rate", [100, 1_000, 20_000])
async def test_one_client_that_stalls(tmp_path: Path, size: Size, rate: int) -> None:
    if not size.is_full:
        pytest.skip("the next one has it in short")
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=rate)) as (relay, _):
        # Until histories are full.
        await asyncio.sleep(8)
        rss, events = relay.rss_bytes(), await relay.metric("relay_events_total")
        begin = time.monotonic()
        sock = await stalled(relay.port, f"?room_id={ROOM}")
        most = rss
        async with asyncio.timeout(60):
            while not await relay.metric("relay_slow_closes_total"):
                most = max(most, relay.rss_bytes())
                await asyncio.sleep(0.05)
        closed_s = time.monotonic() - begin
        came = (await relay.metric("relay_events_total") - events) / closed_s
        reason = re.findall(r"slow client closed.*?reason='?([^'\n]*)", relay.log.read_text())[0]
        say(f"stalled at {came:.0f} events/s: closed after {closed_s:.1f} s, {reason}")
        say(f"  memory of the process: +{(most - rss) / 2**20:.1f} MiB")
        sock.close()
        assert closed_s <= STALLED_S


async def test_clients_that_stall_or_trickle(tmp_path: Path, size: Size) -> None:
    count = size.of(5, 50)
    scenario = Scenario(rooms=1, rate=2000)
    async with hurt_relay(tmp_path, scenario) as (relay, simulator):
        listeners = [Listener(relay.url, [ROOM]) for _ in range(3)]
        async with listening(relay, *listeners):
            await all_hear(listeners)
            rss = relay.rss_bytes()
            begin = time.monotonic()
            bad = [
                await stalled(relay.port, f"?room_id={ROOM}{slow}")
                for slow in ("", "&slow=skip")
                for _ in range(count)
            ]
            readers = [asyncio.create_task(trickled(sock, 0.05)) for sock in bad[::2]]
            await relay.until("relay_slow_closes_total", count)
            closed_s = time.monotonic() - begin
            grown = relay.rss_bytes() - rss
            say(f"{count} stalled clients closed after {closed_s:.1f} s; +{grown / 2**20:.1f} MiB")
            for sock in bad:
                sock.close()
            for reader in readers:
                reader.cancel()
            await asyncio.wait(readers)
            async with asyncio.timeout(30):
                for listener in listeners:
                    await listener.hears(500)
        check_all(simulator, *listeners)


async def flood(relay: Hurt, rng: random.Random, count: int) -> None:
    """Ask for much that is nonsense."""
    nonsense = (
        b"GET /ws?" + b"room_id=" * 1500 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01" + bytes(500),
        b"A" * 40_000,
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5_000,
        handshake(relay.port) + rng.randbytes(20_000),
        b"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"ffffffff\r\n" + b"[" * 60_000,
    )  # fmt: skip

    async def one() -> None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            writer.write(rng.choice(nonsense))
            await writer.drain()
            await asyncio.sleep(rng.uniform(0, 0.2))
            writer.transport.abort()
        except OSError:
            pass

    for _ in range(count // 50):
        await asyncio.gather(*(one() for _ in range(50)))


async def test_nonsense_under_a_memory_cap(tmp_path: Path, rng: random.Random, size: Size) -> None:
    async with hurt_relay(tmp_path, Scenario(rooms=1, rate=100)) as (relay, simulator):
        listener = Listener(relay.url, [ROOM])
        async with listening(relay, listener), aiohttp.ClientSession() as http:
            await all_hear([listener])
            cap = relay.os_process.memory_info().vms + 96 * 2**20
            resource.prlimit(relay.pid, resource.RLIMIT_AS, (cap, cap))
            await flood(relay, rng, size.of(300, 5000))
            _, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            writer.write(handshake(relay.port))
            # As fast as they are taken: pings, and messages that mean nothing.
            message = Frame(Opcode.TEXT, b"[" * 10_000).serialize(mask=True)
            ping = Frame(Opcode.PING, b"x" * 125).serialize(mask=True)
            with suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(size.of(1, 20)):
                    while True:
                        writer.write(ping * 10 + message)
                        await writer.drain()
            writer.transport.abort()
            answer = json.loads(await (await http.get(f"{relay.url}/healthz")).read())
            assert answer
            await listener.hears(50)
            grown = relay.os_process.memory_info().vms - cap + 96 * 2**20
            say(f"under a cap of memory: {grown / 2**20:+.0f} MiB of address space")
        check_all(simulator, listener)
