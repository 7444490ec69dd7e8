"""Who sends which gifts, in which messages, as badly as upstream tells it; used by show.

A combo's counters are skipped, its closing message repeats the last one under another msg_id, or
never comes; of single gifts some are told twice, some seconds apart.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from relay.sim.people import Person
from relay.sim.phrases import GIFTS, Gift
from relay.sim.structs import GiftStep

_PRESETS = (1, 1, 1, 1, 1, 1, 1, 10, 66, 188, 520, 1314)
_MAX_COMBOS = 6
"""Combos under way at once."""
_MAX_TWINS = 50
"""Single gifts that are yet to be told again."""
_TWIN_MS = (1_000, 4_000)
"""How much later that is."""

_COMBO_GIFTS = [gift for gift in GIFTS for _ in range(gift.weight) if gift.combo]
_SINGLE_GIFTS = [gift for gift in GIFTS for _ in range(gift.weight) if not gift.combo]
_T = TypeVar("_T")


class Given(NamedTuple):
    """One message of a gift, and whose it is."""

    person: Person
    step: GiftStep
    scored: int
    """Diamonds that are now known to have been given for good."""


class _Combo:
    """A gift combo under way."""

    def __init__(self, rng: random.Random, person: Person, group_id: int, *, closes: bool) -> None:
        self.person = person
        self.gift = rng.choice(_COMBO_GIFTS)
        self.group_id = group_id
        self.group_count = rng.choice(_PRESETS)
        # Upstream tells 1, 2, 5, 8 …: counters are skipped.
        self.counts = [1]
        for _ in range(rng.randint(0, 5)):
            self.counts.append(self.counts[-1] + rng.choice((1, 1, 2, 3, 3, 7)))
        self.closes = closes
        self.said = 0

    def step(self) -> GiftStep:
        """Give the next message: the next count, or the closing twin of the last one."""
        last = self.said == len(self.counts)
        count = self.counts[-1] if last else self.counts[self.said]
        self.said += 1
        return GiftStep(self.gift, count, self.group_count, self.group_id, repeat_end=last)

    @property
    def over(self) -> bool:
        return self.said >= len(self.counts) + (1 if self.closes else 0)


class Gifting:
    """The gifts of one broadcast."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._combos: list[_Combo] = []
        self._begun = 0
        self._group_id = 0
        self._twins: list[tuple[int, int, Person, GiftStep]] = []

    def next(self, now_ms: int, person: Callable[[], Person], endless_every: int) -> Given:
        """Give the next message; `person` chooses who gives something new.

        1 in `endless_every` combos never closes, 0: all do.
        """
        rng = self._rng
        if self._twins and self._twins[0][0] <= now_ms:
            _, _, giver, step = heapq.heappop(self._twins)
            return Given(giver, step, 0)
        if self._combos and (len(self._combos) >= _MAX_COMBOS or rng.random() < 0.6):
            combo = self._one_of(self._combos)
        elif rng.random() < 0.5:
            return self._single(now_ms, person())
        else:
            self._begun += 1
            closes = not endless_every or self._begun % endless_every != 0
            combo = _Combo(rng, person(), self._new_group(now_ms), closes=closes)
            self._combos.append(combo)
        step = combo.step()
        scored = 0
        if combo.over:
            self._combos.remove(combo)
            scored = step.count * step.group_count * step.gift.diamonds
        return Given(combo.person, step, scored)

    def _single(self, now_ms: int, person: Person) -> Given:
        gift: Gift = self._one_of(_SINGLE_GIFTS)
        if self._rng.random() < 0.5 or len(self._twins) >= _MAX_TWINS:
            return Given(person, GiftStep(gift, 1, 1, 0, repeat_end=False), gift.diamonds)
        group_id = self._new_group(now_ms)
        twin = GiftStep(gift, 1, 1, group_id, repeat_end=True)
        at_ms = now_ms + self._rng.randint(*_TWIN_MS)
        # The group keeps people from being compared.
        heapq.heappush(self._twins, (at_ms, group_id, person, twin))
        return Given(person, GiftStep(gift, 1, 1, group_id, repeat_end=False), gift.diamonds)

    def _new_group(self, now_ms: int) -> int:
        """Number a group: as upstream's it resembles Unix seconds, but is the broadcast's only."""
        self._group_id = max(self._group_id + 1, now_ms // 1000)
        return self._group_id

    def _one_of(self, items: Sequence[_T]) -> _T:
        return items[int(self._rng.random() * len(items))]
