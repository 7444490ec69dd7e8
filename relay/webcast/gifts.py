"""Counts gifts: messages in, increments and finished combos out; called by room/books, no I/O.

Upstream tells a combo by running totals that skip numbers, come out of order and more than once,
and are repeated by a closing message that may never come. So a combo's total is the highest that
was told, and a message adds what it rises by. The sums of increments, of finished combos, and of
the true totals are the same.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import blake2b
from math import inf
from typing import Literal

import msgspec

from relay.events import Event, GiftComboPayload, GiftPayload, SimulatedEvent
from relay.events.listed import ListedGift

SETTLE_S = 1.0
"""How long a combo stays open behind its closing message: connections bring what belongs before
it out of order."""
TIMEOUT_S = 10.0
"""Without a message for so long, a combo is over."""
CLOSED_S = 300.0
"""How long a combo is remembered when it is over, so that what comes late counts once."""
MAX_OPEN = 2_000
"""Combos of a room that are open at once; past it, those that had no message for longest end."""
MAX_CLOSED = 5_000
"""Combos that are remembered when they are over; past it, the oldest are forgotten."""

ClosedBy = Literal["end", "timeout", "broadcast", "stop"]
_COMBO_METHOD = "RelayGiftCombo"
_ID_BYTES = 9


def cny_of(diamonds: int) -> float:
    """Give the value of diamonds in CNY."""
    return diamonds / 10


class _Combo:
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

    @property
    def diamonds(self) -> int:
        """Value of all."""
        return self.total * self.each

    def rise(self, count: int, each: int) -> None:
        """Take over what a message says. Upstream's numbers may be anything."""
        count = max(count, 1)
        if self.event is None and count <= self.total:
            return  # whoever sums what is over has its value, too
        self.total = max(self.total, count)
        self.each = max(self.each, each)

    def tell(self) -> None:
        """Note that all of it has been told."""
        self.told, self.told_diamonds = self.total, self.diamonds
        self.event = self.payload = None


