"""A small client of Douyin's protocol, written apart from the relay's own, for tests of the sim."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import aiohttp
import websockets
from websockets.asyncio.client import ClientConnection

from relay.sim import Simulator
from relay.webcast.pb import webcast_pb2 as pb

HEARTBEAT = b":\x02hb"
PATIENCE_S = 20.0


def push_query(broadcast: str, **changes: str) -> dict[str, str]:
    """The page's query; a change to "" takes a parameter away."""
    query = {
        "app_name": "douyin_web",
        "version_code": "180800",
        "webcast_sdk_version": "1.0.15",
        "compress": "gzip",
        "device_platform": "web",
        "browser_name": "Mozilla",
        "browser_version": "5.0 (Windows NT 10.0; Win64; x64)",
        "host": "https://live.douyin.com",
        "aid": "6383",
        "live_id": "1",
        "did_rule": "3",
        "user_unique_id": "7400000000000000001",
        "im_path": "/webcast/im/fetch/",
        "identity": "audience",
        "need_persist_msg_count": "15",
        "room_id": broadcast,
    } | changes
    return {key: value for key, value in query.items() if value}


def push_url(sim: Simulator, broadcast: str, **changes: str) -> str:
    return f"{sim.push_url}/webcast/im/push/v2/?{urlencode(push_query(broadcast, **changes))}"


class Viewer:
    """One push connection: reads msg frames, acks them, keeps what it saw."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.frames: list[pb.PushFrame] = []
        """Readable msg frames."""
        self.responses: list[pb.Response] = []
        self.messages: list[pb.Message] = []
        self.other: list[pb.PushFrame] = []
        """hb and close frames."""
        self.unreadable = 0
        self.ack_headers = False
        """Ack with the frame header's internal_ext, which is wrong."""

    @property
    def msg_ids(self) -> list[int]:
        return [message.msg_id for message in self.messages]

    @property
    def methods(self) -> list[str]:
        return [message.method for message in self.messages]

    @property
    def pair(self) -> dict[str, str]:
        """What continues the stream after the last frame."""
        last = self.responses[-1]
        return {"cursor": last.cursor, "internal_ext": last.internal_ext}

    async def read(self) -> None:
        """Read one WebSocket message. Raises ConnectionClosed."""
        data = await self.ws.recv()
        assert isinstance(data, bytes)
        frame, response = pb.PushFrame(), pb.Response()
        try:
            frame.ParseFromString(data)
            if frame.payload_type != "msg":
                self.other.append(frame)
                return
            zipped = frame.payload.startswith(b"\x1f\x8b")
            body = gzip.decompress(frame.payload) if zipped else frame.payload
            response.ParseFromString(body)
        except Exception:  # noqa: BLE001 - whatever a decoder says of a spoilt frame
            self.unreadable += 1
            return
        self.frames.append(frame)
        self.responses.append(response)
        self.messages += response.messages
        if response.need_ack:
            headers = {header.key: header.value for header in frame.headers}
            ext = headers["im-internal_ext"] if self.ack_headers else response.internal_ext
            ack = pb.PushFrame(logid=frame.logid, payload_type="ack", payload=ext.encode())
            await self.ws.send(ack.SerializeToString())

    async def read_until(self, done: Callable[[], bool]) -> None:
        """Read until `done()`."""
        async with asyncio.timeout(PATIENCE_S):
            while not done():
                await self.read()

    async def read_messages(self, count: int) -> None:
        """Read until `count` messages are there."""
        await self.read_until(lambda: len(self.messages) >= count)

    async def read_to_end(self) -> int | None:
        """Read until the connection ends; give its close code."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    await self.read()
                except websockets.ConnectionClosed:
                    return self.ws.close_code


@asynccontextmanager
async def watch(
    sim: Simulator, room_id: str = "", *, cookie: str = "ttwid=test", **changes: str
) -> AsyncIterator[Viewer]:
    """Connect to a room's push socket (the first room's by default) and say one heartbeat."""
    room_id = room_id or next(iter(sim.rooms.values())).room_id
    async with websockets.connect(
        push_url(sim, room_id, **changes),
        additional_headers={"Cookie": cookie},
        user_agent_header="Mozilla/5.0 test",
        ping_interval=None,
        compression=None,
        max_size=None,
        close_timeout=1,
        proxy=None,
    ) as ws:
        await ws.send(HEARTBEAT)
        yield Viewer(ws)


@asynccontextmanager
async def browser(**cookies: str) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP session that keeps cookies of loopback addresses."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, cookies=cookies) as session:
        yield session


async def fetch(
    session: aiohttp.ClientSession, sim: Simulator, room_id: str, **params: str
) -> pb.Response:
    """Ask im/fetch once."""
    query: Mapping[str, str] = {"room_id": room_id, "need_persist_msg_count": "15"} | params
    async with session.get(f"{sim.url}/webcast/im/fetch/", params=query) as answer:
        response = pb.Response()
        response.ParseFromString(await answer.read())
        return response


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something that another task does has happened."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - the simulator has no events for tests alone
            await asyncio.sleep(0.005)
