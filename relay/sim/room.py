"""One simulated room: its anchor, its broadcasts, its pace, its script; run by server."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

from relay.sim.broadcast import Broadcast, one_in
from relay.sim.goods import Product, make_goods
from relay.sim.ledger import RoomLedger, SentMessage
from relay.sim.pace import TICK_S, Pace
from relay.sim.people import Crowd, make_person
from relay.sim.phrases import TITLES
from relay.sim.scenario import RoomPlan, Scenario, Step, changed
from relay.sim.show import MsgIds, Sent

MAX_BATCH = 100
"""Messages in one frame, at most."""
KEPT_BROADCASTS = 20
"""Past broadcasts whose room_id is still known."""

_log = structlog.get_logger(__name__)


class Line(Protocol):
    """An open push connection, as a room sees it."""

    @property
    def login(self) -> str:
        """Its sessionid; empty: none."""

    @property
    def host(self) -> str:
        """Which push host it came to."""

    def order(self, step: Step) -> None:
        """Cut, close or stall, as the step says."""

    def kick(self) -> None:
        """End it: its login is open elsewhere."""

    def cut(self, cause: str) -> None:
        """Drop the connection without a close handshake."""


class SimRoom:
    """One room: who runs it, what it sends, how it misbehaves now."""

    def __init__(self, plan: RoomPlan, index: int, scenario: Scenario) -> None:
        self.web_rid = plan.web_rid
        self.handle = f"simroom{index + 1}"
        """The anchor's 抖音号, which opens the same page."""
        self.short_code = f"iSim{index + 1:04}"
        """What stands in the short link to its broadcast; `user_code`: in the one to its anchor."""
        self.user_code = f"uSim{index + 1:04}"
        self._seed = f"{scenario.seed}/{index}"
        rng = random.Random(f"{self._seed}/anchor")
        self.anchor = make_person(rng)
        self.user_unique_id = str(rng.randint(7_300_000_000_000_000_000, 7_999_999_999_999_999_999))
        self._crowd = Crowd(rng)
        self._goods = make_goods(random.Random(f"{self._seed}/goods"))
        self._ids = MsgIds(index & 0xFF)
        self._title = plan.title
        self.behaviours = changed(
            scenario.behaviours, plan.behaviours, f"{self.web_rid}.behaviours"
        )
        self.rate = plan.rate or scenario.rate
        self.ledger = RoomLedger()
        self.broadcasts: deque[Broadcast] = deque(maxlen=KEPT_BROADCASTS)
        self.lines: set[Line] = set()
        """Push connections that are open."""
        self._index = index
        self._radio = plan.state == "radio"
        self.timing = scenario.timing
        self._script = sorted(plan.script, key=lambda step: step.at_s)
        self._pace = Pace(time.monotonic())
        self._begun = 0
        self._made = 0
        self._late: list[Sent] = []
        self._again: list[Sent] = []
        self._trickle_at = 0.0
        self._begin_broadcast()
        if plan.state == "offline":
            self._end(announce=False)

    @property
    def current(self) -> Broadcast:
        """The broadcast that is on, or the last one."""
        return self.broadcasts[-1]

    @property
    def room_id(self) -> str:
        """The current broadcast's id."""
        return self.current.room_id

    @property
    def live(self) -> bool:
        """Whether a broadcast is on."""
        return self.current.live

    def find(self, room_id: str) -> Broadcast | None:
        """Give the broadcast of a room_id, past ones too."""
        return next((b for b in self.broadcasts if b.room_id == room_id), None)

    def on_sale(self, room_id: str) -> Sequence[Product]:
        """Give what a broadcast sells; nothing once it is over."""
        live = self.live and self.room_id == room_id
        return self._goods[: self.behaviours.goods] if live else ()

    def obey(self, step: Step) -> None:
        """Do what one step says. Raises ConfigError where its behaviours can't be."""
        if step.behaviours:
            self.change(step.behaviours)
        if step.rate is not None:
            self.rate = step.rate
        match step.do:
            case "end" | "end_silently":
                self._end(announce=step.do == "end")
            case "next_broadcast":
                self._end(announce=False)
                self._begin_broadcast()
            case "cut" | "close" | "close_frame" | "stall":
                for line in list(self.lines):
                    line.order(step)
            case "behave":
                pass
        _log.debug("simulated room obeys", web_rid=self.web_rid, do=step.do, room_id=self.room_id)

    def change(self, patch: dict[str, Any]) -> None:
        """Change some behaviours. Raises ConfigError."""
        self.behaviours = changed(self.behaviours, patch, f"{self.web_rid}.behaviours")
        for broadcast in self.broadcasts:
            broadcast.notify()

    async def run(self) -> None:
        """Play the show and the script until cancelled."""
        begun = time.monotonic()
        self._pace = Pace(time.monotonic())
        while True:
            now = time.monotonic()
            while self._script and now - begun >= self._script[0].at_s:
                self.obey(self._script.pop(0))
            self._play()
            self._trickle(now)
            wait_s = self._pace.wait_s(self.rate) if self.live else 0.1
            if self._script:
                wait_s = min(wait_s, max(TICK_S, begun + self._script[0].at_s - now))
            await asyncio.sleep(wait_s)

    def _begin_broadcast(self) -> None:
        self._begun += 1
        now_ms = _now_ms()
        # Upstream's ids begin with the second they were made in; the rest keeps them apart.
        room_id = (now_ms // 1000) << 32 | self._begun << 16 | (self._index & 0xFFFF)
        self.broadcasts.append(
            Broadcast(
                room_id=room_id,
                seed=f"{self._seed}/{self._begun}",
                anchor=self.anchor,
                crowd=self._crowd,
                goods=self._goods,
                ids=self._ids,
                title=self._title or TITLES[(self._index + self._begun - 1) % len(TITLES)],
                radio=self._radio,
                started_ms=now_ms,
                heartbeat_s=self.timing.heartbeat_duration_s,
            )
        )
        self._late.clear()
        self._again.clear()
        self._pace = Pace(time.monotonic())

    def _end(self, *, announce: bool) -> None:
        broadcast = self.current
        if not broadcast.live:
            return
        now_ms = _now_ms()
        if announce:
            last = [*self._again, *self._late, broadcast.show.end(now_ms)]
            self._publish(broadcast, last, now_ms)
        broadcast.ended_ms = now_ms
        broadcast.notify()

    def _play(self) -> None:
        """Send what is due of the current broadcast."""
        if not self.live:
            return
        count, shed = self._pace.due(time.monotonic(), self.rate)
        self.ledger.shed += shed
        while count > 0:
            now_ms = _now_ms()
            messages = self._next_messages(min(count, MAX_BATCH), now_ms)
            if messages:
                self._publish(self.current, messages, now_ms)
            count -= MAX_BATCH

    def _next_messages(self, count: int, now_ms: int) -> list[Sent]:
        """Make messages, some of them late or twice where the behaviours say so."""
        behaviours, show = self.behaviours, self.current.show
        out: list[Sent] = []
        for _ in range(count):
            self._made += 1
            message = show.next(now_ms, self.rate, behaviours)
            if not self._late and one_in(behaviours.reorder_every, self._made):
                self._late.append(message)
                continue
            out.append(message)
            if self._late or self._again:
                out += self._late
                out += self._again
                self._late.clear()
                self._again.clear()
            if one_in(behaviours.duplicate_every, self._made):
                self._again.append(message._replace(again=True))
        return out

    def _trickle(self, now: float) -> None:
        """Send what closed rooms still send to whoever listens."""
        if now < self._trickle_at:
            return
        self._trickle_at = now + self.timing.low_value_interval_s
        for broadcast in self.broadcasts:
            if not broadcast.live and broadcast.watched:
                now_ms = _now_ms()
                self._publish(broadcast, [broadcast.show.low_value(now_ms)], now_ms)

    def _publish(self, broadcast: Broadcast, messages: list[Sent], now_ms: int) -> None:
        batch = broadcast.append(messages, now_ms, self.behaviours)
        ledger = self.ledger
        ledger.frames += 1
        for message in messages:
            ledger.sent_by_method[message.method] += 1
            if message.gift is not None and not batch.corrupt:
                ledger.gifts.take(broadcast.room_id, message.msg_id, message.gift)
            ledger.sent.append(
                SentMessage(
                    broadcast.room_id,
                    batch.number,
                    message.method,
                    str(message.msg_id),
                    batch.corrupt,
                    message.again,
                )
            )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
