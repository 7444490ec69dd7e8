"""Combos of gifts: what each message adds, and one event for each combo."""

import random
from collections import Counter, defaultdict

import msgspec
import pytest
from gift_samples import ANN, ROOM_ID, combos, gift, gifts, giver
from hypothesis import given
from hypothesis import strategies as st

from relay.events import MASKED_UID, Event, GiftPayload, SimulatedEvent
from relay.events.listed import ListedGift
from relay.webcast import gifts as module
from relay.webcast.combos import LedgerState
from relay.webcast.gifts import CLOSED_S, MAX_CLOSED, MAX_OPEN, SETTLE_S, TIMEOUT_S, Ledger


def fill(ledger: Ledger, *events: Event, now_s: float = 0.0) -> list[Event]:
    return [told for event in events for told in ledger.take(event, now_s)]


def increments(events: list[Event]) -> list[int]:
    return [payload.increment for payload in gifts(events)]


def test_each_message_tells_what_it_adds_and_what_there_is() -> None:
    told = fill(Ledger(), *(gift(count) for count in (1, 2, 5, 8)), gift(8, end=True))
    assert increments(told) == [1, 1, 3, 3, 0]
    assert [payload.total for payload in gifts(told)] == [1, 2, 5, 8, 8]
    assert [payload.increment_diamonds for payload in gifts(told)] == [2, 2, 6, 6, 0]
    last = gifts(told)[-1]
    assert (last.total_diamonds, last.total_cny) == (16, 1.6)
    assert len({payload.combo_id for payload in gifts(told)}) == 1


def test_a_closed_combo_is_told_once_when_it_has_settled() -> None:
    ledger = Ledger()
    fill(ledger, gift(1, time=1_000), gift(5, time=3_000), gift(5, time=4_000, end=True))
    assert ledger.next_s == SETTLE_S
    assert ledger.due(SETTLE_S / 2) == []
    (event,) = ledger.due(SETTLE_S)
    assert (event.method, event.msg_id, event.room_id) == ("RelayGiftCombo", "0", ROOM_ID)
    assert event.time == 4_000 + round(SETTLE_S * 1000)
    combo = event.payload
    assert (combo.count, combo.diamond_total, combo.cny_total) == (5, 10, 1.0)
    assert (combo.first_ms, combo.last_ms) == (1_000, 4_000)
    assert (combo.closed_by, combo.continued, combo.user) == ("end", False, ANN)
    assert combo.content == "送出了 小心心 x5"
    assert ledger.next_s is None
    assert ledger.due(1_000.0) == []


def test_the_order_in_which_messages_come_changes_nothing() -> None:
    ledger = Ledger()
    told = fill(ledger, gift(8, end=True), gift(5), gift(1), gift(8), gift(2))
    assert increments(told) == [8, 0, 0, 0, 0]
    assert [combo.count for combo in combos(ledger.due(SETTLE_S))] == [8]


def test_a_combo_that_never_closes_ends_by_time() -> None:
    ledger = Ledger()
    fill(ledger, gift(1), now_s=0.0)
    fill(ledger, gift(120), now_s=8.0)
    assert ledger.due(TIMEOUT_S) == []
    (combo,) = combos(ledger.due(8.0 + TIMEOUT_S))
    assert (combo.count, combo.closed_by) == (120, "timeout")


@pytest.mark.parametrize("closed_by", ["broadcast", "stop"])
def test_a_combo_ends_with_the_broadcast_or_the_relay(closed_by: module.ClosedBy) -> None:
    ledger = Ledger()
    fill(ledger, gift(3), gift(4, group="2"))
    told = combos(ledger.close(1.0, closed_by))
    assert [(combo.count, combo.closed_by) for combo in told] == [(3, closed_by), (4, closed_by)]
    assert ledger.next_s is None


def test_what_comes_late_opens_nothing() -> None:
    ledger = Ledger()
    fill(ledger, gift(5, end=True))
    ledger.due(SETTLE_S)
    late = fill(ledger, gift(5, end=True), gift(3), gift(5), now_s=CLOSED_S / 2)
    assert increments(late) == [0, 0, 0]
    assert [payload.total for payload in gifts(late)] == [5, 5, 5]
    assert ledger.next_s is None


