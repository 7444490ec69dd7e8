"""`relay serve` as a service of systemd's, which is played."""

import asyncio
import json
import os
import pty
import re
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest
from certificates import make_certificate, trusting
from keys import ADMIN, READ, WATCH
from played_systemd import HANGING_RELAY, HUNG_UP_ON_RELAY, Systemd
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from relay.errors import ExitCode
from relay.sim import Scenario, Simulator
from relay.sim.server import config_lines

ROOMS = ("80000000001", "80000000002")


@pytest.fixture
async def base() -> AsyncIterator[str]:
    """A configuration whose upstream is a simulator with two rooms."""
    async with Simulator(Scenario(rooms=2, rate=20)) as simulator:
        yield re.sub(r'\[\[rooms\]\]\nroom = ".*"\n', "", config_lines(simulator))


def rooms(*names: str) -> str:
    return "".join(f'\n[[rooms]]\nroom = "{name}"\n' for name in names)


def token(name: str, secret: str, scope: str) -> str:
    digest = sha256(secret.encode()).hexdigest()
    return f'\n[[auth.tokens]]\nname = "{name}"\nhash = "sha256:{digest}"\nscopes = ["{scope}"]\n'


async def watched(systemd: Systemd, secret: str = "") -> set[str]:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    url = f"http://127.0.0.1:{systemd.port}/api/rooms"
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        assert answer.status == 200
        return {room["web_rid"] or room["name"] for room in (await answer.json())["rooms"]}


async def event(client) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """Receive up to the next event."""
    async with asyncio.timeout(30):
        while True:
            frame: dict[str, object] = json.loads(await client.recv())
            if "payload" in frame:
                return frame


async def closed_with(client) -> int:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(30):
        with suppress(ConnectionClosed):
            while True:
                await client.recv()
    return int(client.close_code)


def listen(systemd: Systemd, query: str = "") -> connect:
    return connect(f"ws://127.0.0.1:{systemd.port}/ws?{query}", proxy=None, max_queue=None)


@pytest.mark.parametrize("workers", [1, 2])
async def test_who_comes_while_it_is_down_is_served_when_it_is_back(
    tmp_path: Path, base: str, workers: int
) -> None:
    config = tmp_path / "relay.toml"
    # The address is the socket's.
    config.write_text(f"[server]\nport = 1\nworkers = {workers}\n{base}")
    async with Systemd(config, tmp_path) as systemd:
        assert await systemd.hear("STATUS", after=1)
        async with listen(systemd, f"room_id={ROOMS[0]}") as client:
            await event(client)
            stopping = asyncio.create_task(systemd.stop())
            assert await closed_with(client) == 3001
            assert await stopping == ExitCode.OK
        assert "STOPPING" in systemd.told[-1]
        coming = asyncio.create_task(watched(systemd))
        async with asyncio.timeout(30):
            await asyncio.gather(systemd.start(), coming)
        assert coming.result() == set()


