"""The command line, as a real process: what it prints and how it exits."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve

from relay import __version__
from relay.cli.lines import event_line, notice_line
from relay.client import Gap, Message, RoomNotice, Subscribed
from relay.config import load_config
from relay.errors import CloseCode, ExitCode

ROOT = Path(__file__).parents[1]
ROOM = "80000000001"


@asynccontextmanager
async def relay(
    *arguments: str, flags: tuple[str, ...] = (), stdout: int = PIPE, cwd: Path = ROOT, **env: str
) -> AsyncIterator[Process]:
    """Start `python -m relay`; whatever is left of it at the end is killed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("RELAY_", "DISPLAY", "WAY"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *flags, "-m", "relay", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=stdout,
        stderr=PIPE,
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(ROOT), **env},
    )
    try:
        async with asyncio.timeout(60):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def outcome(process: Process) -> tuple[int, str, str]:
    """Wait for the end; gives exit code, standard output and standard error."""
    out, err = await process.communicate()
    assert process.returncode is not None
    text = err.decode()
    assert "Traceback" not in text
    return process.returncode, (out or b"").decode(), text


async def run(*arguments: str, cwd: Path = ROOT, **env: str) -> tuple[int, str, str]:
    async with relay(*arguments, cwd=cwd, **env) as process:
        return await outcome(process)


async def line_with(stream: asyncio.StreamReader | None, text: str) -> str:
    """Read on until a line holds `text`."""
    assert stream is not None
    seen = []
    while line := (await stream.readline()).decode():
        seen.append(line)
        if text in line:
            return line
    pytest.fail(f"ended without {text!r}:\n{''.join(seen)}")


async def served(process: Process) -> str:
    """Wait until `relay serve` serves; gives its URL."""
    return (await line_with(process.stdout, "http://")).strip()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_version() -> None:
    assert await run("--version") == (0, f"relay {__version__}\n", "")


