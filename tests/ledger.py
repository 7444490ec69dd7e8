"""What clients got of a room, held against what upstream sent and what gaps say is missing."""

import asyncio
from collections.abc import Callable

from relay.client import Gap, Message, connect
from relay.events import OWN_METHODS
from relay.sim.broadcast import REPLAY_MESSAGES

REPEATS = 2 * REPLAY_MESSAGES + 5
"""How many events may come of before a connection: with the first position, and with the socket."""
Item = Message | Gap


class Listener:
    """A client that resumes by itself, and keeps what it got by room."""

    def __init__(self, url: str, rooms: list[str], slow: str = "close") -> None:
        self.got: dict[str, list[Item]] = {room: [] for room in rooms}
        self.arrived = asyncio.Event()
        self._url = url
        self._slow = slow

    async def run(self) -> None:
        async with connect(
            self._url,
            rooms=self.got,
            max_wait_s=0.2,
            slow=self._slow,  # type: ignore[arg-type]
        ) as stream:
            async for item in stream.items():
                if isinstance(item, Message | Gap):
                    assert item.web_rid in self.got, f"of no room that was asked for: {item}"
                    self.got[item.web_rid].append(item)
                    self.arrived.set()

    async def hears(self, events: int = 1) -> None:
        """Wait until so many more have come."""
        wanted = sum(map(len, self.got.values())) + events
        await self.until(lambda: sum(map(len, self.got.values())) >= wanted)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until what has come makes something true."""
        while not true():
            self.arrived.clear()
            await self.arrived.wait()

    def epochs(self, room: str) -> set[str]:
        """Give those that events of a room have come of."""
        return {item.epoch for item in self.got[room] if isinstance(item, Message)}


async def all_hear(listeners: list[Listener], within_s: float = 30) -> None:
    """Wait until every client has got something."""
    async with asyncio.timeout(within_s):
        for listener in listeners:
            await listener.arrived.wait()


def check(got: list[Item], sent: list[str]) -> None:
    """Hold what a client got of a room against what upstream sent: nothing missing without a gap
    that says so, nothing twice.
    """
    places = {msg_id: index for index, msg_id in enumerate(sent)}
    last: Message | None = None
    told: Gap | None = None
    repeats = REPEATS
    had: set[tuple[str, int]] = set()
    ids: set[str] = set()
    before = ""  # the last of upstream's
    for item in got:
        if isinstance(item, Gap):
            told, repeats = item, REPEATS
            continue
        assert (item.epoch, item.offset) not in had, "no offset twice"
        had.add((item.epoch, item.offset))
        ids.add(item.msg_id)
        if last is not None and told is None:
            assert (item.epoch, item.offset) == (last.epoch, last.offset + 1)
            # To who connects upstream repeats some of what was before, not all.
            if repeats == 0 and item.method not in OWN_METHODS:
                between = sent[places[before] + 1 : places[item.msg_id]]
                assert ids.issuperset(between), "nobody said what is missing"
        elif last is not None and told is not None and item.epoch == last.epoch:
            assert told.offset is not None or (told.first, told.last) == (
                last.offset + 1,
                item.offset - 1,
            )
        last, told = item, None
        if item.method not in OWN_METHODS:
            before, repeats = item.msg_id, max(repeats - 1, 0)