async def test_two_sockets_are_both_served(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(base)
    async with Systemd(config, tmp_path, ports=2) as systemd:
        for port in systemd.ports:
            url = f"http://127.0.0.1:{port}/healthz"
            async with aiohttp.ClientSession() as http, http.get(url) as answer:
                assert answer.status == 200


async def test_a_socket_for_everybody_wants_tokens(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(base)
    systemd = Systemd(config, tmp_path, host="0.0.0.0")  # noqa: S104
    with pytest.raises(AssertionError):
        async with systemd:
            pass
    assert systemd.process is not None
    assert systemd.process.returncode == ExitCode.CONFIG
    assert "'0.0.0.0' is not a loopback address" in systemd.log.read_text()


async def test_a_loop_that_hangs_is_ended_by_the_watchdog(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(base)
    async with Systemd(config, tmp_path, watchdog_s=2, program=HANGING_RELAY) as systemd:
        watching = asyncio.create_task(systemd.keep_alive())
        await systemd.hear("WATCHDOG")
        systemd.hang()
        await systemd.hear("READY", after=len(systemd.told))
        assert await watched(systemd) == set()
        watching.cancel()
        await asyncio.wait([watching])


@pytest.mark.parametrize("workers", [1, 2])
async def test_rooms_and_tokens_change_and_only_who_has_no_token_any_more_is_let_go(
    tmp_path: Path, base: str, workers: int
) -> None:
    config = tmp_path / "relay.toml"
    server = f"[server]\nworkers = {workers}\n"
    kept, gone = token("kept", WATCH, "watch"), token("gone", READ, "read")
    config.write_text(server + base + rooms(ROOMS[0]) + kept + gone)
    async with Systemd(config, tmp_path) as systemd:
        assert await watched(systemd, READ) == {ROOMS[0]}
        async with (
            listen(systemd, f"room_id={ROOMS[0]}&token={WATCH}") as stays,
            listen(systemd, f"room_id={ROOMS[0]}&token={READ}") as leaves,
        ):
            await event(leaves)
            before = await event(stays)
            changed = 'allowed_origins = ["http://pages.example"]\nport = 5\n'
            new = token("new", ADMIN, "admin")
            config.write_text(
                server
                + changed
                + base
                + rooms(ROOMS[1])
                + kept
                + new
                + '\n[hub]\nslow_s = 2.0\n[log]\nlevel = "warning"\n'
            )
            assert "after a restart: hub.slow_s" in await systemd.reload()
            assert await closed_with(leaves) == 3500
            after = await event(stays)
            assert after["offset"] == before["offset"] + 1
            assert after["epoch"] == before["epoch"]
            # Somebody listens to the one that is configured no more.
            assert await watched(systemd, ADMIN) == set(ROOMS)
            async with listen(systemd, f"room_id={ROOMS[1]}&token={ADMIN}") as client:
                assert await event(client)
            url = f"http://127.0.0.1:{systemd.port}/api/rooms"
            headers = {"Authorization": f"Bearer {ADMIN}", "Origin": "http://pages.example"}
            async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
                assert answer.status == 200
        await systemd.stop()


async def test_a_hangup_while_it_starts_is_acted_on_when_it_serves(
    tmp_path: Path, base: str
) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(base)
    async with Systemd(config, tmp_path, program=HUNG_UP_ON_RELAY) as systemd:
        await systemd.hear("RELOADING")
        assert await watched(systemd) == set()
        assert await systemd.stop() == ExitCode.OK


async def test_a_hangup_while_it_stops_changes_nothing(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(base)
    async with Systemd(config, tmp_path) as systemd:
        reader, writer = await asyncio.open_connection("127.0.0.1", systemd.port)
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"hello")
        stopping = asyncio.create_task(systemd.stop())
        await systemd.hear("STOPPING")
        # It waits for us to hang up.
        systemd.hang_up()
        await reader.readuntil(b"stopping")
        writer.transport.abort()
        assert await stopping == ExitCode.OK


async def test_what_is_refused_leaves_all_as_it_was(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(base + rooms(ROOMS[0]))
    async with Systemd(config, tmp_path) as systemd, listen(systemd) as client:
        await client.recv()
        for refused in (
            "[server\n",
            f'{base}\n[log]\nlevel = "loud"\n',
            base + rooms("no room at all"),
            base + rooms(*ROOMS) + "\n[watch]\nmax_rooms = 1\n",
            f'[server]\nallowed_hosts = ["new.example"]\n{base}'
            + token("new", READ, "overlay")
            + 'rooms = ["no room at all"]\n',
        ):
            config.write_text(refused)
            assert "the new configuration is refused: " in await systemd.reload()
            assert await watched(systemd) == {ROOMS[0]}
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{systemd.port}/healthz"
            async with http.get(url, headers={"Host": "new.example"}) as answer:
                assert answer.status == 421
        config.unlink()
        assert "no such file" in await systemd.reload()
        config.write_text(base + rooms(ROOMS[1]))
        assert "refused" not in await systemd.reload()
        assert await watched(systemd) == {ROOMS[1]}
        await client.send('{"op":"ping"}')
        assert json.loads(await client.recv())["op"] == "pong"


async def test_a_certificate_is_read_again(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    certificate, key = make_certificate(tmp_path)
    config.write_text(f'[server]\ntls_cert = "{certificate}"\ntls_key = "{key}"\n{base}')
    old = trusting(certificate)
    async with Systemd(config, tmp_path) as systemd:
        url = f"wss://127.0.0.1:{systemd.port}/ws"
        async with connect(f"{url}?room_id={ROOMS[0]}", ssl=old, proxy=None) as client:
            before = await event(client)
            os.truncate(key, 10)
            assert "are not a certificate and its key" in await systemd.reload()
            make_certificate(tmp_path)
            await systemd.reload()
            async with connect(url, ssl=trusting(certificate), proxy=None) as other:
                await other.recv()
            assert (await event(client))["epoch"] == before["epoch"]
        await systemd.stop()


async def test_without_systemd_nothing_is_taken(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config.write_text(f"[server]\nport = {port}\n{base}")
    async with Systemd(config, tmp_path, ports=0) as systemd:
        url = f"http://127.0.0.1:{port}/healthz"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            assert answer.status == 200
        await systemd.stop()


async def test_a_terminal_that_is_closed_stops_it(tmp_path: Path, base: str) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(f"[server]\nport = 0\n{base}")
    terminal, theirs = pty.openpty()
    # The first terminal that the first process of a session opens is the session's.
    begin = (
        "import os, signal, sys; os.open(sys.argv[1], os.O_RDWR);"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL);"  # the tests may run under nohup
        "os.execv(sys.executable, sys.argv[2:])"
    )
    arguments = [sys.executable, "-m", "relay", "serve", "--config", str(config)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", begin, os.ttyname(theirs), *arguments),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,
    )
    os.close(theirs)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline()
        os.close(terminal)
        await process.communicate()
    assert process.returncode == ExitCode.OK
