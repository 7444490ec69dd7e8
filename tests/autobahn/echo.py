"""The relay's own WebSocket port with somebody behind it who says everything back; see run.py."""

import asyncio
from functools import partial

from websockets.frames import Frame, Opcode

from relay.config import Config, ServerConfig
from relay.hub import Hub, Stream, Subscription
from relay.server.connection import ClientConnection, Shared
from relay.server.port import Port, PortConnection
from relay.server.state import ClientState


class Nobody:
    """Holds no rooms: none are asked for."""


class EchoState(ClientState):
    """Of a server that is never full."""

    is_full = False


class Echo:
    """Takes messages as a session does, and gives each back as it came."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def begin(self, path: str) -> None:
        pass

    async def read(self, message: str | bytes) -> None:
        if isinstance(message, str):
            frame = Frame(Opcode.TEXT, message.encode())
        else:
            frame = Frame(Opcode.BINARY, message)
        self._connection.write(frame.serialize(mask=False))
        await self._connection.writable()

    def close(self) -> None:
        pass

    def moved(self, old: Stream, subscription: Subscription) -> None:
        pass

    def ended(self, subscription: Subscription, reason: str) -> None:
        pass


async def serve_echo() -> tuple[asyncio.Server, EchoState]:
    """Serve on a port of loopback that the system chooses."""
    config = Config(server=ServerConfig(port=0))
    state = EchoState(config, Hub(config.hub), Nobody())  # type: ignore[arg-type]
    take = partial(ClientConnection.take, Shared(state, Echo))

    def no_http(_hand_back: object) -> asyncio.Protocol:
        raise AssertionError("the test suite speaks WebSocket only")

    def opened() -> None:
        """Nobody counts connections here."""

    port = Port(state, take, no_http)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: PortConnection(port, opened, is_plain=False), "127.0.0.1", 0
    )
    return server, state