def test_a_combo_that_goes_on_tells_what_came_since() -> None:
    ledger = Ledger()
    (first,) = fill(ledger, gift(99, time=1_000))
    (before,) = combos(ledger.due(TIMEOUT_S))
    (second,) = fill(ledger, gift(120, time=40_000), now_s=39.0)
    assert (second.payload.increment, second.payload.total) == (21, 120)
    fill(ledger, gift(120, end=True, time=41_000), now_s=40.0)
    (after,) = combos(ledger.due(60.0))
    assert (before.count, before.continued) == (99, False)
    assert (after.count, after.continued, after.closed_by) == (21, True, "end")
    assert (after.diamond_total, after.first_ms) == (42, 40_000)
    assert after.combo_id == before.combo_id == first.payload.combo_id


def test_gifts_of_others_are_other_combos() -> None:
    masked = [giver(MASKED_UID, nickname=name) for name in ("薛***", "王***")]
    secret = [giver(MASKED_UID, nickname="薛***", sec_uid=uid) for uid in ("MS4w1", "MS4w2")]
    different = [
        gift(3),
        gift(3, group="1777600001"),
        gift(3, gift_id="464"),
        gift(3, user=giver("12", nickname="安")),
        gift(3, room_id="7000000000000000002"),
        gift(3, user=None),
        *(gift(3, user=user) for user in masked + secret),
        gift(3, event_type=SimulatedEvent),
    ]
    told = fill(Ledger(), *different, *different)
    assert increments(told) == [3] * len(different) + [0] * len(different)
    assert len({payload.combo_id for payload in gifts(told)}) == len(different)


def test_who_changes_their_name_goes_on_with_the_combo() -> None:
    told = fill(Ledger(), gift(3), gift(5, user=giver("11", nickname="安安")))
    assert increments(told) == [3, 2]


def test_a_message_without_a_group_is_a_combo_of_its_own() -> None:
    ledger = Ledger()
    told = fill(ledger, *(gift(2, group="", msg_id=msg_id) for msg_id in ("7", "8", "7")))
    assert increments(told) == [2, 2, 0]
    told = fill(ledger, gift(1, group=""), gift(1, group=""))
    assert increments(told) == [1, 1]
    assert [combo.count for combo in combos(ledger.due(TIMEOUT_S))] == [2, 2, 1, 1]


def test_a_gift_that_is_no_combo_does_not_wait_and_its_twin_adds_nothing() -> None:
    ledger = Ledger()
    fill(ledger, gift(1, combo=False))
    (combo,) = combos(ledger.due(SETTLE_S))
    assert (combo.count, combo.closed_by) == (1, "end")
    assert increments(fill(ledger, gift(1, combo=False, end=True), now_s=3.0)) == [0]
    assert ledger.due(60.0) == []


def test_a_binding_gift_and_the_gift_that_it_wraps_are_one() -> None:
    ledger = Ledger()
    plain = gift(3)
    wrapped = msgspec.structs.replace(plain, method="WebcastBindingGiftMessage")
    assert increments(fill(ledger, plain, wrapped)) == [3, 0]


def test_a_simulated_gift_has_a_simulated_combo() -> None:
    ledger = Ledger()
    (made,) = fill(ledger, gift(3, event_type=SimulatedEvent))
    assert isinstance(made, SimulatedEvent)
    (combo,) = ledger.close(0.0, "stop")
    assert isinstance(combo, SimulatedEvent)


def test_the_catalogue_names_and_prices_what_comes_without() -> None:
    listed = ListedGift("463", "小心心", 2, 0.2, "https://p3-webcast.douyinpic.com/b.png", True, 1)
    ledger = Ledger({"463": listed}.get)
    bare = gift(3, name="", each=0, image="", combo=False)
    known = gift(5, name="大心心", each=3)
    unknown = gift(1, name="", each=0, gift_id="9")
    told = gifts(fill(ledger, bare, known, unknown))
    assert [payload.name for payload in told] == ["小心心", "大心心", ""]
    assert told[0].content == "送出了 小心心 x3"
    assert (told[0].diamond_each, told[0].diamond_total, told[0].combo) == (2, 6, True)
    assert told[0].image == listed.image
    assert (told[1].diamond_each, told[1].image) == (3, "https://p3-webcast.douyinpic.com/a.png")
    assert told[2].total_diamonds == 0


