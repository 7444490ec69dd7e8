"""What is known of a combo of gifts, what tells it apart, and how it is kept; used by gifts."""

from hashlib import blake2b

from msgspec import Struct

from relay.events import Event, GiftPayload, SimulatedEvent

MOST_GIFTS = 10**9
"""A count of upstream's from here on is no count: it is taken as 1, as are those below."""
MOST_DIAMONDS = 10**9
"""A price from here on is none: the gift counts without value, as with those below zero."""
MOST_VALUE = 10**12
"""Diamonds of a combo: it counts for no more, so that sums stay numbers that anybody can read."""

_ID_BYTES = 9


class Combo:
    """What is known of a combo. While it is over, `event` and `payload` are None."""

    __slots__ = (
        "at_s",
        "combo_id",
        "each",
        "event",
        "first_ms",
        "is_ended",
        "last_ms",
        "payload",
        "running",
        "told",
        "told_diamonds",
        "total",
    )

    def __init__(self, combo_id: str, time_ms: int) -> None:
        self.combo_id = combo_id
        self.event: Event | None = None
        """Its last message."""
        self.payload: GiftPayload | None = None
        """That of the message with the highest count."""
        self.at_s = 0.0
        """When the last message came; when it is over, when that was."""
        self.first_ms = self.last_ms = time_ms
        """Times of its first and last message since it was over last."""
        self.total = 0
        self.each = 0
        """Diamonds."""
        self.told = 0
        """How many of them RelayGiftCombo has told."""
        self.told_diamonds = 0
        self.is_ended = False
        """Nothing more should come."""
        self.running = ""
        """What further messages of it are known by where upstream numbers no group."""

    @property
    def diamonds(self) -> int:
        """Value of all."""
        return min(self.total * self.each, MOST_VALUE)

    def rise(self, count: int, each: int) -> None:
        """Take over what a message says."""
        if self.event is None and count <= self.total:
            return  # whoever sums what is over has its value, too
        self.total = max(self.total, count)
        self.each = max(self.each, each)

    def tell(self) -> None:
        """Note that all of it has been told."""
        self.told, self.told_diamonds = self.total, self.diamonds
        self.event = self.payload = None


class OpenState(Struct, frozen=True):
    """What is kept of the messages of a combo that is open."""

    method: str
    room_id: str
    web_rid: str
    simulated: bool
    payload: GiftPayload


class ComboState(Struct, frozen=True, array_like=True):
    """A combo as it is kept over restarts; see Combo."""

    combo_id: str
    at_ms: int
    first_ms: int
    last_ms: int
    total: int
    each: int
    told: int
    told_diamonds: int
    is_ended: bool
    running: str
    open: OpenState | None
    """None: it is over."""


class LedgerState(Struct, frozen=True):
    """A ledger as it is kept over restarts."""

    combos: list[ComboState]
    """Those that are over, and then those that are open; each in the order of the ledger."""


def key_of(event: Event, payload: GiftPayload) -> tuple[str, ...]:
    """Give what tells combos apart, but for upstream's number of the group."""
    user = payload.user
    if user is None:
        giver = ""
    elif user.masked or user.uid in ("", "0"):
        giver = user.sec_uid or user.nickname
    else:
        giver = f"\0{user.uid}"
    kind = "simulated" if isinstance(event, SimulatedEvent) else ""
    # Several guests are given the same at once, in one group.
    to = payload.to_user.uid if payload.to_user is not None else ""
    return kind, payload.room_id, giver, payload.gift_id, to, *sorted(payload.to_uids)


def hashed(*key: str) -> str:
    """Make a short name of what tells something apart."""
    return blake2b("\0\0".join(key).encode(), digest_size=_ID_BYTES).hexdigest()


def state_of(combo: Combo, now_s: float, now_ms: int) -> ComboState:
    """Give a combo as it is kept; both times are now, by the ledger's clock and in Unix ms."""
    event, payload = combo.event, combo.payload
    kept = None
    if event is not None and payload is not None:
        is_simulated = isinstance(event, SimulatedEvent)
        kept = OpenState(event.method, event.room_id, event.web_rid, is_simulated, payload)
    return ComboState(
        combo.combo_id,
        now_ms - round((now_s - combo.at_s) * 1000),
        combo.first_ms,
        combo.last_ms,
        combo.total,
        combo.each,
        combo.told,
        combo.told_diamonds,
        combo.is_ended,
        combo.running,
        kept,
    )


def restored(state: ComboState) -> Combo:
    """Make a combo of what was kept; `at_s` is left to be set."""
    combo = Combo(state.combo_id, state.first_ms)
    combo.last_ms = state.last_ms
    combo.total, combo.each = state.total, state.each
    combo.told, combo.told_diamonds = state.told, state.told_diamonds
    combo.is_ended, combo.running = state.is_ended, state.running
    kept = state.open
    if kept is not None:
        made = SimulatedEvent if kept.simulated else Event
        combo.payload = kept.payload
        combo.event = made(
            kept.method, "0", kept.room_id, kept.web_rid, state.last_ms, kept.payload
        )
    return combo
