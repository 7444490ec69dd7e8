"""A server under test: real hub, real sockets, and rooms that only exist in memory."""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar, get_origin, get_type_hints

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from relay.config import (
    AuthConfig,
    Config,
    HubConfig,
    LimitsConfig,
    RestConfig,
    ServerConfig,
    WatchConfig,
)
from relay.errors import RoomNameError, RoomRefusedError, UpstreamError
from relay.events import Event
from relay.events.listed import GiftList
from relay.hub import Archive, Hub, RoomState, RoomStatus, Stream
from relay.server import RelayServer
from relay.webcast.rest.answer import Answer, Cart, RoomAlive
from relay.workers import new_server

AnyPayload = TypeVar("AnyPayload", bound=msgspec.Struct)
WORKERS = int(os.environ.get("RELAY_TESTS_WORKERS", "1"))
"""[server] workers of every relay under test, for a run by hand with more than one."""
_ids = itertools.count(7_000_000_000_000_000_000)


def make_event(method: str = "WebcastChatMessage", msg_id: str = "", **payload: Any) -> Event:
    return Event(
        method=method,
        msg_id=msg_id or str(next(_ids)),
        room_id="7000000000000000001",
        web_rid="80000000001",
        time=1_630_827_777_298,
        payload=payload or {"content": "你好"},
    )


def make_payload(kind: type[AnyPayload], **fields: Any) -> AnyPayload:
    """Make a payload struct, or one that is part of one; what isn't given is neutral."""
    neutral: dict[Any, Any] = {int: 0, float: 0.0, str: "", bool: False}
    hints = get_type_hints(kind)
    defaults = {
        name: () if get_origin(hint) is tuple else neutral.get(hint) for name, hint in hints.items()
    }
    return kind(**{**defaults, **fields})


def told(state: Literal["live", "ended", "not_found"], **fields: Any) -> RoomAlive:
    """What upstream tells of whether a room is live."""
    known = {"source": "reflow", "fetched_at_ms": 1_630_827_777_298, **fields}
    return RoomAlive(state, **known)


def make_status(web_rid: str = "80000000001", **changes: Any) -> RoomStatus:
    status = RoomStatus(
        name=web_rid,
        web_rid=web_rid,
        room_id=f"7{web_rid:0>18}",
        state=RoomState.LIVE,
        reason="",
        title="点歌",
        anchor="主播",
        transport="socket",
        since_ms=1_630_827_777_298,
    )
    return msgspec.structs.replace(status, **changes)


class FakeRooms:
    """Rooms by number, started on demand; the room `refused` may not be."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.rooms: dict[str, Stream] = {}
        self.holders: dict[Stream, int] = {}
        self.first_status: RoomStatus | None = None
        """What rooms are when they are started; None: live."""
        self._changed = asyncio.Event()

    def __getitem__(self, name: str) -> Stream:
        return self.rooms[name]

    def _start(self, name: str) -> Stream:
        stream = self.find(name)
        if stream is None:
            if name == "refused":
                raise RoomRefusedError("room refused is not watched")
            stream = self.rooms[name] = self.hub.open(self.first_status or make_status(name))
            self.holders[stream] = 0
        return stream

    def acquire(self, name: str) -> Stream:
        stream = self._start(name)
        self.holders[stream] += 1
        self._changed.set()
        return stream

    def release(self, stream: Stream) -> None:
        self.holders[stream] -= 1
        assert self.holders[stream] >= 0
        self._changed.set()

    async def held(self, holders: int) -> None:
        """Wait until clients hold rooms so many times."""
        async with asyncio.timeout(10):
            while sum(self.holders.values()) != holders:
                self._changed.clear()
                await self._changed.wait()

    async def let_go(self) -> None:
        """Wait until no client holds a room."""
        await self.held(0)

    def find(self, name: str) -> Stream | None:
        if not (name.isdigit() or name == "refused"):
            raise RoomNameError(f"{name!r} is no room")
        by_id = {stream.status.room_id: stream for stream in self.rooms.values()}
        return self.rooms.get(name) or by_id.get(name)

    def add(self, name: str) -> Stream:
        return self._start(name)

    def remove(self, name: str) -> bool:
        stream = self.find(name)
        if stream is None:
            return False
        self.close(name, "removed")
        return True

    def close(self, name: str, reason: str) -> None:
        stream = self.rooms.pop(name)
        del self.holders[stream]
        self.hub.close(stream, reason)

    def merge(self, name: str, into: str) -> None:
        stream, other = self.rooms.pop(name), self.rooms[into]
        self.holders[other] += self.holders.pop(stream)
        self.hub.merge(stream, other)

    def streams(self) -> list[Stream]:
        return list(self.rooms.values())


class FakeLive:
    """Douyin's answers as a test wants them: by (endpoint, room)."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer | UpstreamError] = {}
        """What isn't here is unreachable. A feed's "room" is its limit, with a + if enriched."""
        self.rooms: dict[str, RoomAlive] = {}
        """What `alive` says; what isn't here is unknown."""
        self.carts: dict[str, Cart] = {}
        self.catalogue: GiftList | None = None
        """What is on the gift list; None: it is unreachable."""
        self.asked: list[tuple[str, ...]] = []
        self.calls: dict[tuple[str, str], int] = {}
        self.hits: dict[str, int] = {}
        self.signatures: dict[tuple[str, str], int] = {}
        self.left_alone: dict[str, bool] = {}
        self.hangs = False
        """Whether answers don't come."""
        self.awaited = asyncio.Semaphore(0)
        """Released for every answer that doesn't come."""

    async def _come(self) -> None:
        if self.hangs:
            self.awaited.release()
            await asyncio.Event().wait()

    def give(self, endpoint: str, room: str, data: object, **fields: Any) -> None:
        """Answer with `data`."""
        known = {"source": "reflow", "fetched_at_ms": 1_630_827_777_298, **fields}
        self.answers[endpoint, room] = Answer(msgspec.Raw(msgspec.json.encode(data)), **known)

    def fail(self, endpoint: str, room: str, cause: str, **fields: Any) -> None:
        """Answer with an UpstreamError."""
        self.answers[endpoint, room] = UpstreamError(cause, f"it is {cause}", **fields)

    async def _answer(self, endpoint: str, room: str) -> Answer:
        self.asked.append((endpoint, room))
        await self._come()
        unreachable = UpstreamError("unreachable", "no network in this test")
        answer = self.answers.get((endpoint, room), unreachable)
        if isinstance(answer, UpstreamError):
            raise answer
        return answer

    async def info(self, name: str) -> Answer:
        return await self._answer("info", name)

    async def alive(self, names: Sequence[str]) -> list[RoomAlive]:
        self.asked.append(("alive", *names))
        await self._come()
        return [self.rooms.get(name, RoomAlive("unknown", cause="timeout")) for name in names]

    async def audience(self, name: str) -> Answer:
        return await self._answer("audience", name)

    async def promotions(self, name: str) -> Answer:
        return await self._answer("promotions", name)

    async def cart(self, name: str) -> Cart:
        if name not in self.carts:
            raise UpstreamError("unreachable", "no network in this test")
        return self.carts[name]

    async def gifts(self) -> GiftList:
        if self.catalogue is None:
            raise UpstreamError("unreachable", "no network in this test")
        return self.catalogue

    async def feed(self, limit: int, *, enrich: bool) -> Answer:
        return await self._answer("feed", f"{limit}{'+' * enrich}")