def test_a_price_that_comes_later_counts_for_the_whole_combo() -> None:
    ledger = Ledger()
    told = gifts(fill(ledger, gift(3, each=0), gift(5, each=2), gift(5, each=0, end=True)))
    assert [payload.increment_diamonds for payload in told] == [0, 10, 0]
    (combo,) = combos(ledger.due(SETTLE_S))
    assert (combo.diamond_each, combo.diamond_total) == (2, 10)


@pytest.mark.parametrize("count", [0, -5])
def test_numbers_that_make_no_sense_take_nothing_away(count: int) -> None:
    ledger = Ledger()
    told = fill(ledger, gift(4), gift(count), gift(4, each=-2))
    assert increments(told) == [4, 0, 0]
    assert increments(fill(ledger, gift(count, group="2", each=-2))) == [1]
    assert [combo.diamond_total for combo in combos(ledger.close(0.0, "stop"))] == [8, 0]


def test_numbers_beyond_all_bounds_spoil_no_sum() -> None:
    ledger = Ledger()
    told = fill(
        ledger,
        gift(4),
        gift(2**63 - 1, each=2**31 - 1),
        gift(5, each=-(2**63)),
        gift(10**8, group="2", each=10**8),
    )
    assert increments(told) == [4, 0, 1, 10**8]
    assert [payload.total_diamonds for payload in gifts(told)] == [8, 8, 10, 10**12]
    assert [payload.count for payload in gifts(told)] == [4, 1, 5, 10**8]
    assert max(payload.diamond_total for payload in gifts(told)) == 10**12


def to_guests(message: Event, *uids: str) -> Event:
    guests = [giver(uid) for uid in uids]
    payload = msgspec.structs.replace(
        message.payload,
        to_user=guests[0] if len(guests) == 1 else None,
        to_uids=uids if len(uids) > 1 else (),
    )
    return msgspec.structs.replace(message, payload=payload)


def test_who_gets_a_gift_tells_combos_apart() -> None:
    ledger = Ledger()
    told = fill(
        ledger,
        gift(2),
        to_guests(gift(2), "901"),
        to_guests(gift(2), "902"),
        to_guests(gift(3), "901", "902"),
        to_guests(gift(3), "902", "901"),
    )
    assert increments(told) == [2, 2, 2, 3, 0]


def test_a_combo_without_a_group_counts_up_as_long_as_it_runs() -> None:
    ledger = Ledger()
    told = fill(
        ledger,
        gift(1, group="", time=1_000, msg_id="1"),
        gift(3, group="", time=3_000, msg_id="3"),
        gift(2, group="", time=2_000, msg_id="2"),
        gift(3, group="", time=4_000, msg_id="4", end=True),
        # The next one of the same gift begins at once.
        gift(1, group="", time=5_000, msg_id="5"),
        gift(2, group="", time=6_000, msg_id="6", end=True),
    )
    assert increments(told) == [1, 2, 0, 0, 1, 1]
    assert sorted(combo.count for combo in combos(ledger.due(TIMEOUT_S))) == [2, 3]


def test_a_lower_count_behind_the_end_of_a_combo_adds_nothing() -> None:
    # It may have come late, by another connection; that a counter began again can't be told.
    ledger = Ledger()
    told = fill(ledger, gift(5, end=True))
    ledger.due(SETTLE_S)
    told += fill(ledger, gift(1, time=9_000), gift(3, time=9_500, end=True))
    assert increments(told) == [5, 0, 0]


def test_open_combos_are_bounded_and_none_is_lost() -> None:
    ledger = Ledger()
    told = fill(ledger, *(gift(3, group=str(group)) for group in range(1, MAX_OPEN + 11)))
    assert [combo.count for combo in combos(told)] == [3] * 10
    assert len(combos(ledger.close(0.0, "stop"))) == MAX_OPEN


def test_remembered_combos_are_bounded() -> None:
    ledger = Ledger()
    for group in range(1, MAX_CLOSED + 11):
        fill(ledger, gift(1, group=str(group), combo=False))
        ledger.due(SETTLE_S)
    assert increments(fill(ledger, gift(1, group="11"), gift(1, group="10"))) == [0, 1]
    ledger.due(CLOSED_S + SETTLE_S)
    assert increments(fill(ledger, gift(1, group="12"))) == [1]


