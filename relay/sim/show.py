"""What happens in a broadcast, message after message; advanced by broadcast.

Seeded: the same seed gives the same people doing the same things in the same order.
"""

import itertools
import random
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from relay.sim.behaviours import Behaviours
from relay.sim.gifting import Gifting
from relay.sim.gifts_told import GiftTold
from relay.sim.goods import Product
from relay.sim.messages import MessageWriter
from relay.sim.people import Crowd, Person
from relay.sim.phrases import ENDINGS, LINES, NOTICES, OPENERS

CHAT = "WebcastChatMessage"
GIFT = "WebcastGiftMessage"
LIKE = "WebcastLikeMessage"
MEMBER = "WebcastMemberMessage"
SOCIAL = "WebcastSocialMessage"
FANSCLUB = "WebcastFansclubMessage"
EMOJI = "WebcastEmojiChatMessage"
USER_SEQ = "WebcastRoomUserSeqMessage"
STATS = "WebcastRoomStatsMessage"
RANK = "WebcastRoomRankMessage"
NOTICE = "WebcastRoomMessage"
SCREEN_CHAT = "WebcastScreenChatMessage"
SHOPPING = "WebcastLiveShoppingMessage"
PRODUCTS = "WebcastProductChangeMessage"
CONTROL = "WebcastControlMessage"
UNKNOWN = "WebcastSimNobodyKnowsMessage"

# Shares of a mid-size room (xhynice's logs: chat 40 %, gift 32, like 15, RoomUserSeq 10,
# social 3) and what those logs did not count.
_SHARES = {
    CHAT: 400,
    GIFT: 320,
    LIKE: 150,
    USER_SEQ: 100,
    SOCIAL: 30,
    MEMBER: 50,
    FANSCLUB: 12,
    EMOJI: 12,
    STATS: 20,
    RANK: 8,
    SCREEN_CHAT: 4,
    NOTICE: 3,
    SHOPPING: 12,
    PRODUCTS: 6,
}
_DECK = [method for method, share in _SHARES.items() for _ in range(share)]
_MUST_SHOW = (CHAT, GIFT, LIKE, MEMBER, SOCIAL, STATS)
"""Whoever watches sees each of these every few seconds, however slow the room is."""
_MUST_SHOW_S = 5.0

PERSISTED = frozenset({CHAT, GIFT, SOCIAL, FANSCLUB, EMOJI, SCREEN_CHAT})
"""What upstream repeats to new connections."""
LOW_VALUE = frozenset({STATS, RANK})
"""What closed rooms send as well."""

_SHOP = frozenset({SHOPPING, PRODUCTS})
"""What only rooms with goods send."""

_SHARE_TARGETS = ("1", "2", "4", "5", "112")


_T = TypeVar("_T")


class Sent(NamedTuple):
    """One message as it goes out."""

    method: str
    msg_id: int
    payload: bytes
    again: bool = False
    """Sent before, with the same msg_id."""
    gift: GiftTold | None = None
    """What it says of a gift, where it is one."""


