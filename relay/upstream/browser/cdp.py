"""The DevTools protocol over one connection to a Chromium; used by browser and page.

Commands have ids and are answered; events belong to sessions, one for each page, frame or worker.
Reference: https://chromedevtools.github.io/devtools-protocol/.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec
import structlog
from msgspec import Raw, Struct

from relay.errors import UpstreamError

MAX_MESSAGE_BYTES = 32 * 1024 * 1024
"""Of one message from the browser: a body of im/fetch of the greatest size that is read, in base64,
fits twice. Larger ones are passed over."""
ANSWER_S = 20.0
"""A browser that leaves a command unanswered for so long hangs."""
_MAX_UNSENT = 10_000
"""Commands; a browser that takes none hangs."""

_log = structlog.get_logger(__name__)
_Fields = TypeVar("_Fields", bound=Struct)

Handler = Callable[[str, Raw], None]
"""Takes an event of a session: its method, and its parameters. Must not raise."""


class CommandError(Exception):
    """The browser refused a command: most often, what it was for is gone."""


class Carrier(Protocol):
    """Carries messages to and from a browser."""

    async def read(self) -> bytes | None:
        """Give the next message, or None after the last."""
        ...

    async def write(self, message: bytes) -> None:
        """Send a message; one that can't be sent any more is dropped."""
        ...


class _Failure(Struct, frozen=True):
    message: str = ""


class _Message(Struct, frozen=True, rename="camel"):
    id: int = 0
    """0: an event."""
    method: str = ""
    params: Raw = Raw(b"{}")
    result: Raw = Raw(b"{}")
    error: _Failure | None = None
    session_id: str = ""


_decoder = msgspec.json.Decoder(_Message)


def read_fields(params: Raw, kind: type[_Fields]) -> _Fields | None:
    """Read the parameters of an event, or the result of a command; None where they are others."""
    try:
        return msgspec.json.decode(params, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class Cdp:
    """One connection. `run` serves it until it ends; nothing else reads from it."""

    def __init__(self, carrier: Carrier) -> None:
        self.lost = asyncio.Event()
        """The connection has ended: the browser is gone, or we are."""
        self.handlers: dict[str, Handler] = {}
        """Who takes the events of a session; "" is the browser itself."""
        self.on_lost: set[Callable[[], None]] = set()
        """Called once it has ended."""
        self._carrier = carrier
        self._pending: dict[int, asyncio.Future[Raw]] = {}
        self._unsent: asyncio.Queue[bytes] = asyncio.Queue(_MAX_UNSENT)
        self._last_id = 0

    async def run(self) -> None:
        """Carry messages until the connection ends."""
        sending = asyncio.create_task(self._send(), name="browser:send")
        try:
            while (message := await self._carrier.read()) is not None:
                self._take(message)
        finally:
            sending.cancel()
            self.end()
            await asyncio.wait((sending,))

    def end(self) -> None:
        """Treat the connection as ended: nothing is answered any more."""
        if self.lost.is_set():
            return
        self.lost.set()
        for future in self._pending.values():
            if not future.done():
                future.set_exception(_gone())
        self._pending.clear()
        for tell in tuple(self.on_lost):
            tell()

    def tell(self, method: str, params: Mapping[str, Any] | None = None, session: str = "") -> None:
        """Send a command whose answer is of no interest."""
        self._command(method, params, session)

    def call(
        self, method: str, params: Mapping[str, Any] | None = None, session: str = ""
    ) -> asyncio.Future[Raw]:
        """Send a command; its result comes in the future, or a CommandError, or `browser_down`."""
        future: asyncio.Future[Raw] = asyncio.get_running_loop().create_future()
        if self.lost.is_set():
            future.set_exception(_gone())
            return future
        number = self._command(method, params, session)
        self._pending[number] = future
        future.add_done_callback(lambda _: self._pending.pop(number, None))
        return future

    async def ask(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        session: str = "",
        *,
        within_s: float = ANSWER_S,
    ) -> Raw:
        """Send a command and wait for its result.

        Raises CommandError, TimeoutError, and UpstreamError `browser_down`.
        """
        async with asyncio.timeout(within_s):
            return await self.call(method, params, session)

    def _command(self, method: str, params: Mapping[str, Any] | None, session: str) -> int:
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": params or {}}
        if session:
            command["sessionId"] = session
        try:
            self._unsent.put_nowait(msgspec.json.encode(command))
        except asyncio.QueueFull:
            self.end()
        return self._last_id

    async def _send(self) -> None:
        while True:
            await self._carrier.write(await self._unsent.get())

    def _take(self, data: bytes) -> None:
        try:
            message = _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            _log.debug("the browser says what can't be read", error=str(error))
            return
        if message.id:
            future = self._pending.get(message.id)
            if future is None or future.done():
                return
            if message.error is not None:
                future.set_exception(CommandError(message.error.message))
            else:
                future.set_result(message.result)
        elif handler := self.handlers.get(message.session_id):
            handler(message.method, message.params)


def _gone() -> UpstreamError:
    return UpstreamError("browser_down", "the browser is gone")