def replayed(events: list[Event], now_s: float, now_ms: int) -> Ledger:
    """Take up what is stored."""
    ledger = Ledger()
    for event in events:
        ledger.replay(event, now_s - (now_ms - event.time) / 1000)
    return ledger


def test_combos_are_taken_up_again_after_a_restart() -> None:
    ledger = Ledger()
    stored = fill(ledger, gift(7, time=1_000), gift(3, time=2_000, group="2", end=True))
    stored += ledger.due(SETTLE_S)
    again = replayed(stored, now_s=100.0, now_ms=5_000)
    assert increments(fill(again, gift(9, time=5_000), gift(3, group="2"), now_s=100.0)) == [2, 0]
    assert [combo.count for combo in combos(again.due(120.0))] == [9]


def test_a_combo_that_was_told_is_not_told_again_after_a_restart() -> None:
    ledger = Ledger()
    stored = fill(ledger, gift(7, time=1_000))
    stored += ledger.close(1.0, "stop")
    # Its gifts may be further back than what is read of the store.
    for events in (stored, stored[1:]):
        again = replayed(events, now_s=100.0, now_ms=5_000)
        assert again.next_s is None
        (told,) = fill(again, gift(9, time=6_000), now_s=101.0)
        assert (told.payload.increment, told.payload.total) == (2, 9)
        (combo,) = combos(again.due(120.0))
        assert (combo.count, combo.diamond_total, combo.continued) == (2, 4, True)


def test_what_was_open_when_the_relay_was_killed_long_ago_is_told_at_once() -> None:
    stored = fill(Ledger(), gift(7, time=1_000))
    again = replayed(stored, now_s=5.0, now_ms=10_000_000)
    (combo,) = combos(again.due(5.0))
    assert (combo.count, combo.continued, combo.closed_by) == (7, False, "timeout")


