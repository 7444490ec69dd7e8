"""`relay doctor`, as a real process."""

import socket
from contextlib import closing
from pathlib import Path

from test_cli import outcome, relay
from test_cli_recording import upstream_env

from relay.config import Config, LoginConfig, SignerConfig, to_toml
from relay.errors import ExitCode
from relay.sim import Scenario, Simulator


def read(out: str) -> dict[str, list[str]]:
    """Give the lines by what they are about, what is to be done joined to them."""
    found: dict[str, list[str]] = {}
    for line in out.replace("\n" + " " * 13 + "→", " →").splitlines():
        found.setdefault(line[2:13].strip(), []).append(line[0] + line[13:])
    return found


async def examine(simulator: Simulator, *arguments: str, **env: str) -> tuple[int, str, str]:
    env = {"RELAY_SERVER__PORT": "0", **upstream_env(simulator), **env}
    env["RELAY_UPSTREAM__SHORT_URL"] = simulator.url
    env["RELAY_UPSTREAM__REGISTER_URL"] = simulator.url + "/ttwid/union/register/"
    async with relay("doctor", *arguments, **env) as process:
        return await outcome(process)


async def test_all_is_well() -> None:
    async with Simulator(Scenario(rooms=1, rate=20)) as simulator:
        (room,) = simulator.rooms
        code, out, err = await examine(simulator, room)
    assert (code, err) == (ExitCode.OK, "")
    assert "✗" not in out
    found = read(out)
    assert found["room"][0].startswith(f"✓live: {room} ")
    assert found["clock"] == ["✓within 1 s of upstream's"]
    for transport in ("socket", "polling"):
        assert found[transport][0].startswith("✓connected; the first message came after ")


async def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path) -> None:
    async with Simulator(Scenario(rooms=1, rate=20)) as simulator:
        (room,) = simulator.rooms.values()
        room.change({"push": "blocked", "fetch": "empty"})
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            code, out, err = await examine(
                simulator,
                room.web_rid,
                RELAY_SERVER__PORT=str(taken.getsockname()[1]),
                RELAY_STORE__PATH=str(tmp_path / "none" / "such.db"),
            )
    assert code == ExitCode.UPSTREAM
    assert err == "relay: 4 of these checks failed\n"
    found = read(out)
    assert "is used by another program → stop that program, or choose another" in found["port"][0]
    assert "→ change [store] path" in found["store"][0]
    assert (
        "DEVICE_BLOCKED → Douyin wants a signature that it takes: see [[signers]]"
        in found["socket"][0]
    )
    assert found["polling"][0].startswith("✗upstream answers HTTP 200 with nothing in it →")
    assert found["room"][0].startswith("✓")


async def test_without_a_room_nothing_is_connected_to() -> None:
    async with Simulator(Scenario(rooms=1)) as simulator:
        code, out, _ = await examine(simulator)
        assert simulator.ledger.calls["push"] == 0
    assert code == ExitCode.OK
    found = read(out)
    assert found["room"] == ["–none is named: relay doctor ROOM also connects to one"]
    assert found["socket"] == ["–name a live room: relay doctor ROOM"]


async def test_upstream_that_cannot_be_reached() -> None:
    async with Simulator(Scenario(rooms=1)) as simulator:
        (room,) = simulator.rooms
    code, out, _ = await examine(simulator, room)
    assert code == ExitCode.UPSTREAM
    found = read(out)
    assert "can't be reached: Connection refused → check this machine's network" in found["host"][0]
    assert found["clock"] == ["–127.0.0.1 does not answer"]
    assert "ttwid →" in found["identity"][0]
    assert found["room"][0].startswith("✗")


async def test_logins_and_signers_are_looked_at_one_by_one(tmp_path: Path) -> None:
    for name in ("good", "kicked"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(f"sessionid=made-up-{name}; ttwid=1")
    async with Simulator(Scenario(rooms=1)) as simulator:
        simulator.rooms[next(iter(simulator.rooms))].change({"logins": ["made-up-good"]})
        signers = [
            SignerConfig(kind="http", url="http://127.0.0.1:9/sign"),
            simulator.signer("nsapps"),
            simulator.signer("evil0ctal"),
        ]
        logins = [
            LoginConfig(name=name, cookie_file=str(tmp_path / name)) for name in ("good", "kicked")
        ]
        path = tmp_path / "config.toml"
        path.write_text(to_toml(Config(signers=signers, logins=logins)))
        code, out, err = await examine(simulator, "--config", str(path))
    assert (code, err) == (ExitCode.UPSTREAM, "relay: 2 of these checks failed\n")
    found = read(out)
    assert found["login"] == [
        "✓good: upstream takes it; its file does not say until when",
        "✗kicked: upstream takes it no more → export the cookies of the login kicked again: they"
        " are not valid any more",
    ]
    first, *others = found["signers"]
    assert first.startswith("✗")
    assert first.endswith("→ look at the signers in [[signers]]")
    assert others == [
        "✓nsapps signs a push URL",
        "✓evil0ctal signs a request, and no push URLs",
    ]


async def test_a_file_of_cookies_that_others_may_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "cookies").write_text("sessionid=made-up")
    (tmp_path / "cookies").chmod(0o644)
    path = tmp_path / "config.toml"
    path.write_text('[[logins]]\nname = "a"\ncookie_file = "%s"\n' % (tmp_path / "cookies"))
    async with Simulator(Scenario(rooms=1)) as simulator:
        code, out, err = await examine(simulator, "--config", str(path))
    assert (code, err) == (ExitCode.UPSTREAM, "relay: 1 of these checks failed\n")
    found = read(out)
    assert "others may read it (mode 644)" in found["config"][-1]
    assert found["host"]


async def test_what_is_no_room_is_refused() -> None:
    async with relay("doctor", "https://example.org/1") as process:
        code, out, err = await outcome(process)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "allowed are a web_rid" in " ".join(err.split())