class Relay:
    """A running server with its hub, its rooms, and what it is told of others."""

    def __init__(self, hub: Hub, rooms: FakeRooms, live: FakeLive, server: RelayServer) -> None:
        self.hub = hub
        self.rooms = rooms
        self.live = live
        self.server = server

    @property
    def url(self) -> str:
        return self.server.url

    def publish(self, room: str, *events: Event) -> None:
        self.hub.publish(self.rooms[room], events)

    async def sent(self, connection: ClientConnection) -> list[dict[str, Any]]:
        """Receive all that there is for a client: what comes before the answer to a ping."""
        self.hub.flush()
        await connection.send('{"op":"ping","id":"all"}')
        frames = await receive(connection)
        while frames[-1] != {"op": "pong", "id": "all"}:
            frames += await receive(connection)
        return frames[:-1]

    def connect(self, query: str = "", **options: Any) -> connect:
        return connect(self.url.replace("http", "ws") + "/ws" + query, proxy=None, **options)


@asynccontextmanager
async def relay_running(
    *,
    hub: HubConfig | None = None,
    server: ServerConfig | None = None,
    auth: AuthConfig | None = None,
    limits: LimitsConfig | None = None,
    rest: RestConfig | None = None,
    watch: WatchConfig | None = None,
    first_s: float = 5,
    stop_s: float = 5,
    archive: Archive | None = None,
) -> AsyncIterator[Relay]:
    if server is not None and server.workers == 1:
        server = msgspec.structs.replace(server, workers=WORKERS)
    config = Config(
        hub=hub or HubConfig(),
        server=server or ServerConfig(port=0, workers=WORKERS),
        auth=auth or AuthConfig(),
        limits=limits or LimitsConfig(),
        rest=rest or RestConfig(),
        watch=watch or WatchConfig(),
    )
    its_hub = Hub(config.hub, archive)
    rooms = FakeRooms(its_hub)
    live = FakeLive()
    its_server = new_server(config, its_hub, rooms, live, first_s=first_s)
    relay = Relay(its_hub, rooms, live, its_server)
    await relay.server.start()
    try:
        yield relay
    finally:
        await relay.server.stop(stop_s)


async def receive(connection: ClientConnection, count: int = 1) -> list[dict[str, Any]]:
    """Receive this many frames."""
    async with asyncio.timeout(10):
        return [json.loads(await connection.recv()) for _ in range(count)]


async def receive_until(connection: ClientConnection, op: str | None) -> list[dict[str, Any]]:
    """Receive frames up to one with this op; None: an event."""
    frames = await receive(connection)
    while frames[-1].get("op") != op:
        frames += await receive(connection)
    return frames
