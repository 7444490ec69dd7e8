"""One broadcast of a room: its messages in numbered batches, and how cursors name them.

Kept by room; push and http read batches from it.
"""

import asyncio
import gzip
import re
import time
from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum

from relay.sim.behaviours import Behaviours
from relay.sim.goods import Product
from relay.sim.people import Crowd, Person
from relay.sim.show import GIFT, PERSISTED, MsgIds, Sent, Show
from relay.webcast.pb import webcast_pb2 as pb

LOG_BYTES = 32 * 1024 * 1024
"""Payload bytes of past batches that a cursor can still come back to; older ones are gone."""
LOG_S = 600.0
"""And for how long."""
REPLAY_MESSAGES = 15
"""Persisted messages a new connection gets, at most."""

_CURSOR = re.compile(r"t-[0-9]+_r-([0-9]{1,20})_d-1_u-1")
_EXT = re.compile(r"(?:.*\|)?wrds_v:([0-9]{1,20})(?:\|.*)?")


class Resume(StrEnum):
    """What a connection's cursor and internal_ext meant."""

    FRESH = "fresh"
    """Neither was given."""
    CONTINUED = "continued"
    """A pair that this broadcast issued: nothing is missing."""
    EXPIRED = "expired"
    """A pair that this broadcast issued too long ago: what the log has lost is missing."""
    FOREIGN = "foreign"
    """Made up, mixed from two answers, or another broadcast's: taken as no pair."""


class Batch:
    """Messages that go out together: one push frame, a part of an im/fetch answer."""

    def __init__(
        self, number: int, messages: Sequence[Sent], now_ms: int, behaviours: Behaviours
    ) -> None:
        self.number = number
        """1, 2, 3 … in its broadcast."""
        self.messages = messages
        self.now_ms = now_ms
        self.corrupt = one_in(behaviours.corrupt_every, number)
        """Sockets get it unreadable."""
        self.compressed = not one_in(behaviours.uncompressed_every, number)
        self.need_ack = one_in(behaviours.ack_every, number)
        self.made_at = time.monotonic()
        self.bytes = sum(len(message.payload) for message in messages)
        self.payloads: dict[bool, bytes] = {}
        """With gifts or without → what a push frame carries, made once for all connections."""


