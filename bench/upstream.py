"""A Douyin for one relay, with chats of exactly as many in each push frame as are asked for.

Pages and answers are the simulator's, the push socket is its own: frames are built before they are
due, so that nothing but sending them is between the time in them and the relay.
"""

import asyncio
import gzip
import random
from contextlib import AsyncExitStack
from itertools import cycle
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from relay.sim import Behaviours, Scenario, Simulator
from relay.sim.frames import FrameWriter
from relay.sim.messages import MessageWriter
from relay.sim.people import Crowd
from relay.sim.show import CHAT, NOTICE
from relay.webcast.pb import webcast_pb2 as pb

TEXT = "主播今天唱得真好听，再来一首吧"
_FIRST_ID = 7_500_000_000_000_000_000


def stamp(time_us: int, number: int) -> str:
    """Write what crowd.c looks for in an event: when it was sent, and which one it is."""
    return f"@T{time_us:016}#{number:010}"


class Upstream:
    """Rooms to watch, and the push socket that they are fed over."""

    def __init__(self, rooms: int, *, small: bool = False) -> None:
        """`small`: notices instead of chats, which are a third of their size."""
        # im/fetch would name the simulator's push socket.
        scenario = Scenario(rooms=rooms, rate=0.1, behaviours=Behaviours(fetch="empty"))
        self._simulator = Simulator(scenario)
        self.rooms = list(self._simulator.rooms)
        self._stack = AsyncExitStack()
        self._connections: dict[str, ServerConnection] = {}
        self._arrived = asyncio.Event()
        self._port = 0
        self._people = cycle(Crowd(random.Random(1)).people[:50])
        self._writer = MessageWriter(7_400_000_000_000_000_000, next(self._people))
        self._small = small
        self._frames = FrameWriter(1)
        self._number = 0

    async def __aenter__(self) -> "Upstream":
        await self._stack.enter_async_context(self._simulator)
        server = await self._stack.enter_async_context(
            serve(self._serve, "127.0.0.1", 0, compression=None, ping_interval=None)
        )
        self._port = next(iter(server.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    def config(self) -> str:
        """Give the lines of config.toml that point a relay here and watch the rooms."""
        url = self._simulator.url
        rooms = "".join(f'[[rooms]]\nroom = "{web_rid}"\n' for web_rid in self.rooms)
        return (
            f'[upstream]\nlive_url = "{url}"\nwebcast_url = "{url}"\n'
            f'push_urls = ["ws://127.0.0.1:{self._port}"]\ntransport = "socket"\n'
            f"calls_per_s = 1000.0\n{rooms}"
        )

    async def connected(self) -> None:
        """Wait until every room is fed from here."""
        async with asyncio.timeout(30):
            while len(self._connections) < len(self.rooms):
                self._arrived.clear()
                await self._arrived.wait()

    def build(self, batch: int, first: int, time_us: int) -> bytes:
        """Write a frame of `batch` chats, numbered from `first` on; the same for every room."""
        now_ms = time_us // 1000
        messages = []
        for number in range(first, first + batch):
            text, msg_id = f"{stamp(time_us, number)} {TEXT}", _FIRST_ID + number
            if self._small:
                method, payload = NOTICE, self._writer.notice(msg_id, now_ms, text)
            else:
                person = next(self._people)
                method, payload = CHAT, self._writer.chat(msg_id, now_ms, person, text)
            messages.append(pb.Message(method=method, msg_id=msg_id, payload=payload))
        self._number += 1
        pair = (
            f"t-{now_ms}_r-{_FIRST_ID + self._number}_d-1_u-1",
            f"internal_src:pushserver|first_req_ms:{now_ms}|wss_msg_type:r|wrds_v:{self._number}",
        )
        response = pb.Response(
            messages=messages,
            cursor=pair[0],
            internal_ext=pair[1],
            now=now_ms,
            heartbeat_duration=15,
            need_ack=True,
        )
        payload = gzip.compress(response.SerializeToString(), 1, mtime=0)
        frame = self._frames.msg(payload, pair, now_ms, compressed=True).SerializeToString()
        head = b"\x82" + (
            b"\x7e" + len(frame).to_bytes(2)
            if len(frame) < 1 << 16
            else b"\x7f" + len(frame).to_bytes(8)
        )
        return head + frame

    def send(self, frame: bytes) -> None:
        """Send a frame to every room."""
        if len(self._connections) < len(self.rooms):
            raise SystemExit("the relay has left its push socket")
        for connection in self._connections.values():
            connection.transport.write(frame)

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        (room_id,) = parse_qs(urlsplit(connection.request.path).query)["room_id"]
        self._connections[room_id] = connection
        self._arrived.set()
        try:
            async for message in connection:
                assert isinstance(message, bytes)
                if pb.PushFrame.FromString(message).payload_type == "hb":
                    await connection.send(self._frames.bare("hb").SerializeToString())
        except ConnectionClosed:
            pass
        finally:
            if self._connections.get(room_id) is connection:
                del self._connections[room_id]
