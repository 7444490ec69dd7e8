"""Rooms and guarded calls by signatures of each sign server's shape, all the way."""

import asyncio

import aiohttp
import pytest

from relay.app import running
from relay.config import Config, RoomConfig, ServerConfig, SignerConfig
from relay.sim import Scenario, Simulator


async def live_by(simulator: Simulator, signer: SignerConfig) -> str:
    """Give the transport by which a room becomes live."""
    (room,) = simulator.rooms
    config = Config(
        server=ServerConfig(port=0),
        upstream=simulator.upstream_config(),
        signers=[signer],
        rooms=[RoomConfig(room=room)],
    )
    async with running(config) as server, aiohttp.ClientSession() as http:
        async with http.ws_connect(f"{server.url}/ws?room_id={room}") as client:
            async with asyncio.timeout(30):
                async for message in client:
                    frame = message.json()
                    if frame.get("op") == "room" and frame["state"] == "live":
                        break
        async with http.get(f"{server.url}/api/rooms/{room}") as answer:
            return str((await answer.json())["transport"])


@pytest.mark.parametrize("shape", ["relay", "lulajax", "tikhub", "nsapps", "euler"])
async def test_a_sign_server_of_each_shape_opens_the_socket(shape: str) -> None:
    async with Simulator(Scenario(rooms=1, rate=50, require_signature=True)) as simulator:
        assert await live_by(simulator, simulator.signer(shape)) == "socket"


async def test_a_wrong_signature_is_not_enough() -> None:
    scenario = Scenario(
        rooms=1, rate=50, require_signature=True, signers={"nsapps": {"answer": "wrong"}}
    )
    async with Simulator(scenario) as simulator:
        assert await live_by(simulator, simulator.signer("nsapps")) == "poll"


@pytest.mark.parametrize("shape", ["relay", "tikhub", "evil0ctal", "euler"])
async def test_a_sign_server_of_each_shape_signs_requests(shape: str) -> None:
    async with Simulator(Scenario(rooms=1, rate=50, require_signature=True)) as simulator:
        (room,) = simulator.rooms.values()
        config = Config(
            server=ServerConfig(port=0),
            upstream=simulator.upstream_config(),
            signers=[simulator.signer(shape)],
        )
        async with running(config) as server, aiohttp.ClientSession() as http:
            url = f"{server.url}/douyin/liveroom/audience?room_id={room.room_id}"
            async with http.get(url) as answer:
                assert answer.status == 200
                assert (await answer.json())["data"]
