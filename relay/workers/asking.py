"""What a worker asks of the relay, and waits for: rooms, seats, the store; satisfies server.Holds.

Bounded by the clients: each waits for one answer at most.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from relay.errors import RelayError, RoomNameError, RoomRefusedError, StoreError
from relay.events.stored import Page
from relay.hub import Hub, Stream
from relay.workers.messages import (
    Acquire,
    CatchUp,
    Enter,
    Entered,
    Find,
    FromWorker,
    Held,
    PageFailed,
    PageRead,
    ReadPage,
    Refused,
    Release,
    Told,
    page_of,
)
from relay.workers.streams import Streams

MAX_PAGES = 16
"""Pages of the store that are on their way at once; each is of some 256 KiB."""

Answer = Held | Refused | Entered | Told | PageRead | PageFailed
_Result = TypeVar("_Result")


class Asking:
    """Requests to the relay, and what becomes of their answers."""

    def __init__(self, send: Callable[[FromWorker], None], hub: Hub, streams: Streams) -> None:
        self._send = send
        self._hub = hub
        self._streams = streams
        self._last = 0
        self._requests: dict[int, Callable[[Answer], None]] = {}
        """What to do with an answer."""
        self._pages: deque[tuple[asyncio.Future[Page | None], Callable[[int], ReadPage]]] = deque()
        """Those that are asked for when others have come."""
        self._pages_coming = 0

    def answered(self, answer: Answer) -> None:
        """Take an answer of the relay; called in order with what else it tells."""
        self._requests.pop(answer.request)(answer)

    # server.Holds

    async def acquire(self, name: str, *, may_start: bool) -> Stream | None:
        """Hold a room for one client."""
        future = self._ask(
            lambda request: Acquire(request, name, may_start), self._stream_in, self._give_back
        )
        try:
            return await future
        except asyncio.CancelledError:
            if not future.cancelled() and future.exception() is None:
                self._give_back(future.result())
            raise

    async def find(self, name: str) -> Stream | None:
        """Give the stream of a watched room."""
        return await self._ask(lambda request: Find(request, name), self._stream_in)

    def release(self, stream: Stream) -> None:
        """Give up one hold."""
        number = self._streams.number(stream)
        if number is not None:
            self._send(Release(number))

    async def catch_up(self) -> None:
        """Wait until the hub knows of all that has happened until now."""
        await self._ask(CatchUp, bool)

    # The rest

    def enter(self, token: str) -> asyncio.Future[Entered]:
        """Have a client counted, and a request of its token."""
        return self._ask(lambda request: Enter(request, token), _entered)

    def read_page(self, question: Callable[[int], ReadPage]) -> asyncio.Future[Page | None]:
        """Ask for a page of the store; `question` gives what to ask by the request's number."""
        future: asyncio.Future[Page | None] = asyncio.get_running_loop().create_future()
        self._pages.append((future, question))
        self._read_on()
        return future

    def _ask(
        self,
        question: Callable[[int], FromWorker],
        take: Callable[[Answer], _Result],
        give_back: Callable[[_Result], None] = lambda _: None,
    ) -> asyncio.Future[_Result]:
        """Send a question, by its number; `take` makes of the answer what is wanted, or raises.

        `give_back` is given what nobody waits for any more.
        """
        future: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()

        def answered(answer: Answer) -> None:
            try:
                result = take(answer)
            except RelayError as error:
                if not future.cancelled():
                    future.set_exception(error)
                return
            if future.cancelled():
                give_back(result)
            else:
                future.set_result(result)

        self._last += 1
        self._requests[self._last] = answered
        self._send(question(self._last))
        return future

    def _stream_in(self, answer: Answer) -> Stream | None:
        match answer:
            case Held(_, number):
                return None if number is None else self._streams[number]
            case Refused(_, "name", text):
                raise RoomNameError(text)
            case Refused(_, _, text):
                raise RoomRefusedError(text)
            case _:
                raise _unexpected(answer)

    def _give_back(self, stream: Stream | None) -> None:
        """Release what was acquired for somebody who does not wait for it any more."""
        present = None if stream is None else self._hub.present(stream)
        if present is not None:
            self.release(present)

    def _read_on(self) -> None:
        while self._pages and self._pages_coming < MAX_PAGES:
            wanted, question = self._pages.popleft()
            if not wanted.cancelled():
                self._pages_coming += 1
                coming = self._ask(question, _page)
                coming.add_done_callback(partial(self._page_came, wanted))

    def _page_came(
        self, wanted: asyncio.Future[Page | None], coming: asyncio.Future[Page | None]
    ) -> None:
        self._pages_coming -= 1
        error = coming.exception()
        if wanted.cancelled():
            pass
        elif error is not None:
            wanted.set_exception(error)
        else:
            wanted.set_result(coming.result())
        self._read_on()


def _entered(answer: Answer) -> Entered:
    if isinstance(answer, Entered):
        return answer
    raise _unexpected(answer)


def _page(answer: Answer) -> Page | None:
    match answer:
        case PageRead():
            return page_of(answer)
        case PageFailed(_, text):
            raise StoreError(text)
        case _:
            raise _unexpected(answer)


def _unexpected(answer: Answer) -> TypeError:
    return TypeError(f"{type(answer).__name__} answers another question")
