"""What the simulator did and what its clients did, for tests and GET /_sim/state.

Everything here is bounded: the oldest entries go first, the counters stay.
"""

from collections import Counter, deque
from collections.abc import Collection

from msgspec import Struct, field

from relay.sim.delivered import Delivered
from relay.sim.gifts_told import GiftsTold

MAX_SENT = 50_000
"""Messages remembered per room."""
MAX_CONNECTIONS = 1_000
"""Closed push connections remembered."""
MAX_REFUSALS = 200
"""Refused handshakes remembered."""
MAX_SIGN_CALLS = 200
"""Questions to the sign servers remembered."""
MAX_TIMES = 100
"""Heartbeat times remembered per connection, im/fetch times per room."""


class SentMessage(Struct, frozen=True):
    """One message that a room sent."""

    room_id: str
    batch: int
    """Which frame of its broadcast."""
    method: str
    msg_id: str
    corrupt: bool
    """Sockets got its frame unreadable."""
    duplicate: bool
    """Sent before, with the same msg_id."""


class ConnectionRecord(Struct):
    """One push connection, open or closed."""

    number: int
    """1, 2, 3 … in this simulator."""
    web_rid: str
    room_id: str
    opened_ms: int
    logged_in: bool
    """When it was opened."""
    signed: bool
    user_agent: str
    user_unique_id: str
    ttwid: str
    login: str
    """Its sessionid; empty: none."""
    host: str
    """Which push host it came to: push1, push2 …"""
    resume: str = ""
    """What its cursor pair meant: fresh, continued, expired or foreign."""
    closed_ms: int = 0
    """0 while open."""
    close_cause: str = ""
    """client, no_pong, no_heartbeat, cut, closed, close_frame, kicked, host_down, gone or
    stopped."""
    frames: int = 0
    messages: int = 0
    replayed: int = 0
    """Persisted messages repeated at the start; not in `messages`."""
    replayed_ids: list[str] = []
    """Their msg_ids."""
    delivered: Delivered = field(default_factory=Delivered)
    corrupt_frames: int = 0
    lost_batches: int = 0
    """Batches that were no longer kept when this slow connection came to them."""
    acks_wanted: int = 0
    acks_good: int = 0
    acks_bad: int = 0
    """Unknown logid, or a payload that is not that Response's internal_ext."""
    acks_missing: int = 0
    """Wanted, and not (yet) come."""
    heartbeats: int = 0
    heartbeat_ms: deque[int] = field(default_factory=lambda: deque(maxlen=MAX_TIMES))
    """When they came, Unix milliseconds."""
    pings: int = 0
    """WebSocket PINGs sent to it."""
    pongs: int = 0
    odd_frames: int = 0
    """Frames from the client that are neither ack nor heartbeat."""


class Refusal(Struct, frozen=True):
    """A push handshake that was refused."""

    time_ms: int
    room_id: str
    reason: str
    """What was wrong, in words."""


class SignCall(Struct, frozen=True):
    """A question to one of the sign servers."""

    time_ms: int
    shape: str
    """Which server: relay, lulajax and so on."""
    kind: str
    """`ws`, `http`, or `status`, which is no signature."""
    answer: str
    """What it was answered: `ok`, or how the server failed."""
    cookie: bool
    """Whether it was shown a cookie."""


class RoomLedger:
    """What one room sent and was asked."""

    def __init__(self) -> None:
        self.sent: deque[SentMessage] = deque(maxlen=MAX_SENT)
        self.sent_by_method: Counter[str] = Counter()
        self.gifts = GiftsTold()
        self.frames = 0
        self.fetched = 0
        """im/fetch answers with a Response."""
        self.fetch_ms: deque[int] = deque(maxlen=MAX_TIMES)
        """When im/fetch was asked, Unix milliseconds."""
        self.shed = 0
        """Messages not made because the machine could not keep the rate."""
        self.requests: Counter[str] = Counter()
        """HTTP requests about it by endpoint and answer, e.g. `enter ok`."""


class Ledger:
    """What all push connections did, and how often each endpoint was called."""

    def __init__(self) -> None:
        self.connections: dict[int, ConnectionRecord] = {}
        """Open ones, by number."""
        self.closed: deque[ConnectionRecord] = deque(maxlen=MAX_CONNECTIONS)
        self.refusals: deque[Refusal] = deque(maxlen=MAX_REFUSALS)
        self.opened = 0
        self.refused = 0
        self.calls: Counter[str] = Counter()
        """HTTP calls by endpoint, good and refused ones, whatever room they are about."""
        self.sign_calls: deque[SignCall] = deque(maxlen=MAX_SIGN_CALLS)
        self.signed: Counter[str] = Counter()
        """Questions to the sign servers by shape and answer, e.g. `tikhub 429`."""

    def of_room(self, web_rid: str) -> list[ConnectionRecord]:
        """Give a room's connections in the order they were opened."""
        every = [*self.closed, *self.connections.values()]
        return sorted((c for c in every if c.web_rid == web_rid), key=lambda c: c.number)

    def union(
        self, web_rid: str, room: RoomLedger, numbers: Collection[int] | None = None
    ) -> list[str]:
        """Give the msg_ids that a room's connections were sent, each once, in the room's order.

        `numbers`: which connections; None: all that are remembered. What a cut took off the line
        is among it.
        """
        records = [c for c in self.of_room(web_rid) if numbers is None or c.number in numbers]
        replayed = {msg_id for record in records for msg_id in record.replayed_ids}
        found: dict[str, None] = {}
        for sent in room.sent:
            if sent.msg_id in replayed or any(
                record.room_id == sent.room_id
                and (span.low_value_only or not sent.corrupt)
                and span.covers(sent.batch, sent.method, record.number, int(sent.msg_id))
                for record in records
                for span in record.delivered.spans
            ):
                found[sent.msg_id] = None
        return list(found)
