"""What one WebSocket client asks for and is told; run by the server for each connection."""

import asyncio
from contextlib import suppress

from websockets.exceptions import ConnectionClosed

from relay import __version__
from relay.server.connection import ClientConnection
from relay.server.messages import (
    Error,
    Hello,
    Limits,
    Ping,
    Pong,
    RequestError,
    Subscribe,
    read_message,
)
from relay.server.query import read_query, read_request
from relay.server.state import ServerState
from relay.server.subscriptions import Subscriptions, close_code

_HISTORY_LOOK_S = 0.005
"""How often a client that pings is looked at while history is written to it."""


class Session:
    """Reads one connection's messages and answers them."""

    def __init__(self, connection: ClientConnection, state: ServerState) -> None:
        self._connection = connection
        self._state = state
        self._subscriber = connection.subscriber
        self._subscriptions = Subscriptions(connection, state)
        connection.follower = self._subscriptions

    async def run(self) -> None:
        """Serve the connection until it closes, or begins to."""
        try:
            with suppress(ConnectionClosed):
                await self._serve()
        finally:
            self._connection.follower = None
            self._subscriptions.close()

    async def _serve(self) -> None:
        connection = self._connection
        connection.send_message(Hello(__version__, Limits.of(self._state.config.hub)))
        try:
            request, complaints = read_query(connection.request_path)
            for complaint in complaints:
                connection.send_message(Error(None, "bad_request", complaint))
            self._subscriptions.subscribe(request)
            self._subscriptions.in_query = set(self._subscriber.subscriptions)
        except RequestError as error:
            connection.send_message(Error(None, error.code, str(error)))
            connection.begin_close(close_code(error), f"{error.code}: {error}")
            return
        async for message in connection:
            if self._subscriber.closed:  # what was sent before the client knew is not obeyed
                return
            if isinstance(message, bytes):
                await connection.close(1003, "messages are JSON text")
                return
            try:
                await self._handle(message)
            except RequestError as error:
                connection.send_message(Error(error.request_id, error.code, str(error)))
            # Who does not read the answers is not asked for more.
            await connection.writable()

    async def _handle(self, text: str) -> None:
        message = read_message(text)
        if isinstance(message, Ping):
            await self._answer(message)
            return
        request = read_request(message)
        if not request.rooms:
            raise RequestError("bad_request", "room_id is empty; name a room", request.id)
        if isinstance(message, Subscribe):
            self._subscriptions.subscribe(request)
        else:
            self._subscriptions.unsubscribe(request)

    async def _answer(self, ping: Ping) -> None:
        """Send a pong behind everything that there was for the client when its ping came."""
        while not self._subscriber.settle():
            # It reads too slowly, or history is written to it, a piece a turn or from the store.
            await self._connection.writable()
            await asyncio.sleep(_HISTORY_LOOK_S)
        self._connection.send_message(Pong(ping.id))
