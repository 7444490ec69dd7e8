"""What happens in a broadcast: proportions, combos, totals, the seed, the rate."""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from relay.sim.behaviours import Behaviours
from relay.sim.goods import make_goods
from relay.sim.messages import MessageWriter
from relay.sim.pace import CYCLE_S, Pace
from relay.sim.people import Crowd, make_person
from relay.sim.show import MsgIds, Sent, Show
from relay.webcast.pb import webcast_pb2 as pb

NOW_MS = 1_800_000_000_000
ROOM_ID = 7_700_000_000_000_000_000
CALM = Behaviours()


def play(
    count: int, *, seed: str = "1", rate: float = 1000, behaviours: Behaviours = CALM
) -> Iterator[Sent]:
    rng = random.Random(seed)
    show = Show(
        seed=seed,
        room_id=ROOM_ID,
        anchor=make_person(rng),
        crowd=Crowd(rng),
        goods=make_goods(rng),
        ids=MsgIds(0),
    )
    for number in range(count):
        yield show.next(NOW_MS + number, rate, behaviours)


def test_the_same_seed_plays_the_same_show() -> None:
    assert list(play(2000)) == list(play(2000))
    assert list(play(50)) != list(play(50, seed="2"))


def test_kinds_come_in_the_proportions_of_a_real_room() -> None:
    counts = Counter(message.method for message in play(40_000))
    share = {method: 100 * count / 40_000 for method, count in counts.items()}
    for method, percent in {"Chat": 40, "Gift": 32, "Like": 15, "RoomUserSeq": 10}.items():
        assert share[f"Webcast{method}Message"] == pytest.approx(percent, abs=5)
    assert share["WebcastSocialMessage"] == pytest.approx(3, abs=1)
    for method in ("Member", "Fansclub", "EmojiChat", "RoomStats", "RoomRank"):
        assert share[f"Webcast{method}Message"] > 0.3


@pytest.mark.parametrize("rate", [1, 2, 5, 20])
def test_every_stretch_of_a_slow_room_shows_what_overlays_wait_for(rate: int) -> None:
    wanted = {f"Webcast{kind}Message" for kind in ("Chat", "Gift", "Like", "Member", "Social")}
    methods = [message.method for message in play(600, rate=rate)]
    assert wanted <= set(methods[:6])
    stretch = max(16, 10 * rate)
    for start in range(len(methods) - stretch):
        assert wanted <= set(methods[start : start + stretch])


def test_msg_ids_are_unique_and_grow() -> None:
    ids = [message.msg_id for message in play(5000)]
    assert ids == sorted(set(ids))


def test_every_payload_is_its_method_with_the_common_part_filled_in() -> None:
    for message in play(3000):
        kind = getattr(pb, message.method.removeprefix("Webcast"))
        parsed = kind.FromString(message.payload)
        assert parsed.common.method == message.method
        assert parsed.common.msg_id == message.msg_id
        assert parsed.common.room_id == ROOM_ID
        assert NOW_MS <= parsed.common.create_time < NOW_MS + 3000


def gifts(count: int, behaviours: Behaviours = CALM) -> list[pb.GiftMessage]:
    return [
        pb.GiftMessage.FromString(message.payload)
        for message in play(count, behaviours=behaviours)
        if message.method == "WebcastGiftMessage"
    ]


def combos(found: list[pb.GiftMessage]) -> list[list[pb.GiftMessage]]:
    groups: defaultdict[tuple[int, int, int], list[pb.GiftMessage]] = defaultdict(list)
    for gift in found:
        if gift.send_type == 4:
            groups[gift.user.id, gift.gift_id, gift.group_id].append(gift)
    return list(groups.values())


def split(group: list[pb.GiftMessage]) -> list[list[pb.GiftMessage]]:
    """A group key may collide; counters that start again begin another combo."""
    runs: list[list[pb.GiftMessage]] = []
    for gift in group:
        if gift.combo_count == 1 and not gift.repeat_end:
            runs.append([])
        runs[-1].append(gift)
    return runs


def test_combos_skip_counters_and_close_with_a_twin() -> None:
    found = gifts(20_000)
    assert {gift.send_type for gift in found} == {1, 4}
    skipped = closed = 0
    for group in combos(found):
        if len({gift.group_count for gift in group}) > 1 or len(split(group)) > 1:
            continue
        counts = [gift.combo_count for gift in group if not gift.repeat_end]
        assert counts == sorted(set(counts))
        assert counts[0] == 1
        skipped += any(b - a > 1 for a, b in itertools.pairwise(counts))
        for gift in group:
            assert gift.total_count == gift.combo_count * gift.group_count
            assert gift.gift.diamond_count > 0
        if group[-1].repeat_end:
            closed += 1
            assert group[-1].combo_count == counts[-1]
            assert group[-1].common.msg_id != group[-2].common.msg_id
    assert skipped > 50
    assert closed > 100


def test_some_combos_never_close_unless_switched_off() -> None:
    def unclosed(found: list[pb.GiftMessage]) -> int:
        begun = sum(g.send_type == 4 and g.combo_count == 1 and not g.repeat_end for g in found)
        return begun - sum(gift.repeat_end for gift in found if gift.send_type == 4)

    under_way = 6
    assert unclosed(gifts(20_000)) > under_way
    assert unclosed(gifts(20_000, Behaviours(endless_combo_every=0))) <= under_way


