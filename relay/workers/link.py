"""One worker as the relay sees it: answers what it asks, and knows what it holds; used by the pool.

Whatever the worker held is given up when it ends, however that came.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial

import msgspec

from relay.errors import RoomNameError, RoomRefusedError, StoreError
from relay.events.stored import Page
from relay.hub import Stream
from relay.server.access import Access
from relay.server.state import ServerState
from relay.server.totals import Totals
from relay.workers.channel import Channel
from relay.workers.messages import (
    Acquire,
    Beat,
    CatchUp,
    Count,
    Enter,
    Entered,
    Find,
    Forgotten,
    Held,
    Left,
    Look,
    Looked,
    PageFailed,
    ReadPage,
    Ready,
    Refused,
    Release,
    Serving,
    Told,
    ToWorker,
    encode,
    page_read,
    relay_messages,
)

MAX_WAITING_BYTES = 64 * 1024 * 1024
"""What waits for a worker at most; one that is further behind does not read."""


class Link:
    """What connects the relay with one worker, from its start to its end."""

    def __init__(
        self,
        state: ServerState,
        number_of: Callable[[Stream], int],
        ready: Callable[["Link"], None],
        end: Callable[[str], None],
    ) -> None:
        """`number_of` gives a stream's number; `ready` is called once the worker wants its feed.

        `end` is called where it has to be killed, with the reason.
        """
        self.channel = Channel(self._take, self._lost)
        self.streams: dict[int, Stream] = {}
        """Those that the worker may still speak of, by number."""
        self.is_fed = False
        """Whether it has asked to be told what happens."""
        self.silent_ticks = 0
        """How often it was looked at since it said anything."""
        self.serving: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the worker accepts clients."""
        self.over = asyncio.Event()
        """Set once the worker is gone."""
        self._state = state
        self._number_of = number_of
        self._ready = ready
        self._end = end
        self._totals = Totals()
        """As the worker told last."""
        self._counted = asyncio.Event()
        """Set when the worker has told how much it has counted."""
        self._seats = 0
        """Clients that have entered and not left."""
        self._holds: Counter[Stream] = Counter()
        self._looks: dict[Stream, tuple[bool, bool] | None] = {}
        """What was seen of streams that were looked at; None: not told yet."""

    def send(self, message: ToWorker) -> None:
        """Tell the worker something."""
        self.send_encoded(encode(message))

    def send_encoded(self, message: bytes) -> None:
        """Tell the worker something that others are told as well."""
        self.channel.send(message)
        if self.channel.waiting_bytes > MAX_WAITING_BYTES:
            self._end("it does not read what it is told")
            self.channel.close()

    def counted(self) -> Totals:
        """Give what the worker has counted; of what it says "now", only what is known here."""
        if self.over.is_set():
            return msgspec.structs.replace(self._totals, clients=0, subscriptions=0)
        return msgspec.structs.replace(self._totals, clients=self._seats)

    def give_up(self) -> None:
        """Give up all that the worker held: it is gone. Safe to repeat."""
        self.channel.close()
        holds, self._holds = self._holds, Counter()
        for stream, count in holds.items():
            for _ in range(count):
                self._release(stream)
        self._state.seats_elsewhere -= self._seats
        self._seats = 0
        self.over.set()
        self._counted.set()

    def move_holds(self, stream: Stream, into: Stream) -> None:
        """Note that whoever holds a room holds another one now."""
        if count := self._holds.pop(stream, 0):
            self._holds[into] += count
        self._looks.pop(stream, None)

    def drop_holds(self, stream: Stream) -> None:
        """Note that nobody holds a room any more."""
        self._holds.pop(stream, None)
        self._looks.pop(stream, None)

    async def count(self) -> None:
        """Have the worker tell what it has counted."""
        self._counted.clear()
        self.send(Count())
        await self._counted.wait()

    def look(self, stream: Stream) -> tuple[bool, bool] | None:
        """Tell whether clients listen to a stream, and whether one is behind; None: ask again."""
        if stream in self._looks:
            seen = self._looks[stream]
            if seen is not None:
                del self._looks[stream]
            return seen
        self._looks[stream] = None
        self.send(Look(self._number_of(stream)))
        return None

    # What the worker says

    def _take(self, data: memoryview) -> None:
        self.silent_ticks = 0
        match relay_messages.decode(data):
            case Beat(totals):
                self._totals = totals
                self._counted.set()
            case Acquire(request, name, may_start):
                self._acquire(request, name, may_start=may_start)
            case Find(request, name):
                self._find(request, name)
            case Release(number):
                self._release_one(self.streams[number])
            case Forgotten(number):
                del self.streams[number]
            case Enter(request, token):
                self._enter(request, token)
            case Left():
                self._seats -= 1
                self._state.seats_elsewhere -= 1
            case ReadPage() as question:
                self._read_page(question)
            case CatchUp(request):
                self.send(Told(request))
            case Looked(number, listens, is_behind):
                stream = self.streams[number]
                if stream in self._looks:
                    self._looks[stream] = listens, is_behind
            case Ready():
                self.is_fed = True
                self._ready(self)
            case Serving():
                if not self.serving.done():
                    self.serving.set_result(None)

    def _lost(self) -> None:
        self.over.set()
        if not self.serving.done():
            self.serving.cancel()

    def _acquire(self, request: int, name: str, *, may_start: bool) -> None:
        rooms = self._state.rooms
        try:
            if not may_start and rooms.find(name) is None:
                self.send(Held(request, None))
                return
            stream = rooms.acquire(name)
        except RoomNameError as error:
            self.send(Refused(request, "name", str(error)))
        except RoomRefusedError as error:
            self.send(Refused(request, "refused", str(error)))
        else:
            self._holds[stream] += 1
            # A room that has just been started was told of before.
            self.send(Held(request, self._number_of(stream)))

    def _find(self, request: int, name: str) -> None:
        try:
            stream = self._state.rooms.find(name)
        except RoomNameError as error:
            self.send(Refused(request, "name", str(error)))
        else:
            self.send(Held(request, None if stream is None else self._number_of(stream)))

    def _release_one(self, stream: Stream) -> None:
        # It may have been merged, or closed, since the worker heard of it last.
        present = self._state.hub.present(stream)
        if present is not None and self._holds[present] > 0:
            self._holds[present] -= 1
            self._state.rooms.release(present)

    def _release(self, stream: Stream) -> None:
        present = self._state.hub.present(stream)
        if present is not None:
            self._state.rooms.release(present)

    def _enter(self, request: int, token: str) -> None:
        if self._state.is_full:
            self.send(Entered(request, is_full=True, wait_s=None))
            return
        self._seats += 1
        self._state.seats_elsewhere += 1
        wait_s = self._state.keyring.take(Access(token, frozenset())) if token else None
        self.send(Entered(request, is_full=False, wait_s=wait_s))

    def _read_page(self, question: ReadPage) -> None:
        archive = self._state.hub.archive
        if archive is None:
            self.send(page_read(question.request, None))
            return
        future = archive.page(
            question.since,
            question.into,
            question.upto,
            question.methods,
            all_but=question.all_but,
        )
        future.add_done_callback(partial(self._page_read, question.request))

    def _page_read(self, request: int, future: asyncio.Future[Page | None]) -> None:
        if self.over.is_set() or future.cancelled():
            return
        try:
            self.send(page_read(request, future.result()))
        except StoreError as error:
            self.send(PageFailed(request, str(error)))