@pytest.mark.parametrize(
    "command", ["serve", "demo", "sim", "tail", "record", "replay", "check", "token"]
)
async def test_help_of_every_command(command: str) -> None:
    code, general, _ = await run("--help")
    assert code == 0
    assert f"  {command} " in general
    code, out, err = await run(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: relay {command} ")


async def test_help_lists_every_exit_code() -> None:
    _, out, _ = await run("--help")
    assert {int(code) for code in re.findall(r"^    (\d+) ", out, re.MULTILINE)} == set(ExitCode)


@pytest.mark.parametrize(
    "arguments",
    [
        ("serv",),
        ("serve", "--port", "99999"),
        ("serve", "--colour"),
        ("tail",),
        ("tail", ROOM, "--method", "chatt"),
        ("tail", "ws://127.0.0.1:1/ws"),
        ("tail", "http://[::1"),
        ("sim", "--rate", "0"),
        ("demo", "--rooms", "0"),
        ("token", "new"),
        ("token", "new", "bot", "--scopes", "read,rite"),
        ("token", "new", "bot", "--scopes", ""),
        ("token", "new", "n" * 65),
        ("token", "new", "a\nb"),
        ("tail", ROOM, "--token", "a b"),
        ("tail", f"ws://127.0.0.1:1/ws?room_id={ROOM}&token=%0a"),
    ],
)
async def test_wrong_command_lines(arguments: tuple[str, ...]) -> None:
    code, out, err = await run(*arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert re.search("^Error: ", err, re.MULTILINE)


@pytest.mark.parametrize("command", ["serve", "check"])
async def test_a_refused_configuration(command: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[log]\nlevel = 'loud'\n")
    code, out, err = await run(command, "--config", "mine.toml", cwd=tmp_path)
    assert (code, out) == (ExitCode.CONFIG, "")
    assert err == (
        "relay: mine.toml:2: log.level: invalid 'loud'; allowed: debug, info, warning, error\n"
    )
    (tmp_path / "mine.toml").write_text("[log]\nformat = 'json'\n[[rooms]]\nroom = '房 间'\n")
    code, _, err = await run(command, "--config", "mine.toml", cwd=tmp_path)
    assert code == ExitCode.CONFIG
    assert err.splitlines()[-1].startswith(
        "relay: mine.toml:4: rooms[0].room: '房 间' names no room"
    )
    (tmp_path / "mine.toml").write_text("[server]\ntls_cert = 'a.crt'\ntls_key = 'a.key'\n")
    code, _, err = await run(command, "--config", "mine.toml", cwd=tmp_path)
    assert code == ExitCode.CONFIG
    assert err.splitlines()[-1].startswith("relay: mine.toml:2: server.tls_cert: a.crt can't be")
    code, _, err = await run(command, "--config", "none.toml", cwd=tmp_path)
    assert (code, err) == (ExitCode.CONFIG, "relay: none.toml: no such file\n")
    code, _, err = await run(command, cwd=tmp_path, RELAY_SERVER__PORT="x")
    assert code == ExitCode.CONFIG
    assert err.startswith("relay: environment variable RELAY_SERVER__PORT: invalid 'x'; ")


async def test_a_refused_room_of_the_command_line() -> None:
    code, _, err = await run("serve", "--room", "房 间")
    assert code == ExitCode.CONFIG
    assert err.splitlines()[-1].startswith("relay: command line: rooms[0].room: '房 间' names no")


async def test_a_refused_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("rate = 'fast'\n")
    code, _, err = await run("sim", "--scenario", "mine.toml", "--port", "0", cwd=tmp_path)
    assert code == ExitCode.CONFIG
    assert err.startswith("relay: mine.toml")
    assert len(err.splitlines()) == 1


async def test_check_prints_what_comes_out(tmp_path: Path) -> None:
    code, out, err = await run("check", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith("# defaults")
    (tmp_path / "config.toml").write_text("[server]\nport = 9\n[[rooms]]\nroom = '80000000001'\n")
    code, out, _ = await run(
        "check", cwd=tmp_path, RELAY_UPSTREAM__SHORT_URL="https://me:pw@short.example/?key=pw"
    )
    assert code == 0
    assert out.startswith(f"# {tmp_path}/config.toml\n")
    assert "pw" not in out
    (tmp_path / "again.toml").write_text(out)
    config = load_config(tmp_path / "again.toml", env={})
    assert config.server.port == 9
    assert config.rooms[0].room == ROOM


@pytest.mark.parametrize("command", ["serve", "sim", "demo"])
async def test_a_port_in_use(command: str, taken_port: int, tmp_path: Path) -> None:
    code, _, err = await run(command, "--port", str(taken_port), cwd=tmp_path)
    assert code == ExitCode.LISTEN
    last = err.splitlines()[-1]
    assert last.startswith("relay: ")
    assert str(taken_port) in last


@pytest.mark.parametrize("command", ["serve", "demo", "sim", "tail", "check"])
@pytest.mark.parametrize("module", ["click", "msgspec", "relay.config", "structlog"])
async def test_ctrl_c_during_the_start(command: str, module: str, tmp_path: Path) -> None:
    arguments = [command, *([ROOM] if command == "tail" else [])]
    async with relay(*arguments, flags=("-X", "importtime"), cwd=tmp_path) as process:
        await line_with(process.stderr, f" {module}\n")
        process.send_signal(signal.SIGINT)
        code, out, err = await outcome(process)
    ours = [line for line in err.splitlines() if not line.startswith("import time:")]
    assert (code, out, ours) == (ExitCode.INTERRUPTED, "", ["relay: interrupted"])


@pytest.mark.parametrize("module", ["click", "msgspec", "relay.config", "structlog"])
async def test_a_hangup_during_the_start_counts_once_it_serves(module: str, tmp_path: Path) -> None:
    arguments = ("serve", "--port", "0")
    env = {"RELAY_LOG__FORMAT": "json"}
    flags = ("-X", "importtime")
    async with relay(*arguments, flags=flags, cwd=tmp_path, **env) as process:
        await line_with(process.stderr, f" {module}\n")
        process.send_signal(signal.SIGHUP)
        await line_with(process.stderr, '"configuration read again"')
        process.send_signal(signal.SIGTERM)
        code, _, _ = await outcome(process)
    assert code == ExitCode.OK


IN_TERMINAL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
# The tests themselves may run under nohup.
signal.signal(signal.SIGHUP, signal.SIG_IGN if sys.argv[1] == "nohup" else signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
"""Runs a program from the terminal that is its standard input."""


@pytest.mark.parametrize(("how", "ended"), [("plainly", -signal.SIGTERM), ("nohup", ExitCode.OK)])
async def test_a_terminal_that_closes_during_the_start(
    how: str, ended: int, tmp_path: Path
) -> None:
    terminal, inside = os.openpty()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", IN_TERMINAL, how),
            *("-X", "importtime", "-m", "relay", "serve", "--port", "0"),
            stdin=inside,
            stdout=PIPE,
            stderr=PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
    finally:
        os.close(inside)
    try:
        async with asyncio.timeout(60):
            try:
                await line_with(process.stderr, " click\n")
            finally:
                os.close(terminal)
            if how == "nohup":
                await served(process)
                process.send_signal(signal.SIGTERM)
            code, _, _ = await outcome(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert code == ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_serve_until_told_to_stop(number: signal.Signals, tmp_path: Path) -> None:
    async with relay("serve", "--port", "0", cwd=tmp_path, RELAY_LOG__FORMAT="json") as process:
        await served(process)
        process.send_signal(number)
        code, out, err = await outcome(process)
    assert (code, out) == (0, "")
    assert '"relay stopped"' in err


async def test_ctrl_c_twice(tmp_path: Path) -> None:
    async with relay("serve", "--port", "0", cwd=tmp_path, RELAY_LOG__FORMAT="json") as process:
        await served(process)
        process.send_signal(signal.SIGINT)
        await line_with(process.stderr, '"relay stops"')
        process.send_signal(signal.SIGINT)
        code, _, err = await outcome(process)
    # Whichever was first: the stop was complete, or the second Ctrl-C.
    # What comes while the interpreter itself ends does as it does to any program.
    assert (code, err.splitlines()[-1]) == (130, "relay: interrupted") or (
        code in (0, -signal.SIGINT) and '"relay stopped"' in err
    )


async def test_serve_says_where_its_configuration_came_from(tmp_path: Path) -> None:
    async with relay("serve", "--port", "0", cwd=tmp_path, RELAY_LOG__FORMAT="json") as process:
        line = await line_with(process.stderr, '"configuration read"')
        assert json.loads(line)["source"].startswith("defaults")
    (tmp_path / "config.toml").write_text("[server]\nport = 0\n[log]\nformat = 'json'\n")
    async with relay("serve", cwd=tmp_path) as process:
        line = await line_with(process.stderr, '"configuration read"')
        assert json.loads(line)["source"] == str(tmp_path / "config.toml")


async def test_demo_serves_what_it_simulates(tmp_path: Path) -> None:
    async with relay("demo", "--port", "0", "--rooms", "1", "--rate", "50", cwd=tmp_path) as demo:
        where = await line_with(demo.stdout, "  WebSocket  ")
        url = where.split()[1]
        async with relay("tail", url, "--method", "chat,gift", "--json", cwd=tmp_path) as tail:
            assert tail.stdout is not None
            events = [json.loads(await tail.stdout.readline()) for _ in range(5)]
            tail.send_signal(signal.SIGINT)
            code, _, err = await outcome(tail)
            assert code == ExitCode.INTERRUPTED
            assert err.endswith("relay: interrupted\n")
        demo.send_signal(signal.SIGINT)
        code, _, _ = await outcome(demo)
    assert code == 0
    assert {event["method"] for event in events} <= {"WebcastChatMessage", "WebcastGiftMessage"}
    assert {event["web_rid"] for event in events} == {ROOM}
    offsets = [event["offset"] for event in events]
    assert offsets == sorted(set(offsets))


async def test_demo_takes_the_next_port_and_says_so(taken_port: int, tmp_path: Path) -> None:
    async with relay("demo", cwd=tmp_path, RELAY_SERVER__PORT=str(taken_port)) as process:
        line = await line_with(process.stdout, "is taken")
        match = re.search(r"takes (\d+)\.$", line.strip())
        assert match is not None
        assert int(match[1]) > taken_port
        page = await line_with(process.stdout, "  page  ")
        assert urlsplit(page.split()[1]).port == int(match[1])
        process.send_signal(signal.SIGINT)
        assert (await outcome(process))[0] == 0


async def test_a_relay_is_pointed_at_a_simulator_by_the_lines_that_it_prints(
    tmp_path: Path,
) -> None:
    (tmp_path / "scenario.toml").write_text(
        "rate = 50\nrequire_signature = true\n[[rooms]]\nweb_rid = '123456'\n"
    )
    arguments = ("sim", "--scenario", "scenario.toml", "--port", "0", "--seed", "7")
    async with relay(*arguments, cwd=tmp_path) as sim:
        lines = ["[upstream]\n"]
        assert await line_with(sim.stdout, "[upstream]")
        assert sim.stdout is not None
        while not lines[-1].startswith("room ="):
            lines.append((await sim.stdout.readline()).decode())
        lines.append("[server]\nport = 0\n[log]\nformat = 'json'\n")
        (tmp_path / "config.toml").write_text("".join(lines))
        async with relay("serve", cwd=tmp_path) as server:
            url = await served(server)
            async with relay("tail", "123456", "--relay", url, cwd=tmp_path) as tail:
                line = await line_with(tail.stdout, " chat ")
                assert re.match(r"\d\d:\d\d:\d\d chat +<.+> .+", line)
                await line_with(tail.stderr, "room 123456: live ")
                answer = await asyncio.to_thread(urllib.request.urlopen, f"{url}/api/rooms")
                with answer:
                    assert [r["transport"] for r in json.load(answer)["rooms"]] == ["socket"]
                server.send_signal(signal.SIGINT)
                assert (await outcome(server))[0] == 0
                await line_with(tail.stderr, "connection lost (3001")
        sim.send_signal(signal.SIGINT)
        assert (await outcome(sim))[0] == 0


async def test_what_is_unexpected_is_logged_with_its_traceback() -> None:
    code = (
        "import sys, relay.app\n"
        "async def serve(config, ready, **_): secret = 'hunter2'; raise ValueError('upside down')\n"
        "relay.app.serve = serve\n"
        "sys.argv = ['relay', 'serve', '--port', '0']\n"
        "from relay.__main__ import main\n"
        "main()\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stderr=PIPE, env={**os.environ, "RELAY_LOG__FORMAT": "json"}
    )
    async with asyncio.timeout(60):
        _, err = await process.communicate()
    assert process.returncode == ExitCode.FAILURE
    last = json.loads(err.decode().splitlines()[-1])
    assert (last["event"], last["level"]) == ("crashed", "critical")
    assert "ValueError: upside down" in last["exception"]


async def test_a_new_token_lets_in_whoever_has_it(tmp_path: Path) -> None:
    code, out, err = await run("token", "new", "机器人", "--scopes", "watch", cwd=tmp_path)
    assert code == 0
    token, _, lines = out.partition("\n\n")
    assert "rly_" not in err
    assert re.fullmatch(r"rly_[A-Za-z0-9_-]{43}", token)
    assert token not in lines
    assert (await run("token", "new", "机器人"))[1].partition("\n")[0] != token
    # Nobody is asked about the room.
    nowhere = "[upstream]\nlive_url = 'http://127.0.0.1:1'\nwebcast_url = 'http://127.0.0.1:1'\n"
    logged = "[log]\nformat = 'json'\nlevel = 'debug'\n"
    (tmp_path / "config.toml").write_text(nowhere + logged + lines)
    arguments = ("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104  # what tokens allow
    async with relay(*arguments, cwd=tmp_path) as server:
        url = (await served(server)).replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        async with relay("tail", ROOM, "--relay", url, RELAY_TOKEN=token) as tail:
            await line_with(tail.stderr, f"room {ROOM}: ")
        async with relay("tail", f"{url}/ws?room_id={ROOM}&token={token}") as tail:
            await line_with(tail.stderr, f"room {ROOM}: ")
        for arguments in ((), ("--token", token[:-1])):
            code, _, err = await run("tail", ROOM, "--relay", url, *arguments)
            assert code == ExitCode.UNREACHABLE
            assert err.startswith("relay: the relay closed the connection: 3500 ")
            assert "rly_" not in err
        server.send_signal(signal.SIGINT)
        code, _, err = await outcome(server)
    assert code == 0
    assert '"cause": "bad_token"' in err
    assert "rly_" not in err


async def test_the_token_of_an_overlay_comes_with_its_link(tmp_path: Path) -> None:
    room = f"https://live.douyin.com/{ROOM}"
    code, out, err = await run("token", "overlay", "--room", room, "obs", cwd=tmp_path)
    assert code == 0
    token, _, lines = out.partition("\n\n")
    (tmp_path / "config.toml").write_text(lines)
    quoted = f"https%3A%2F%2Flive.douyin.com%2F{ROOM}"
    assert f"http://127.0.0.1:8787/overlay/chat?room_id={quoted}&token={token}\n" in err
    code, out, _ = await run("check", cwd=tmp_path)
    assert code == 0
    assert f'rooms = ["{room}"]' in out
    assert token not in out
    (tmp_path / "config.toml").write_text(lines.replace(room, "no-such-room!"))
    code, _, err = await run("check", cwd=tmp_path)
    assert code == ExitCode.CONFIG
    assert "auth.tokens[0].rooms: " in err
    for arguments in (
        ("overlay",),
        ("overlay", "--room", "!"),
        ("new", "x", "--scopes", "overlay"),
    ):
        code, _, err = await run("token", *arguments, cwd=tmp_path)
        assert code == ExitCode.USAGE


async def test_without_tokens_it_serves_this_machine_only(tmp_path: Path) -> None:
    code, out, err = await run("serve", "--host", "0.0.0.0", cwd=tmp_path)  # noqa: S104
    assert (code, out) == (ExitCode.CONFIG, "")
    assert err.startswith("relay: command line: server.host: ")
    assert "relay token new" in err
    assert len(err.splitlines()) == 1


# relay tail, against a relay that this test plays.


def event(offset: int, method: str = "WebcastChatMessage", **payload: Any) -> dict[str, Any]:
    return {
        "method": method,
        "msg_id": str(offset),
        "room_id": "7100000000000000001",
        "web_rid": ROOM,
        "epoch": "e",
        "offset": offset,
        "time": 1_700_000_000_000,
        "payload": {"user": {"nickname": "小明"}, **payload},
    }


@asynccontextmanager
async def playing(
    *frames: dict[str, Any], close: int | None = None, port: int = 0
) -> AsyncIterator[Any]:
    """Play a relay that sends `frames` to who subscribes; gives an object with url and requests."""

    class Relay:
        url = ""
        requests: list[Any] = []  # noqa: RUF012  # one class a call
        asked = asyncio.Event()

    async def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        Relay.requests.append(connection.request.path)
        await connection.send(json.dumps({"op": "hello"}))
        Relay.requests.append(json.loads(await connection.recv()))
        Relay.asked.set()
        for frame in frames:
            await connection.send(json.dumps(frame, ensure_ascii=False))
        if close is not None:
            await connection.close(close)
        await connection.wait_closed()

    async with serve(handle, "127.0.0.1", port, close_timeout=1) as server:
        Relay.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield Relay


async def test_tail_prints_events_as_the_relay_sent_them(tmp_path: Path) -> None:
    frames = [event(1, content="你好 \u001b[31m"), event(2, content="再见")]
    async with (
        playing(*frames) as peer,
        relay("tail", ROOM, "--json", "--relay", peer.url, cwd=tmp_path) as process,
    ):
        assert process.stdout is not None
        lines = [await process.stdout.readline() for _ in frames]
    assert lines == [f"{json.dumps(frame, ensure_ascii=False)}\n".encode() for frame in frames]
    assert parse_qs(urlsplit(peer.requests[0]).query) == {"slow": ["close"]}
    assert peer.requests[1] == {"op": "subscribe", "id": 1, "room_id": ROOM}


async def test_tail_asks_for_the_methods_of_its_options_and_of_the_address() -> None:
    async with (
        playing() as peer,
        relay("tail", f"{peer.url}/ws?room_id={ROOM}&method=like", "--method", "chat") as process,
    ):
        await peer.asked.wait()
        process.send_signal(signal.SIGINT)
        assert await outcome(process) == (130, "", "relay: interrupted\n")
    assert peer.requests[1]["room_id"] == ROOM
    assert peer.requests[1]["method"] == ["WebcastChatMessage", "WebcastLikeMessage"]


async def test_tail_ends_quietly_with_its_reader(tmp_path: Path) -> None:
    read, write = os.pipe()
    frames = [event(offset, content="x") for offset in range(1, 2000)]
    async with playing(*frames) as peer:
        arguments = ("tail", ROOM, "--relay", peer.url)
        async with relay(*arguments, stdout=write, cwd=tmp_path) as process:
            os.close(write)
            first = await asyncio.to_thread(os.read, read, 10)
            os.close(read)
            code, _, err = await outcome(process)
    assert first
    assert (code, err) == (0, "")


async def test_tail_resumes_by_name(tmp_path: Path) -> None:
    """SIGTERM or kill -9, the relay restarted or not: every line, and none without its cursor."""
    env = {"XDG_STATE_HOME": str(tmp_path)}
    frames = [event(offset, content="你好") for offset in (5, 6, 7)]

    async def tail_until(line: int, stop: signal.Signals, *sent: dict[str, Any]) -> tuple[Any, str]:
        async with playing(*sent, port=port[0]) as peer:
            port[0] = urlsplit(peer.url).port
            arguments = ("tail", ROOM, "--json", "--relay", peer.url, "--resume", "night bot")
            async with relay(*(a.replace(" ", "-") for a in arguments), **env) as process:
                said = await line_with(process.stderr, f"room {ROOM}: ")
                for number in range(1, line + 1):
                    assert process.stdout is not None
                    assert json.loads(await process.stdout.readline())["offset"] >= number
                process.send_signal(stop)
                code, _, err = await outcome(process)
                assert code == {signal.SIGTERM: 0, signal.SIGINT: 130}.get(stop, -9)
            return peer.requests[1].get("since"), said + err

    port = [0]
    subscribed = {
        "op": "subscribed", "id": 1, "room": ROOM, "room_id": "7100000000000000001",
        "web_rid": ROOM, "method": None, "epoch": "e", "offset": 4,
    }  # fmt: skip
    since, said = await tail_until(3, signal.SIGTERM, subscribed, *frames)
    assert (since, said) == (None, f"room {ROOM}: the cursor is new here; it begins with what"
        " comes now\n")  # fmt: skip
    since, said = await tail_until(1, signal.SIGINT, subscribed, event(8, content="x"))
    assert since == "e:7"
    assert said.startswith(f"room {ROOM}: goes on behind e:7\n")
    gap = {
        "op": "gap", "room_id": "7100000000000000001", "web_rid": ROOM, "reason": "history",
        "epoch": "e", "from": 9, "to": 11, "since": "e:8",
    }  # fmt: skip
    since, said = await tail_until(1, signal.SIGTERM, subscribed, gap, event(12, content="x"))
    assert since == "e:8"
    assert f"room {ROOM}: events 9 to 11 can't be had (history)\n" in said
    since, _ = await tail_until(0, signal.SIGKILL, subscribed)
    assert since == "e:12"


async def test_tail_refuses_a_cursor_that_is_in_use_or_has_no_name(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    async with playing() as peer:
        arguments = ("tail", ROOM, "--relay", peer.url, "--resume")
        async with relay(*arguments, "bot", **env) as first:
            await line_with(first.stderr, "the cursor is new here")
            code, out, err = await run(*arguments, "bot", **env)
            assert (code, out) == (1, "")
            assert err == "relay: cursor 'bot' is in use by another process\n"
        code, out, err = await run(*arguments, "../bot", **env)
        assert (code, out) == (1, "")
        assert err.startswith("relay: a cursor can't be named '../bot'")


async def test_tail_without_a_relay(taken_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code, out, err = await run("tail", ROOM, "--relay", f"http://127.0.0.1:{port}")
    assert (code, out) == (ExitCode.UNREACHABLE, "")
    assert err.startswith(f"relay: no relay at ws://127.0.0.1:{port}/ws: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("!!",),
        (ROOM, "--relay", "here"),
        (ROOM, "--relay", "http://"),
        (ROOM, "--relay", "ftp://127.0.0.1"),
        (ROOM, "--relay", "http://127.0.0.1:99999"),
        (f"ws://127.0.0.1:99999/ws?room_id={ROOM}",),
    ],
)
async def test_tail_says_what_is_wrong_with_its_arguments(arguments: tuple[str, ...]) -> None:
    code, out, err = await run("tail", *arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "Error: Invalid value" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("frames", "close", "said"),
    [
        (
            [{"op": "error", "id": 1, "code": "room_refused", "message": "too many rooms"}],
            None,
            "relay: too many rooms\n",
        ),
        (
            [
                {
                    "op": "unsubscribed",
                    "id": None,
                    "room_id": "",
                    "web_rid": ROOM,
                    "method": [],
                    "reason": "not_found",
                }
            ],
            None,
            f"relay: room {ROOM} is not watched any more: Douyin knows no such room\n",
        ),
        ([], CloseCode.UNKNOWN_ROOM, "relay: the relay closed the connection: 3501\n"),
    ],
)
async def test_tail_refused(frames: list[dict[str, Any]], close: int | None, said: str) -> None:
    async with playing(*frames, close=close) as peer:
        code, out, err = await run("tail", ROOM, "--relay", peer.url)
    assert (code, out, err) == (ExitCode.UNREACHABLE, "", said)


@pytest.mark.parametrize(
    ("method", "payload", "shown"),
    [
        ("WebcastChatMessage", {"content": "你好"}, "chat        <小明> 你好"),
        ("WebcastChatMessage", {"content": "a\x1b[2J\nb\x9b"}, "chat        <小明> a [2J b"),
        ("WebcastChatMessage", {"content": "长" * 9999}, None),
        (
            "WebcastGiftMessage",
            {"name": "玫瑰", "count": 5, "diamond_total": 5, "repeat_end": True},
            "gift        <小明> 玫瑰 x5 (5 diamonds, combo ended)",
        ),
        ("WebcastLikeMessage", {"count": 3, "total": 9}, "like        <小明> x3 (total 9)"),
        (
            "WebcastMemberMessage",
            {"content": "来了", "member_count": 7},
            "member      <小明> 来了 (7 in the room)",
        ),
        ("WebcastSocialMessage", {"action": 1}, "social      <小明> follows"),
        (
            "WebcastSocialMessage",
            {"action": 3, "share_channel": "wechat"},
            "social      <小明> shares wechat",
        ),
        (
            "WebcastRoomUserSeqMessage",
            {"user": None, "total": 3, "total_user": 9},
            "seq         3 watching, 9 so far",
        ),
        ("WebcastNobodyKnows", {"user": 1, "payload_base64": "AA=="}, "NobodyKnows"),
    ],
)
def test_lines_of_events(method: str, payload: dict[str, Any], shown: str | None) -> None:
    fields = {**event(1, method, **payload), "text": ""}
    clock, _, line = event_line(Message(**fields)).partition(" ")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", clock)
    assert line.isprintable()
    if shown is None:
        assert len(line) < 600
    else:
        assert line == shown


def test_lines_of_times_that_are_none() -> None:
    assert event_line(Message(**{**event(1), "time": 1 << 80, "text": ""})).startswith("--:--:--")


def test_lines_of_notices() -> None:
    room: dict[str, str] = {"room_id": "71", "web_rid": ROOM}
    live = RoomNotice(**room, state="live", reason="", title="标题", anchor="主播", time=1)
    assert notice_line(live) == f"room {ROOM}: live 主播 标题"
    stalled = {"ok": False, "cause": "low_value_only"}
    ill = RoomNotice(**room, state="live", reason="", title="", anchor="", time=1, health=stalled)
    assert notice_line(ill) == f"room {ROOM}: live (low_value_only)"
    ended = RoomNotice(
        room_id="71", web_rid="", state="ended", reason="x", title="", anchor="", time=1
    )
    assert notice_line(ended) == "room 71: ended (x)"
    gap = Gap(**room, reason="history", epoch="e", first=2, last=5)
    assert notice_line(gap) == f"room {ROOM}: events 2 to 5 can't be had (history)"
    loss = Gap(**room, reason="corrupt_frame", epoch="e", offset=5)
    assert notice_line(loss) == f"room {ROOM}: some events can't be had (corrupt_frame)"
    assert notice_line(Subscribed(**room, room=ROOM, method=None, epoch="e", offset=1)) is None


@pytest.mark.parametrize("command", ["serve", "check"])
async def test_a_store_that_cannot_be_used_is_refused(tmp_path: Path, command: str) -> None:
    (tmp_path / "notes.txt").write_text("not a database\n" * 100)
    code, out, err = await run(
        command, cwd=tmp_path, RELAY_STORE__PATH="notes.txt", RELAY_SERVER__PORT="0"
    )
    assert (code, out) == (ExitCode.CONFIG, "")
    assert err.splitlines()[-1] == (
        "relay: store.path: notes.txt is not a database; move it away, or name another file"
    )
