"""`relay record` and `relay replay`, as real processes."""

import asyncio
import json
import signal
import stat
from pathlib import Path

import pytest
from test_cli import line_with, outcome, relay, run, served
from websockets.asyncio.client import connect

from relay.errors import ExitCode
from relay.recording import Recording
from relay.sim import Scenario, Simulator


def upstream_env(simulator: Simulator) -> dict[str, str]:
    return {
        "RELAY_UPSTREAM__LIVE_URL": simulator.url,
        "RELAY_UPSTREAM__WEBCAST_URL": simulator.url,
        "RELAY_UPSTREAM__PUSH_URLS": simulator.push_url,
        "RELAY_UPSTREAM__CALLS_PER_S": "1000",
    }


async def grows(path: Path, size: int) -> None:
    """Wait until a file that another process writes has so many bytes."""
    async with asyncio.timeout(30):
        while not path.exists() or path.stat().st_size < size:  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0.05)


async def record(simulator: Simulator, path: Path, *flags: str) -> str:
    """Record until something has come, then stop as Ctrl-C does; gives standard error."""
    (room,) = simulator.rooms
    async with relay("record", room, "-o", str(path), *flags, **upstream_env(simulator)) as process:
        await line_with(process.stderr, "00:00:00  resolving  0 events")
        await line_with(process.stderr, "room live")
        await grows(path, 2_000)
        process.send_signal(signal.SIGINT)
        code, out, err = await outcome(process)
    assert (code, out) == (ExitCode.OK, "")
    return err


async def test_a_room_is_recorded_until_ctrl_c_and_served_again(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=100)) as simulator:
        (room,) = simulator.rooms
        err = await record(simulator, path)
    assert f"{path}: " in err
    assert " events in " in err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    frames = Recording(path).look_over().frames
    async with relay("replay", str(path), "--port", "0", "--speed", "max") as process:
        url = await served(process)
        await line_with(process.stderr, f"room {room} ")
        events, states = [], []
        async with (
            asyncio.timeout(30),
            connect(f"{url.replace('http', 'ws', 1)}/ws?room_id={room}") as client,
        ):
            while "ended" not in states:
                frame = json.loads(await client.recv())
                (states if "op" in frame else events).append(frame.get("state", frame))
        process.send_signal(signal.SIGTERM)
        code, _, err = await outcome(process)
    assert code == ExitCode.OK
    assert len(events) >= frames // 2
    assert [event["offset"] for event in events] == list(range(1, len(events) + 1))


async def test_what_was_scrubbed_away_is_told(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=100)) as simulator:
        err = await record(simulator, path, "--scrub")
    assert "scrubbed away: " in err
    assert Recording(path).look_over().header.scrubbed


async def test_what_was_not_scrubbed_to_the_end_is_told_when_it_is_played(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=100)) as simulator:
        (room,) = simulator.rooms
        command = ("record", room, "-o", str(path), "--scrub")
        async with relay(*command, **upstream_env(simulator)) as process:
            await grows(path, 2_000)
            process.kill()
            await process.wait()
    async with relay("replay", str(path), "--port", "0") as process:
        await served(process)
        await line_with(process.stderr, "don't share it")
        process.send_signal(signal.SIGTERM)
        code, _, _ = await outcome(process)
    assert code == ExitCode.OK


async def test_a_duration_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=100)) as simulator:
        (room,) = simulator.rooms
        code, _, err = await run(
            "record", room, "-o", str(path), "--duration", "00:01", **upstream_env(simulator)
        )
    assert code == ExitCode.OK
    assert f"{path}: " in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("record", "80000000001"),
        ("record", "no room", "-o", "x"),
        ("record", "80000000001", "-o", "x", "--duration", "soon"),
        ("replay",),
        ("replay", "nowhere.webcast"),
        ("replay", __file__, "--speed", "0"),
        ("replay", __file__, "--speed", "nan"),
        ("replay", __file__, "--from", "1:2:3:4"),
    ],
)
async def test_impossible_command_lines(arguments: tuple[str, ...], tmp_path: Path) -> None:
    code, _, err = await run(*arguments, cwd=tmp_path)
    assert code == ExitCode.USAGE
    assert "Error: " in err


async def test_files_that_are_no_recordings_are_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a recording")
    code, out, err = await run("replay", str(path))
    assert (code, out) == (ExitCode.RECORDING, "")
    assert err.startswith(f"relay: {path}: it is no recording")
    code, out, err = await run("record", "80000000001", "-o", str(path))
    assert (code, out) == (ExitCode.RECORDING, "")
    assert path.read_text() == "not a recording"


async def test_a_process_that_is_killed_leaves_a_recording_that_is_gone_on_with(
    tmp_path: Path,
) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=200)) as simulator:
        (room,) = simulator.rooms
        for _ in range(2):
            before = path.stat().st_size if path.exists() else 0
            async with relay("record", room, "-o", str(path), **upstream_env(simulator)) as process:
                await grows(path, before + 10_000)
                process.kill()
                await process.wait()
            assert Recording(path).look_over().frames
        await record(simulator, path)
    assert Recording(path).look_over().damage == ""
