"""What one WebSocket client asks for and is told; made by the server for each connection."""

import asyncio

from websockets.frames import CloseCode as Code

from relay import __version__
from relay.hub import Stream, Subscription
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
from relay.server.state import ClientState
from relay.server.subscriptions import Subscriptions, close_code

_HISTORY_LOOK_S = 0.005
"""How often a client that pings is looked at while history is written to it."""


class Session:
    """Obeys one connection's messages and answers them."""

    __slots__ = ("_connection", "_state", "_subscriber", "_subscriptions")

    def __init__(self, connection: ClientConnection, state: ClientState) -> None:
        self._connection = connection
        self._state = state
        self._subscriber = connection.subscriber
        self._subscriptions = Subscriptions(connection, state)

    async def begin(self, path: str) -> None:
        """Greet the client, and subscribe to what path and query of its handshake ask for."""
        connection = self._connection
        connection.send_message(Hello(__version__, Limits.of(self._state.config.hub)))
        try:
            request, complaints = read_query(path)
            for complaint in complaints:
                connection.send_message(Error(None, "bad_request", complaint))
            await self._subscriptions.subscribe(request)
            self._subscriptions.in_query = set(self._subscriber.subscriptions)
        except RequestError as error:
            connection.send_message(Error(None, error.code, str(error)))
            connection.begin_close(close_code(error), f"{error.code}: {error}")

    async def read(self, message: str | bytes) -> None:
        """Obey one message."""
        connection = self._connection
        if isinstance(message, bytes):
            connection.begin_close(Code.UNSUPPORTED_DATA, "messages are JSON text")
            return
        try:
            await self._handle(message)
        except RequestError as error:
            connection.send_message(Error(error.request_id, error.code, str(error)))
        # Who does not read the answers is not asked for more.
        await connection.writable()

    def close(self) -> None:
        """Give everything up: the connection is gone."""
        self._subscriptions.close()

    def moved(self, old: Stream, subscription: Subscription) -> None:
        """Tell that a room turned out to be another one."""
        self._subscriptions.moved(old, subscription)

    def ended(self, subscription: Subscription, reason: str) -> None:
        """Tell that a room is no longer watched."""
        self._subscriptions.ended(subscription, reason)

    def end_forbidden(self) -> None:
        """End the subscriptions to rooms that the client's token is not for any more."""
        self._subscriptions.end_forbidden()

    async def _handle(self, text: str) -> None:
        message = read_message(text)
        if isinstance(message, Ping):
            await self._answer(message)
            return
        request = read_request(message)
        if not request.rooms:
            raise RequestError("bad_request", "room_id is empty; name a room", request.id)
        if isinstance(message, Subscribe):
            await self._subscriptions.subscribe(request)
        else:
            await self._subscriptions.unsubscribe(request)

    async def _answer(self, ping: Ping) -> None:
        """Send a pong behind everything that there was for the client when its ping came."""
        await self._state.holds.catch_up()
        while not self._subscriber.settle():
            # It reads too slowly, or history is written to it, a piece a turn or from the store.
            await self._connection.writable()
            await asyncio.sleep(_HISTORY_LOOK_S)
        self._connection.send_message(Pong(ping.id))