class MsgIds:
    """Makes the msg_ids of one room, unique over all its broadcasts."""

    def __init__(self, salt: int) -> None:
        """`salt` (0..255) keeps rooms apart."""
        self._salt = salt
        self._count = 0

    def next(self, now_ms: int) -> int:
        """Give the next id; as upstream's, it begins with the second it was made in."""
        self._count += 1
        return (now_ms // 1000) << 32 | (self._count & 0xFFFFFF) << 8 | self._salt


class Show:
    """The messages of one broadcast."""

    def __init__(
        self,
        *,
        seed: str,
        room_id: int,
        anchor: Person,
        crowd: Crowd,
        goods: Sequence[Product],
        ids: MsgIds,
    ) -> None:
        self._rng = random.Random(seed)
        self._ids = ids
        self._crowd = crowd
        self._goods = goods
        self._writer = MessageWriter(room_id, anchor)
        self._count = 0
        self._last: dict[str, int] = dict.fromkeys(_MUST_SHOW, 0)
        self._opening = self._rng.sample(_MUST_SHOW, len(_MUST_SHOW))
        self._overdue_at = 0
        self._gifting = Gifting(self._rng)
        self._scores: dict[Person, int] = {}
        self._top: list[Person] = []
        self._online = self._rng.randint(80, 9_000)
        self._total_users = self._online * self._rng.randint(3, 12)
        self._likes = self._rng.randint(100, 200_000)
        self._followers = self._rng.randint(2_000, 900_000)
        self._shares = self._rng.randint(0, 900)
        self._told: deque[tuple[int, int]] = deque(maxlen=3)

    @property
    def online(self) -> int:
        """How many watch now."""
        return self._online

    @property
    def total_users(self) -> int:
        """How many have watched so far."""
        return self._total_users

    @property
    def likes(self) -> int:
        """How many likes so far."""
        return self._likes

    def audience(self, count: int, *, masked: bool) -> list[tuple[Person, int]]:
        """Give at most `count` of who is here and what each gave: who gave most comes first."""
        gave = sorted(self._scores.items(), key=lambda item: item[1], reverse=True)[:count]
        left = min(count, self._online) - len(gave)
        others = (person for person in self._crowd.all(masked=masked) if person not in self._scores)
        return gave + [(person, 0) for person in itertools.islice(others, max(0, left))]

    def next(self, now_ms: int, rate: float, behaviours: Behaviours) -> Sent:
        """Play the next message; `rate` is messages a second, for what must show in time."""
        self._count += 1
        self._writer.unknown_fields = behaviours.unknown_fields
        every = behaviours.unknown_method_every
        msg_id = self._ids.next(now_ms)
        if every and self._count % every == 0:
            return Sent(UNKNOWN, msg_id, self._writer.unknown(self._rng.randbytes(24)))
        method = self._pick(rate)
        if method in _SHOP and not behaviours.goods:
            method = CHAT
        if method == GIFT:
            payload, gift = self._gift(msg_id, now_ms, behaviours)
            return Sent(method, msg_id, payload, gift=gift)
        return Sent(method, msg_id, self._write(method, msg_id, now_ms, behaviours))

    def low_value(self, now_ms: int) -> Sent:
        """Play one of the messages that flow in a closed room, too."""
        self._count += 1
        msg_id = self._ids.next(now_ms)
        if self._count % 2:
            return Sent(STATS, msg_id, self._writer.stats(msg_id, now_ms, self._online))
        return Sent(RANK, msg_id, self._writer.rank(msg_id, now_ms, self._ranks()))

    def end(self, now_ms: int) -> Sent:
        """Play the end: Control with action 3."""
        self._count += 1
        msg_id = self._ids.next(now_ms)
        return Sent(CONTROL, msg_id, self._writer.control(msg_id, now_ms, 3, "直播已结束"))

    def _pick(self, rate: float) -> str:
        """Choose what kind comes next: the opening, a rare kind that is overdue, or by share."""
        last = self._last
        method = ""
        if self._opening:
            method = self._opening.pop()
        elif self._count >= self._overdue_at:
            patience = max(8, int(rate * _MUST_SHOW_S))
            rarest = min(last, key=last.__getitem__)
            self._overdue_at = last[rarest] + patience
            if self._count >= self._overdue_at:
                method = rarest
                self._overdue_at = 0
        if not method:
            method = self._one_of(_DECK)
        if method in last:
            last[method] = self._count
        return method

    def _one_of(self, items: Sequence[_T]) -> _T:
        """Pick one; much faster than random.choice, which is exact to the last bit."""
        return items[int(self._rng.random() * len(items))]

    def _write(self, method: str, msg_id: int, now_ms: int, behaviours: Behaviours) -> bytes:
        rng, writer = self._rng, self._writer
        person = self._crowd.someone(rng, masked=behaviours.masked_users)
        match method:
            case "WebcastChatMessage":
                chance = rng.random()
                if chance < 0.02:
                    other = self._crowd.someone(rng, masked=behaviours.masked_users)
                    return writer.mention(msg_id, now_ms, person, other)
                return writer.chat(msg_id, now_ms, person, self._line(), lucky_bag=chance > 0.99)
            case "WebcastLikeMessage":
                count = 1 + int(rng.random() * 30)
                # Likes are sampled: the total grows by those that were not shown, too.
                self._likes += count + int(rng.random() * 40)
                return writer.like(msg_id, now_ms, person, count, self._likes)
            case "WebcastMemberMessage":
                self._total_users += rng.randint(1, 4)
                self._online = max(10, self._online + rng.randint(-6, 7))
                return writer.member(msg_id, now_ms, person, self._online)
            case "WebcastSocialMessage":
                if rng.random() < 0.8:
                    self._followers += 1
                    return writer.follow(msg_id, now_ms, person, self._followers)
                self._shares += 1
                target = rng.choice(_SHARE_TARGETS)
                return writer.share(msg_id, now_ms, person, target, self._shares)
            case "WebcastFansclubMessage":
                return writer.fansclub(msg_id, now_ms, person, join=rng.random() < 0.7)
            case "WebcastEmojiChatMessage":
                return writer.emoji(msg_id, now_ms, person, rng.randint(70_001, 70_040))
            case "WebcastScreenChatMessage":
                return writer.screen_chat(msg_id, now_ms, person, self._line())
            case "WebcastRoomUserSeqMessage":
                return self._user_seq(msg_id, now_ms)
            case "WebcastRoomStatsMessage":
                return writer.stats(msg_id, now_ms, self._online)
            case "WebcastRoomRankMessage":
                return writer.rank(msg_id, now_ms, self._ranks())
            case "WebcastLiveShoppingMessage":
                goods = self._goods[: behaviours.goods]
                product = self._one_of(goods)
                return writer.shopping(
                    msg_id, now_ms, goods.index(product) + 1, product, len(goods)
                )
            case "WebcastProductChangeMessage":
                return writer.product_change(msg_id, now_ms, behaviours.goods)
            case _:
                return writer.notice(msg_id, now_ms, rng.choice(NOTICES))

    def _line(self) -> str:
        return self._one_of(OPENERS) + self._one_of(LINES) + self._one_of(ENDINGS)

    def _gift(self, msg_id: int, now_ms: int, behaviours: Behaviours) -> tuple[bytes, GiftTold]:
        def someone() -> Person:
            return self._crowd.someone(self._rng, masked=behaviours.masked_users)

        person, step, scored = self._gifting.next(now_ms, someone, behaviours.endless_combo_every)
        if scored:
            self._score(person, scored)
        gift = step.gift
        count = step.count * step.group_count
        told = GiftTold(person.sec_uid, gift.gift_id, step.group_id, count, gift.diamonds)
        return self._writer.gift(msg_id, now_ms, person, step), told

    def _user_seq(self, msg_id: int, now_ms: int) -> bytes:
        if self._told and self._rng.random() < 0.25:
            # Upstream often tells numbers twice, and older ones after newer ones.
            numbers = self._one_of(self._told)
        else:
            self._online = max(10, self._online + self._rng.randint(-20, 24))
            self._total_users += self._rng.randint(0, 30)
            numbers = self._online, self._total_users
            self._told.append(numbers)
        return self._writer.user_seq(msg_id, now_ms, *numbers, self._ranks())

    def _score(self, person: Person, diamonds: int) -> None:
        self._scores[person] = self._scores.get(person, 0) + diamonds
        top = self._top if person in self._top else [*self._top, person]
        self._top = sorted(top, key=self._scores.__getitem__, reverse=True)[:3]

    def _ranks(self) -> list[tuple[Person, int]]:
        return [(person, self._scores[person]) for person in self._top]