def test_some_single_gifts_are_told_again_seconds_later() -> None:
    singles = [gift for gift in gifts(20_000) if gift.send_type == 1]
    first: dict[int, pb.GiftMessage] = {}
    twins = 0
    for gift in singles:
        if not gift.repeat_end:
            assert gift.group_id not in first
            if gift.group_id:
                first[gift.group_id] = gift
            continue
        twins += 1
        before = first[gift.group_id]
        assert (gift.gift_id, gift.user.id) == (before.gift_id, before.user.id)
        assert gift.total_count == before.total_count == 1
        assert gift.common.msg_id != before.common.msg_id
        assert gift.send_time - before.send_time >= 1_000
    assert twins > 50
    assert len([gift for gift in singles if not gift.group_id]) > 50


def test_totals_only_grow_but_viewer_numbers_are_told_out_of_order() -> None:
    likes, people = [], []
    for message in play(10_000):
        if message.method == "WebcastLikeMessage":
            likes.append(pb.LikeMessage.FromString(message.payload))
        elif message.method == "WebcastRoomUserSeqMessage":
            people.append(pb.RoomUserSeqMessage.FromString(message.payload))
    assert all(b.total - a.total >= b.count for a, b in itertools.pairwise(likes))
    totals = [(seq.total, seq.total_user) for seq in people]
    repeats = sum(a == b for a, b in itertools.pairwise(totals))
    assert repeats > len(totals) / 20
    assert any(b[1] < a[1] for a, b in itertools.pairwise(totals))
    assert max(total for _, total in totals) in {total for _, total in totals[-20:]}


def test_chats_include_the_traps() -> None:
    chats = [
        pb.ChatMessage.FromString(message.payload)
        for message in play(10_000)
        if message.method == "WebcastChatMessage"
    ]
    empty = [chat for chat in chats if not chat.content]
    assert empty
    assert all(chat.rtf_content_v2.pieces[0].user_value.user.nickname for chat in empty)
    assert any(chat.chat_by == 9 for chat in chats)
    assert len({chat.content for chat in chats}) > 1000
    assert len({chat.user.nickname for chat in chats}) > 200


def test_masked_rooms_show_nobody() -> None:
    real = {message.method: message for message in play(200)}
    chat = pb.ChatMessage.FromString(real["WebcastChatMessage"].payload)
    assert chat.user.id != 111111
    for message in play(500, behaviours=Behaviours(masked_users=True)):
        if message.method == "WebcastChatMessage":
            user = pb.ChatMessage.FromString(message.payload).user
            assert user.nickname.endswith("***")
            assert (user.id, user.id_str) == (111111, "111111")


def test_unknown_methods_and_fields_are_well_formed() -> None:
    behaviours = Behaviours(unknown_method_every=5, unknown_fields=True)
    messages = list(play(500, behaviours=behaviours))
    unknown = [m for m in messages if not hasattr(pb, m.method.removeprefix("Webcast"))]
    assert len(unknown) == 100
    plain = {m.msg_id: m for m in play(500, behaviours=Behaviours(unknown_method_every=5))}
    chats = [m for m in messages if m.method == "WebcastChatMessage"]
    assert chats
    for chat in chats:
        with_extra = pb.ChatMessage.FromString(chat.payload)
        without = pb.ChatMessage.FromString(plain[chat.msg_id].payload)
        assert with_extra.content == without.content
        with_extra.DiscardUnknownFields()
        assert with_extra == without
        assert len(chat.payload) > len(plain[chat.msg_id].payload)


def test_user_levels_and_badges_are_where_clients_look() -> None:
    rng = random.Random(3)
    people = [make_person(rng) for _ in range(50)]
    writer = MessageWriter(ROOM_ID, people[0])
    for person in people:
        user = pb.ChatMessage.FromString(writer.chat(1, NOW_MS, person, "你好")).user
        assert user.pay_grade.level == person.wealth_level
        assert user.fans_club.data.level == person.fans_level
        assert bool(user.badge_image_list) == bool(person.wealth_level)
        assert user.sec_uid.startswith("MS4wLjAB")


@pytest.mark.parametrize("rate", [1, 7, 200, 20_000])
def test_the_rate_is_exact_over_seconds_with_bursts_in_between(rate: int) -> None:
    pace, now, per_second = Pace(0.0), 0.0, Counter[int]()
    step = 0.01
    while now < 10 * CYCLE_S:
        now += step
        due, shed = pace.due(now, rate)
        assert shed == 0
        per_second[int(now)] += due
    assert per_second.total() == pytest.approx(10 * CYCLE_S * rate, abs=max(2, rate / 50))
    if rate == 200:
        assert max(per_second.values()) > 1.1 * min(per_second.values())


def test_a_stopped_machine_does_not_drown_in_what_it_missed() -> None:
    pace = Pace(0.0)
    due, shed = pace.due(60.0, 1000)
    assert due < 1000
    assert due + shed == pytest.approx(60_000, abs=2)
