"""Counts gifts: messages in, increments and finished combos out; called by room/books, no I/O.

Upstream tells a combo by running totals that skip numbers, come out of order and more than once,
and are repeated by a closing message that may never come. So a combo's total is the highest that
was told, and a message adds what it rises by. The sums of increments, of finished combos, and of
the true totals are the same.
"""

from collections import OrderedDict
from collections.abc import Callable
from math import inf
from typing import Literal

import msgspec

from relay.events import Event, GiftComboPayload, GiftPayload, SimulatedEvent
from relay.events.listed import ListedGift
from relay.webcast.combos import (
    MOST_DIAMONDS,
    MOST_GIFTS,
    MOST_VALUE,
    Combo,
    LedgerState,
    hashed,
    key_of,
    restored,
    state_of,
)

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
_COMBO = 4
"""The type of a gift that is sent as a combo."""


def cny_of(diamonds: int) -> float:
    """Give the value of diamonds in CNY."""
    return diamonds / 10


class Ledger:
    """The combos of one room. The caller's clock: seconds that never fall."""

    def __init__(self, listed: Callable[[str], ListedGift | None] = lambda _: None) -> None:
        """`listed` finds a gift in the catalogue; it names and prices those that come without."""
        self._listed = listed
        # In order of their last messages, of their deadlines, and of their ends.
        self._open: OrderedDict[str, Combo] = OrderedDict()
        self._ending: OrderedDict[str, float] = OrderedDict()
        self._closed: OrderedDict[str, Combo] = OrderedDict()
        # Those open ones that upstream gave no group, by giver, gift and receivers.
        self._running: dict[str, str] = {}
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
        told = self._make_room(combo, now_s)
        self._note(combo, event, payload, now_s)
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

    def state(self, now_s: float, now_ms: int) -> LedgerState:
        """Give what it goes on from after a restart; `now_ms` is Unix milliseconds."""
        combos = [*self._closed.values(), *self._open.values()]
        return LedgerState([state_of(combo, now_s, now_ms) for combo in combos])

    def restore(self, state: LedgerState, now_s: float, now_ms: int) -> None:
        """Go on with what was kept. What was open then is open, and ends by time."""
        for kept in state.combos:
            combo = restored(kept)
            combo.at_s = now_s - max(now_ms - kept.at_ms, 0) / 1000
            if combo.event is None:
                self._closed[combo.combo_id] = combo
                continue
            self._open[combo.combo_id] = combo
            if combo.running:
                self._running[combo.running] = combo.combo_id
            if combo.is_ended:
                self._ending[combo.combo_id] = combo.at_s + SETTLE_S

    def replay(self, event: Event, at_s: float) -> None:
        """Take up a gift, or a RelayGiftCombo, of before; in their order, before the first new one.

        Nothing comes of it: what came of it then is among what is taken up.
        """
        payload = event.payload
        if isinstance(payload, GiftComboPayload):
            combo = self._known(payload.combo_id) or Combo(payload.combo_id, event.time)
            combo.rise(payload.count, payload.diamond_each)
            self._end(combo, at_s)
        elif isinstance(payload, GiftPayload):
            # By its name of then: what it went by may not be known any more.
            combo = (
                self._known(payload.combo_id) or Combo(payload.combo_id, event.time)
                if payload.combo_id
                else self._combo_of(event, payload)
            )
            combo.rise(max(payload.count, payload.total), payload.diamond_each)
            self._note(combo, event, payload, at_s)

    # Inside

    def _completed(self, payload: GiftPayload) -> GiftPayload:
        """Give a gift with what the catalogue knows of it, and no more than can be of any."""
        if not (
            0 < payload.count < MOST_GIFTS
            and 0 <= payload.diamond_each < MOST_DIAMONDS
            and payload.diamond_total <= MOST_VALUE
        ):
            count = payload.count if 0 < payload.count < MOST_GIFTS else 1
            each = payload.diamond_each if 0 < payload.diamond_each < MOST_DIAMONDS else 0
            payload = msgspec.structs.replace(
                payload, count=count, diamond_each=each, diamond_total=min(each * count, MOST_VALUE)
            )
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
            diamond_total=min(each * payload.count, MOST_VALUE),
            image=payload.image or listed.image,
            combo=payload.combo or listed.combo,
        )

    def _known(self, combo_id: str) -> Combo | None:
        return self._open.get(combo_id) or self._closed.get(combo_id)

    def _combo_of(self, event: Event, payload: GiftPayload) -> Combo:
        """Give the combo of a message, that is open, over or new."""
        return self._running_combo(event, payload) or self._named(event, payload)

    def _named(self, event: Event, payload: GiftPayload) -> Combo:
        # The same name by all ways, and after a restart.
        if payload.group_id:
            of = f"\0{payload.group_id}"
        elif event.msg_id not in ("", "0"):
            of = event.msg_id
        else:
            self._unnamed += 1
            of = f"{event.time}\0{self._unnamed}"
        combo_id = hashed(*key_of(event, payload), of)
        return self._known(combo_id) or Combo(combo_id, event.time)

    def _running_combo(self, event: Event, payload: GiftPayload) -> Combo | None:
        """Give the open combo that a message without a group goes on with."""
        if payload.group_id or payload.send_type != _COMBO:
            return None
        combo = self._open.get(self._running.get(hashed(*key_of(event, payload)), ""))
        if combo is None:
            return None
        goes_on = payload.count > combo.total and not combo.is_ended
        repeats = payload.count == combo.total and payload.repeat_end
        is_late = payload.count < combo.total and event.time < combo.last_ms
        return combo if goes_on or repeats or is_late else None

    def _make_room(self, combo: Combo, now_s: float) -> list[Event]:
        """Close what has to make room for a combo that opens; gives it."""
        told: list[Event] = []
        if combo.event is None and combo.total > combo.told:
            while len(self._open) >= MAX_OPEN:
                oldest = next(iter(self._open.values()))
                told.append(self._close(oldest, now_s, "timeout"))
        return told

    def _note(self, combo: Combo, event: Event, payload: GiftPayload, now_s: float) -> None:
        """Keep a combo open for its new message."""
        if combo.event is not None:
            del self._open[combo.combo_id]
        elif combo.total == combo.told:
            return  # it is over, and nothing was added
        else:
            self._closed.pop(combo.combo_id, None)
            combo.first_ms = combo.last_ms = event.time
            if not payload.group_id and payload.send_type == _COMBO:
                combo.running = hashed(*key_of(event, payload))
                self._running[combo.running] = combo.combo_id
        self._open[combo.combo_id] = combo
        combo.event, combo.at_s = event, now_s
        if combo.payload is None or payload.count >= combo.total:
            combo.payload = payload
        combo.first_ms = min(combo.first_ms, event.time)
        combo.last_ms = max(combo.last_ms, event.time)
        # Its type says that it is a combo, whatever is known of the gift.
        is_combo = payload.send_type == _COMBO or (payload.combo and payload.group_id)
        combo.is_ended = combo.is_ended or payload.repeat_end or not is_combo
        if combo.is_ended:
            self._ending.setdefault(combo.combo_id, now_s + SETTLE_S)

    def _close(self, combo: Combo, now_s: float, closed_by: ClosedBy) -> Event:
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

    def _end(self, combo: Combo, at_s: float) -> None:
        """Keep what is over, to know it again."""
        combo_id = combo.combo_id
        for kept in (self._open, self._ending, self._closed):
            kept.pop(combo_id, None)
        if self._running.get(combo.running) == combo_id:
            del self._running[combo.running]
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
