"""Rules of the overlays that need no screen: which alerts come when, and how statistics fold."""

from typing import Any

import pytest
from overlays import page_opened
from serving import relay_running

pytestmark = pytest.mark.browser

_QUEUE = """
const { AlertQueue } = await import("/web/overlay/gifts.queue.js");
const rules = {
  maxShown: 3, durationMs: 5000, minDiamonds: 0, tiers: [100, 1000, 10000], merge: true,
  when: "begin", ...changes,
};
const seen = [];
const queue = new AlertQueue(rules, {
  show: (alert) => seen.push(alert), update() {}, hide() {},
});
let at = 0;
const gift = (comboId, count, more = {}) => queue.take(
  { comboId, giftId: "1", giver: comboId, to: "", count, diamonds: count, closed: false,
    partial: false, ...more }, at);
const drain = () => {
  for (let next = queue.advance(at); next !== null; next = queue.advance(at)) at = next;
};
"""
_FOLD = """
const { StatsFold } = await import("/web/lib/stats.js");
const fold = new StatsFold();
const frame = (offset, payload, epoch = "e", room_id = "r") =>
  ({ epoch, offset, room_id, payload });
const snapshot = (offset, stats, epoch = "e") =>
  ({ epoch, offset, room_id: "r", web_rid: "w", stats: { full: true, ...stats } });
"""


async def run(chromium: str, script: str, changes: dict[str, Any] | None = None) -> Any:
    async with (
        relay_running() as relay,
        page_opened(relay, chromium, "/overlay/gifts?quiet=1") as (page, _),
    ):
        return await page.evaluate(f"async (changes) => {{ {script} }}", changes or {})


async def test_a_flood_of_gifts_leaves_little_behind(chromium: str) -> None:
    script = """
    for (let i = 0; i < 20000; i++) {
      at = i * 5;
      gift(`c${i}`, 1 + i % 7);
      gift(`c${i}`, 1 + i % 7, { closed: true });
    }
    const most = queue.waiting.length;
    drain();
    return [most, queue.shown.length, queue.waiting.length, queue.dropped + seen.length];
    """
    most, shown, waiting, told = await run(chromium, _QUEUE + script)
    assert most <= 100
    assert (shown, waiting, told) == (0, 0, 20_000)


async def test_gift_after_gift_of_one_giver_is_one_alert_with_the_right_sum(chromium: str) -> None:
    script = """
    for (let i = 0; i < 5000; i++) {
      at = i * 900;
      gift(`c${i}`, 2, { giver: "fan", closed: true });
      gift(`c${i}`, 2, { giver: "fan", closed: true });
      gift(`c${Math.max(0, i - 60)}`, 2, { giver: "fan", closed: true });
    }
    drain();
    return [seen.length, seen[0].count, seen[0].combos.size];
    """
    assert await run(chromium, _QUEUE + script) == [1, 10_000, 50]


async def test_a_combo_shown_at_its_end_is_shown_once_and_its_sequel_once(chromium: str) -> None:
    script = """
    gift("a", 5);
    const before = seen.length;
    gift("a", 9, { closed: true });
    gift("a", 9, { closed: true });
    drain();
    gift("a", 12);
    gift("a", 3, { closed: true, partial: true });
    drain();
    return [before, seen.map((alert) => alert.count)];
    """
    assert await run(chromium, _QUEUE + script, {"when": "end"}) == [0, [9, 3]]


async def test_a_combo_whose_end_is_never_told_leaves(chromium: str) -> None:
    script = """
    gift("a", 5);
    drain();
    return [seen.length, queue.shown.length, at];
    """
    assert await run(chromium, _QUEUE + script) == [1, 0, 13_000]


async def test_combos_without_end_keep_no_other_gift_from_the_screen(chromium: str) -> None:
    script = """
    const told = new Map();
    for (at = 0; at < 180_000; at += 1000) {
      for (const who of ["a", "b", "c"]) gift(who, 1 + at / 1000);
      if (at % 10_000 === 0) gift(`single${at}`, 1, { closed: true });
      if (at === 50_000) gift("large", 150, { closed: true });
      queue.advance(at);
    }
    for (const alert of seen) {
      told.set(alert.gift.giver, (told.get(alert.gift.giver) ?? 0) + alert.count);
    }
    const single = [...told.keys()].filter((who) => who.startsWith("single"));
    const sums = ["a", "b", "c"].map((who) => {
      const waits = queue.waiting.filter((alert) => alert.gift.giver === who);
      return waits.reduce((sum, { count }) => sum + count, told.get(who));
    });
    return [single.length, told.has("large"), sums];
    """
    changes = {"merge": False}
    assert await run(chromium, _QUEUE + script, changes) == [18, True, [180, 180, 180]]


async def test_statistics_take_each_change_once_and_in_order(chromium: str) -> None:
    script = """
    fold.expectSnapshot();
    fold.take(frame(11, { full: false, likes: 11 }));
    fold.take(frame(13, { full: false, viewers: 5 }));
    const partial = fold.whole;
    fold.takeSnapshot(snapshot(12, { likes: 12, viewers: 4, gifts: 7 }));
    const whole = { ...fold.stats };
    const again = fold.take(frame(12, { full: false, likes: 0 }));
    fold.take(frame(14, { full: false, likes: 20 }));
    return [partial, whole, again, fold.stats, fold.whole];
    """
    partial, whole, again, stats, is_whole = await run(chromium, _FOLD + script)
    assert partial is False
    assert whole == {"likes": 12, "viewers": 5, "gifts": 7}
    assert again is None
    assert stats == {"likes": 20, "viewers": 5, "gifts": 7}
    assert is_whole is True


async def test_statistics_of_another_epoch_or_broadcast_are_asked_for_anew(chromium: str) -> None:
    script = """
    fold.takeSnapshot(snapshot(5, { likes: 5, gifts: 5 }));
    const goesOn = [fold.continues("e"), fold.continues("f")];
    fold.take(frame(1, { full: false, likes: 1 }, "f"));
    const other = fold.whole;
    fold.takeSnapshot(snapshot(2, { likes: 2 }, "f"));
    fold.take(frame(3, { full: true, likes: 0 }, "f", "next"));
    return [goesOn, other, fold.stats, fold.whole];
    """
    assert await run(chromium, _FOLD + script) == [[True, False], False, {"likes": 0}, True]