class Ledger:
    """The combos of one room. The caller's clock: seconds that never fall."""

    def __init__(self, listed: Callable[[str], ListedGift | None] = lambda _: None) -> None:
        """`listed` finds a gift in the catalogue; it names and prices those that come without."""
        self._listed = listed
        # In order of their last messages, of their deadlines, and of their ends.
        self._open: OrderedDict[str, _Combo] = OrderedDict()
        self._ending: OrderedDict[str, float] = OrderedDict()
        self._closed: OrderedDict[str, _Combo] = OrderedDict()
        self._unnamed = 0

    @property
    def next_s(self) -> float | None:
        """When `due` has something to give; None: never, as things stand."""
        settled_s = next(iter(self._ending.values()), inf)
        oldest = next(iter(self._open.values()), None)
        next_s = min(settled_s, inf if oldest is None else oldest.at_s + TIMEOUT_S)
        return None if next_s == inf else next_s

    def take(self, event: Event, now_s: float) -> list[Event]:
        """Enter a gift; gives it with what it adds, behind combos that had to make room for it.

        The event's payload has to be a GiftPayload.
        """
        payload = self._completed(event.payload)
        combo = self._combo_of(event, payload)
        before, before_diamonds = combo.total, combo.diamonds
        combo.rise(payload.count, payload.diamond_each)
        told = self._note(combo, event, payload, now_s)
        made = SimulatedEvent if isinstance(event, SimulatedEvent) else Event
        told.append(
            made(
                event.method,
                event.msg_id,
                event.room_id,
                event.web_rid,
                event.time,
                msgspec.structs.replace(
                    payload,
                    combo_id=combo.combo_id,
                    increment=combo.total - before,
                    increment_diamonds=combo.diamonds - before_diamonds,
                    total=combo.total,
                    total_diamonds=combo.diamonds,
                    total_cny=cny_of(combo.diamonds),
                ),
            )
        )
        return told

    def due(self, now_s: float) -> list[Event]:
        """Give the combos that are over by now."""
        told = []
        while self._ending:
            combo_id, at_s = next(iter(self._ending.items()))
            if at_s > now_s:
                break
            told.append(self._close(self._open[combo_id], now_s, "end"))
        while self._open:
            combo = next(iter(self._open.values()))
            if combo.at_s + TIMEOUT_S > now_s:
                break
            told.append(self._close(combo, now_s, "timeout"))
        self._forget(now_s)
        return told

    def close(self, now_s: float, closed_by: ClosedBy) -> list[Event]:
        """End all combos; gives those that were open."""
        return [self._close(combo, now_s, closed_by) for combo in list(self._open.values())]

    def restore(self, events: Iterable[Event], now_s: float, now_ms: int) -> None:
        """Take up combos from the room's last gifts and RelayGiftCombos, in the order they had.

        `now_ms` is Unix milliseconds. What was open then is open, and ends by time.
        """
        at_s = -inf
        for event in events:
            at_s = max(at_s, min(now_s, now_s - (now_ms - event.time) / 1000))
            payload = event.payload
            if isinstance(payload, GiftComboPayload):
                combo = self._known(payload.combo_id) or _Combo(payload.combo_id, event.time)
                combo.rise(payload.count, payload.diamond_each)
                self._end(combo, at_s)
            elif isinstance(payload, GiftPayload):
                combo = self._combo_of(event, payload)
                combo.rise(max(payload.count, payload.total), payload.diamond_each)
                self._note(combo, event, payload, at_s)

    # Inside

    def _completed(self, payload: GiftPayload) -> GiftPayload:
        if payload.diamond_each and payload.name and payload.image:
            return payload
        listed = self._listed(payload.gift_id)
        if listed is None:
            return payload
        each = payload.diamond_each or listed.diamonds
        name = payload.name or listed.name
        return msgspec.structs.replace(
            payload,
            name=name,
            content=payload.content if payload.name else f"送出了 {name} x{payload.count}",
            diamond_each=each,
            diamond_total=each * payload.count,
            image=payload.image or listed.image,
            combo=payload.combo or listed.combo,
        )

    def _known(self, combo_id: str) -> _Combo | None:
        return self._open.get(combo_id) or self._closed.get(combo_id)

    def _combo_of(self, event: Event, payload: GiftPayload) -> _Combo:
        """Give the combo of a message, that is open, over or new."""
        combo_id = self._combo_id(event, payload)
        return self._known(combo_id) or _Combo(combo_id, event.time)

    def _combo_id(self, event: Event, payload: GiftPayload) -> str:
        """Name the combo of a message: the same by all ways, and after a restart."""
        user = payload.user
        if user is None:
            giver = ""
        elif user.masked or user.uid in ("", "0"):
            giver = user.sec_uid or user.nickname
        else:
            giver = f"\0{user.uid}"
        if payload.group_id:
            of = f"\0{payload.group_id}"
        elif event.msg_id not in ("", "0"):
            of = event.msg_id
        else:
            self._unnamed += 1
            of = f"{event.time}\0{self._unnamed}"
        kind = "simulated" if isinstance(event, SimulatedEvent) else ""
        key = "\0\0".join((kind, payload.room_id, giver, payload.gift_id, of))
        return blake2b(key.encode(), digest_size=_ID_BYTES).hexdigest()

    def _note(self, combo: _Combo, event: Event, payload: GiftPayload, now_s: float) -> list[Event]:
        """Keep a combo open for its new message; gives those that had to make room for it."""
        told: list[Event] = []
        if combo.event is not None:
            del self._open[combo.combo_id]
        elif combo.total == combo.told:
            return told  # it is over, and nothing was added
        else:
            self._closed.pop(combo.combo_id, None)
            combo.first_ms = combo.last_ms = event.time
            while len(self._open) >= MAX_OPEN:
                oldest = next(iter(self._open.values()))
                told.append(self._close(oldest, now_s, "timeout"))
        self._open[combo.combo_id] = combo
        combo.event, combo.at_s = event, now_s
        if combo.payload is None or payload.count >= combo.total:
            combo.payload = payload
        combo.first_ms = min(combo.first_ms, event.time)
        combo.last_ms = max(combo.last_ms, event.time)
        # 4 says that it is a combo, whatever is known of the gift.
        is_single = not (payload.combo or payload.send_type == 4) or not payload.group_id
        combo.is_ended = combo.is_ended or payload.repeat_end or is_single
        if combo.is_ended:
            self._ending.setdefault(combo.combo_id, now_s + SETTLE_S)
        return told

    def _close(self, combo: _Combo, now_s: float, closed_by: ClosedBy) -> Event:
        event, payload = combo.event, combo.payload
        if event is None or payload is None:
            raise ValueError("the combo is over")
        count, diamonds = combo.total - combo.told, combo.diamonds - combo.told_diamonds
        told = GiftComboPayload(
            payload.room_id,
            f"送出了 {payload.name or '礼物'} x{count}",
            payload.user,
            combo.combo_id,
            payload.gift_id,
            payload.name,
            count,
            combo.each,
            diamonds,
            cny_of(diamonds),
            payload.group_id,
            payload.image,
            payload.to_user,
            payload.to_uids,
            combo.first_ms,
            combo.last_ms,
            closed_by,
            combo.told > 0,
        )
        # In upstream's time, as the messages are.
        time_ms = combo.last_ms + max(round((now_s - combo.at_s) * 1000), 0)
        self._end(combo, now_s)
        made = SimulatedEvent if isinstance(event, SimulatedEvent) else Event
        return made(_COMBO_METHOD, "0", event.room_id, event.web_rid, time_ms, told)

    def _end(self, combo: _Combo, at_s: float) -> None:
        """Keep what is over, to know it again."""
        combo_id = combo.combo_id
        for kept in (self._open, self._ending, self._closed):
            kept.pop(combo_id, None)
        combo.tell()
        combo.at_s = at_s
        self._closed[combo_id] = combo
        self._forget(at_s)

    def _forget(self, now_s: float) -> None:
        while self._closed:
            oldest = next(iter(self._closed.values()))
            if len(self._closed) <= MAX_CLOSED and oldest.at_s + CLOSED_S > now_s:
                return
            del self._closed[oldest.combo_id]