class Broadcast:
    """One broadcast: room_id, show, log."""

    def __init__(
        self,
        *,
        room_id: int,
        seed: str,
        anchor: Person,
        crowd: Crowd,
        goods: Sequence[Product],
        ids: MsgIds,
        title: str,
        radio: bool,
        started_ms: int,
        heartbeat_s: int,
    ) -> None:
        self.room_id = str(room_id)
        self.title = title
        self.radio = radio
        self.started_ms = started_ms
        self.ended_ms = 0
        """0 while it is live."""
        self.show = Show(
            seed=seed, room_id=room_id, anchor=anchor, crowd=crowd, goods=goods, ids=ids
        )
        self.connects = 0
        """Push connections so far."""
        self.head = 0
        """Number of the last batch."""
        self._base = room_id
        # wrds_v and the cursor's r- differ upstream, too: only the pair names a place, and no
        # pair of one broadcast is one of another.
        self._ext_base = room_id + room_id % 65_537 * 1_000_003
        self._heartbeat_s = heartbeat_s
        self._log: deque[Batch] = deque()
        self._log_bytes = 0
        self._persisted: deque[tuple[int, Sent]] = deque(maxlen=10 * REPLAY_MESSAGES)
        self._watchers: set[asyncio.Event] = set()

    @property
    def live(self) -> bool:
        """Whether it is on."""
        return self.ended_ms == 0

    @property
    def watched(self) -> bool:
        """Whether a push connection is open."""
        return bool(self._watchers)

    def watch(self, wake: asyncio.Event) -> None:
        """Set `wake` whenever something changes, until `unwatch`."""
        self._watchers.add(wake)

    def unwatch(self, wake: asyncio.Event) -> None:
        """Undo `watch`."""
        self._watchers.discard(wake)

    def notify(self) -> None:
        """Wake the push connections."""
        for wake in self._watchers:
            wake.set()

    def append(self, messages: Sequence[Sent], now_ms: int, behaviours: Behaviours) -> Batch:
        """Send messages out as the next batch."""
        self.head += 1
        batch = Batch(self.head, messages, now_ms, behaviours)
        self._log.append(batch)
        self._log_bytes += batch.bytes
        while len(self._log) > 1 and (
            self._log_bytes > LOG_BYTES or batch.made_at - self._log[0].made_at > LOG_S
        ):
            self._log_bytes -= self._log.popleft().bytes
        self._persisted.extend(
            (self.head, message) for message in messages if message.method in PERSISTED
        )
        self.notify()
        return batch

    def after(self, number: int) -> Batch | None:
        """Give the first batch after `number` that is still kept; None at the end."""
        if number >= self.head:
            return None
        return self._log[max(0, number + 1 - self._log[0].number)]

    def persisted(self, number: int, count: int) -> list[Sent]:
        """Give the last `count` persisted messages up to batch `number`."""
        upto = [message for at, message in self._persisted if at <= number]
        return upto[-count:] if count else []

    def pair(self, number: int, now_ms: int, first_req_ms: int) -> tuple[str, str]:
        """Give cursor and internal_ext that mean: everything up to batch `number` was had."""
        return (
            f"t-{now_ms}_r-{self._base + number}_d-1_u-1",
            f"internal_src:pushserver|first_req_ms:{first_req_ms}|wss_msg_type:r"
            f"|wrds_v:{self._ext_base + number}",
        )

    def locate(self, cursor: str, internal_ext: str) -> tuple[int, Resume]:
        """Say which batch a pair names, and how good it is; the end for all but our own."""
        if not cursor and not internal_ext:
            return self.head, Resume.FRESH
        place = _CURSOR.fullmatch(cursor)
        ext = _EXT.fullmatch(internal_ext)
        if place is None or ext is None:
            return self.head, Resume.FOREIGN
        number = int(place[1]) - self._base
        if not 0 <= number <= self.head or int(ext[1]) - self._ext_base != number:
            return self.head, Resume.FOREIGN
        oldest = self._log[0].number if self._log else 1
        if number < oldest - 1:
            return oldest - 1, Resume.EXPIRED
        return number, Resume.CONTINUED

    def payload(self, batch: Batch, *, gifts: bool) -> bytes:
        """Give what a batch's push frame carries; the same bytes for all connections."""
        known = batch.payloads.get(gifts)
        if known is None:
            messages = batch.messages if gifts else without_gifts(batch.messages)
            cursor, internal_ext = self.shared_pair(batch)
            known = self.response(
                messages, cursor, internal_ext, batch.now_ms, need_ack=batch.need_ack
            ).SerializeToString()
            if batch.compressed:
                known = compress(known)
            batch.payloads[gifts] = known
        return known

    def response(
        self,
        messages: Iterable[Sent],
        cursor: str,
        internal_ext: str,
        now_ms: int,
        *,
        need_ack: bool,
    ) -> pb.Response:
        """Build a Response."""
        return pb.Response(
            messages=[
                pb.Message(method=message.method, msg_id=message.msg_id, payload=message.payload)
                for message in messages
            ],
            cursor=cursor,
            internal_ext=internal_ext,
            now=now_ms,
            heartbeat_duration=self._heartbeat_s,
            need_ack=need_ack,
        )

    def shared_pair(self, batch: Batch) -> tuple[str, str]:
        """Give the pair inside a batch's Response.

        Its first_req_ms is not the connection's own, which the frame's header has: recorded
        sessions show such shared Responses, and acks must carry the Response's.
        """
        return self.pair(batch.number, batch.now_ms, self.started_ms)


def without_gifts(messages: Iterable[Sent]) -> list[Sent]:
    """Leave the gifts out: what connections without login get in most rooms."""
    return [message for message in messages if message.method != GIFT]


def compress(body: bytes) -> bytes:
    """Gzip a body: fast, and without the time in its header."""
    return gzip.compress(body, 1, mtime=0)


def one_in(every: int, number: int) -> bool:
    """Say whether the `number`th is one in `every`; 0 = never."""
    return every > 0 and number % every == 0
