"""`relay resolve`, as a real process."""

from test_cli import outcome, relay
from test_cli_recording import upstream_env

from relay.errors import ExitCode
from relay.sim import Scenario, Simulator


async def resolve(simulator: Simulator, name: str) -> tuple[int, str, str]:
    async with relay("resolve", name, **upstream_env(simulator)) as process:
        return await outcome(process)


async def test_it_says_which_room_a_name_is_and_who_told() -> None:
    async with Simulator(Scenario(rooms=1)) as simulator:
        (room,) = simulator.rooms.values()
        room.change({"page": "captcha"})
        code, out, _ = await resolve(simulator, room.web_rid)
        assert code == ExitCode.OK
        lines = out.splitlines()
        assert lines[0] == f"{room.web_rid} is a web_rid"
        told = {line[2:13].strip(): line[14:] for line in lines[1:4]}
        assert told["web/enter"].startswith(f"online  {room.web_rid}  7")
        assert "captcha" in told["room page"]
        assert told["reflow/info"].startswith("online")
        assert lines[4] == f"https://live.douyin.com/{room.web_rid} is live"


async def test_a_room_that_is_not_there_and_one_that_cannot_be_found_out() -> None:
    async with Simulator(Scenario(rooms=1)) as simulator:
        (room,) = simulator.rooms.values()
        code, _, err = await resolve(simulator, "80000000009")
        assert (code, err.startswith("relay: no such room: ")) == (ExitCode.UPSTREAM, True)
        room.change({"page": "captcha", "enter": "captcha"})
        code, out, err = await resolve(simulator, room.web_rid)
        assert code == ExitCode.UPSTREAM
        assert "captcha" in err
        assert "is live" not in out


async def test_what_is_no_name_is_refused() -> None:
    async with relay("resolve", "https://example.org/1") as process:
        code, out, err = await outcome(process)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "allowed are a web_rid" in " ".join(err.split())