class Sequence:
    """Messages of many combos, as badly as upstream brings them, and what they truly add up to."""

    def __init__(self, rng: random.Random, count: int) -> None:
        self.true: dict[tuple[str, str, str, str], tuple[int, int]] = {}
        self.messages: list[tuple[float, Event]] = []
        at_s = 0.0
        for number in range(count):
            at_s += rng.random() * 0.02
            self._add_combo(rng, number, at_s)
        self.messages.sort(key=lambda item: item[0])

    def _add_combo(self, rng: random.Random, number: int, at_s: float) -> None:
        # Groups resemble seconds, and collide between users, gifts and rooms.
        group = str(1_777_600_000 + int(at_s) // 5)
        room_id = str(7_000_000_000_000_000_000 + rng.randrange(3))
        who = number % 5_000
        user = giver(str(who))
        if rng.random() < 0.3:
            user = giver(MASKED_UID, nickname="薛***", sec_uid=f"MS4w{who}")
        gift_id, each = rng.choice((("463", 1), ("685", 10), ("3992", 0), ("99", 1314)))
        key = (room_id, f"{user.sec_uid}{user.uid}", gift_id, group)
        if key in self.true:
            return
        preset = rng.choice((1, 1, 1, 66, 188, 520, 1314))
        steps = [1]
        for _ in range(rng.randrange(5)):
            steps.append(steps[-1] + rng.choice((1, 2, 3, 7)))
        counts = [step * preset for step in steps]
        self.true[key] = (counts[-1], counts[-1] * each)
        said = [
            (at_s + 0.3 * step, count, False) for step, count in enumerate(counts)
        ]  # 0.3 s apart
        if rng.random() < 0.7:
            said.append((said[-1][0] + rng.random() * 3, counts[-1], True))
        said += [item for item in said if rng.random() < 0.2]
        for step_s, amount, end in said:
            jitter_s = rng.random() * 0.9
            event = gift(
                amount,
                group=group,
                user=user,
                gift_id=gift_id,
                each=each,
                room_id=room_id,
                end=end,
                time=round(step_s * 1000),
            )
            self.messages.append((step_s + jitter_s, event))


def key_of(payload: GiftPayload | module.GiftComboPayload) -> tuple[str, str, str, str]:
    user = payload.user
    assert user is not None
    return (payload.room_id, f"{user.sec_uid}{user.uid}", payload.gift_id, payload.group_id)


def test_a_hundred_thousand_combos_add_up_exactly() -> None:
    sequence = Sequence(random.Random(7), 100_000)
    ledger = Ledger()
    added: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    told: list[Event] = []
    for at_s, event in sequence.messages:
        told += ledger.due(at_s)
        for each in ledger.take(event, at_s):
            if each.method == "RelayGiftCombo":
                told.append(each)
                continue
            sums = added[key_of(each.payload)]
            sums[0] += each.payload.increment
            sums[1] += each.payload.increment_diamonds
    told += ledger.due(sequence.messages[-1][0] + TIMEOUT_S)
    assert {key: tuple(sums) for key, sums in added.items()} == sequence.true
    finished = combos(told)
    assert {
        key_of(combo): (combo.count, combo.diamond_total) for combo in finished
    } == sequence.true
    assert set(Counter(map(key_of, finished)).values()) == {1}
    assert len(finished) > 99_000
    assert ledger.next_s is None


STEPS = st.tuples(
    st.integers(0, 3),  # which combo
    st.integers(1, 400),
    st.booleans(),  # its closing message
    st.integers(0, 3),  # price: 0 is none
    st.sampled_from((0.0, 0.4, 2.0, TIMEOUT_S + 1)),  # seconds until the next
    st.booleans(),  # whether the ledger is asked in between
)


@given(st.lists(STEPS, max_size=20), st.sampled_from(("broadcast", "stop", "timeout")))
def test_in_any_order_all_sums_are_the_highest_count(
    steps: list[tuple[int, int, bool, int, float, bool]], closed_by: module.ClosedBy
) -> None:
    ledger = Ledger()
    now_s = 0.0
    told: list[Event] = []
    for group, count, end, each, wait_s, asks in steps:
        message = gift(count, group=str(group + 1), end=end, each=each * 5)
        told += ledger.take(message, now_s)
        now_s += wait_s
        if asks:
            told += ledger.due(now_s)
    told += ledger.close(now_s, closed_by)
    for group in {step[0] for step in steps}:
        mine = [payload for payload in gifts(told) if payload.group_id == str(group + 1)]
        finished = [combo for combo in combos(told) if combo.group_id == str(group + 1)]
        true = max(step[1] for step in steps if step[0] == group)
        assert sum(payload.increment for payload in mine) == true
        assert sum(combo.count for combo in finished) == true
        value = sum(payload.increment_diamonds for payload in mine)
        assert value == sum(combo.diamond_total for combo in finished) == mine[-1].total_diamonds
        assert all(payload.increment >= 0 <= payload.increment_diamonds for payload in mine)
        assert [combo.continued for combo in finished] == [False] + [True] * (len(finished) - 1)
        assert len({payload.combo_id for payload in mine}) == 1


@given(st.lists(STEPS, min_size=1, max_size=20), st.data())
def test_a_restart_anywhere_changes_no_sum(
    steps: list[tuple[int, int, bool, int, float, bool]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(steps)))
    kept = data.draw(st.integers(0, len(steps)))
    ledger = Ledger()
    now_s = 0.0
    told: list[Event] = []
    for number, (group, count, end, each, wait_s, asks) in enumerate(steps):
        if number == cut:
            ledger = replayed(told, now_s, round(now_s * 1000))
        if number == kept:
            state = msgspec.msgpack.encode(ledger.state(now_s, round(now_s * 1000)))
            ledger = Ledger()
            ledger.restore(
                msgspec.msgpack.decode(state, type=LedgerState), now_s, round(now_s * 1000)
            )
        message = gift(count, group=str(group + 1), end=end, each=each, time=round(now_s * 1000))
        told += ledger.take(message, now_s)
        now_s += wait_s
        if asks:
            told += ledger.due(now_s)
    told += ledger.close(now_s, "stop")
    true = sum(
        max(step[1] for step in steps if step[0] == group) for group in {s[0] for s in steps}
    )
    assert sum(increments(told)) == sum(combo.count for combo in combos(told)) == true
    assert sum(payload.increment_diamonds for payload in gifts(told)) == sum(
        combo.diamond_total for combo in combos(told)
    )
