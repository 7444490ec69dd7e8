"""Two ways to a Chromium: the pipe of one that we started, and the port of a running one.

Used by browser. Over the pipe no port is open that others on this machine could take the browser
over by, and a Chromium whose pipe closes ends, however its relay ended.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

import aiohttp
import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from relay.config import is_loopback
from relay.errors import UpstreamError
from relay.upstream.browser.cdp import MAX_MESSAGE_BYTES
from relay.upstream.outage import plain_reason

_CHUNK_BYTES = 256 * 1024
_OPEN_S = 10.0
_CLOSE_S = 1.0
_MAX_VERSION_BYTES = 64 * 1024


class PipeCarrier:
    """Messages end with a NUL."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._messages: deque[bytes] = deque()
        self._begun = bytearray()
        self._too_large = False

    async def read(self) -> bytes | None:
        """Give the next message, or None after the last."""
        while not self._messages:
            try:
                chunk = await self._reader.read(_CHUNK_BYTES)
            except OSError:
                return None
            if not chunk:
                return None
            self._split(chunk)
        return self._messages.popleft()

    async def write(self, message: bytes) -> None:
        """Send a message; one that can't be sent any more is dropped."""
        with suppress(OSError):
            self._writer.write(message + b"\0")
            await self._writer.drain()

    def _split(self, chunk: bytes) -> None:
        *ends, rest = chunk.split(b"\0")
        for end in ends:
            self._add(end)
            if not self._too_large:
                self._messages.append(bytes(self._begun))
            self._begun.clear()
            self._too_large = False
        self._add(rest)

    def _add(self, part: bytes) -> None:
        if self._too_large or len(self._begun) + len(part) > MAX_MESSAGE_BYTES:
            self._too_large = True
            self._begun.clear()
        else:
            self._begun += part


class _Version(Struct, frozen=True):
    url: str = msgspec.field(name="webSocketDebuggerUrl")


class SocketCarrier:
    """Messages are those of a WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, debug_url: str) -> Self:
        """Connect to a browser's debugging port. Raises UpstreamError `browser_down`."""
        try:
            async with asyncio.timeout(_OPEN_S):
                url = debug_url
                if urlsplit(url).scheme != "ws":
                    url = await _browser_url(debug_url)
                connection = await connect(
                    url,
                    compression=None,
                    proxy=None,
                    ping_interval=None,
                    close_timeout=_CLOSE_S,
                    max_size=MAX_MESSAGE_BYTES,
                )
        except TimeoutError:
            reason = "it did not answer in time"
        except (msgspec.DecodeError, UnicodeDecodeError):
            reason = "what answers is no browser"
        except (OSError, EOFError, ValueError, aiohttp.ClientError, WebSocketException) as error:
            reason = plain_reason(error)
        else:
            return cls(connection)
        raise UpstreamError(
            "browser_down",
            f"no browser at {urlsplit(debug_url).netloc}, [browser] debug_url: {reason}. Start "
            "Chromium with --remote-debugging-port and a --user-data-dir of its own",
        )

    async def read(self) -> bytes | None:
        """Give the next message, or None after the last."""
        try:
            return await self._connection.recv(decode=False)
        except ConnectionClosed:
            return None

    async def write(self, message: bytes) -> None:
        """Send a message; one that can't be sent any more is dropped."""
        with suppress(ConnectionClosed):
            await self._connection.send(message, text=True)

    async def close(self) -> None:
        """End the connection; the browser goes on."""
        await self._connection.close()


async def _browser_url(debug_url: str) -> str:
    """Ask a debugging port where the browser itself is spoken to."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            debug_url.rstrip("/") + "/json/version", allow_redirects=False, raise_for_status=True
        ) as response,
    ):
        body = bytearray()
        async for chunk in response.content.iter_chunked(_MAX_VERSION_BYTES):
            body += chunk
            if len(body) > _MAX_VERSION_BYTES:
                raise ValueError("it says too much")
    url = msgspec.json.decode(body, type=_Version).url
    if not is_loopback(urlsplit(url).hostname or ""):
        raise ValueError("it names another machine")
    return url
