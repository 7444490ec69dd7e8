"""What a broadcast adds up to, and what of that is told."""

import random
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from gift_samples import gift, giver
from serving import make_payload

from relay.events import (
    MASKED_UID,
    ChatPayload,
    Event,
    FansclubPayload,
    LikePayload,
    MemberPayload,
    Payload,
    RoomStatsPayload,
    RoomUserSeqPayload,
    SocialPayload,
    StatsPayload,
    User,
)
from relay.webcast import counts, distinct, givers
from relay.webcast.distinct import Distinct
from relay.webcast.gifts import Ledger
from relay.webcast.statistics import (
    DECAY_MS,
    FULL_MS,
    LATE_MS,
    WINDOWS_MS,
    Statistics,
    StatisticsState,
)

ROOM, NEXT_ROOM = "7000000000000000001", "7000000000000000002"
BEGIN_MS = 1_777_600_000_000
METHODS = {
    ChatPayload: "WebcastChatMessage",
    FansclubPayload: "WebcastFansclubMessage",
    LikePayload: "WebcastLikeMessage",
    MemberPayload: "WebcastMemberMessage",
    RoomStatsPayload: "WebcastRoomStatsMessage",
    RoomUserSeqPayload: "WebcastRoomUserSeqMessage",
    SocialPayload: "WebcastSocialMessage",
}


class Room:
    """Statistics with a clock, and a client that folds what is told."""

    def __init__(self) -> None:
        self.now_ms = BEGIN_MS
        self.statistics = Statistics(lambda: self.now_ms)
        self.told: list[StatsPayload] = []
        self.folded: dict[str, Any] = {}
        self._ledger = Ledger()

    def takes(
        self,
        kind: type[Payload],
        user: User | str | None = None,
        *,
        room_id: str = ROOM,
        time: int | None = None,
        **fields: Any,
    ) -> None:
        if isinstance(user, str):
            user = giver(user)
        payload = make_payload(kind, **fields)
        payload = msgspec.structs.replace(payload, user=user)
        if self.statistics.is_idle:
            self.statistics.wake()
        at_ms = self.now_ms if time is None else time
        self.statistics.take(Event(METHODS[kind], "0", room_id, "80000000001", at_ms, payload))

    def given(self, uid: str, count: int, each: int = 1, **fields: Any) -> None:
        """Somebody gives `count` gifts in all, within one combo."""
        for event in self._ledger.take(gift(count, each=each, user=giver(uid), **fields), 0.0):
            self.statistics.take(event)

    def passes(self, seconds: float) -> None:
        """Let time pass as the relay does, a second at a time."""
        until_ms = self.now_ms + round(seconds * 1000)
        while self.now_ms < until_ms:
            self.now_ms = min(self.now_ms + 1000, until_ms)
            changes = self.statistics.changes(self.now_ms)
            if changes is not None:
                self._fold(changes)

    def _fold(self, changes: StatsPayload) -> None:
        self.told.append(changes)
        fields = msgspec.structs.asdict(changes)
        known = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
        self.folded = known if changes.full else {**self.folded, **known}
        assert {**self.folded, "full": True} == msgspec.structs.asdict(self.statistics.full())

    @property
    def full(self) -> StatsPayload:
        self.passes(WINDOWS_MS / 1000)
        return self.statistics.full()


@pytest.fixture
def room() -> Room:
    return Room()


def test_before_anything_comes_all_is_zero(room: Room) -> None:
    full = room.statistics.full()
    assert (full.full, full.likes, full.viewers, full.top_givers) == (True, 0, None, ())
    assert msgspec.UNSET not in msgspec.structs.astuple(full)
    assert room.statistics.is_idle
    room.passes(60)
    assert room.told == []


def test_the_first_that_is_told_is_everything_then_only_what_changed(room: Room) -> None:
    room.takes(LikePayload, "1", count=3, total=100)
    room.passes(1)
    (first,) = room.told
    assert (first.full, first.since_ms, first.likes) == (True, BEGIN_MS, 100)
    room.takes(LikePayload, "1", count=3, total=103)
    room.passes(1)
    second = room.told[-1]
    assert (second.full, second.likes) == (False, 103)
    assert b"viewers" not in msgspec.json.encode(second)
    assert b"messages" not in msgspec.json.encode(second), "told more rarely, since it is large"


def test_it_is_told_once_a_second_and_all_of_it_once_a_minute(room: Room) -> None:
    for total in range(1, 1000):
        room.takes(LikePayload, "1", count=1, total=total)
        room.now_ms += 125
        if total % 8 == 0:
            room.now_ms -= 1000
            room.passes(1)
    times = [told.time_ms for told in room.told]
    assert min(b - a for a, b in pairwise(times)) >= 1000
    fulls = [told.time_ms for told in room.told if told.full]
    assert len(fulls) == 3
    assert all(b - a >= FULL_MS for a, b in pairwise(fulls))


def test_the_ranking_is_told_at_once_then_every_few_seconds(room: Room) -> None:
    room.takes(LikePayload, "1", count=1, total=1)
    room.passes(6)
    for count in range(1, 13):
        room.given("1", count)
        room.passes(1)
        assert room.folded["gifts"] == count
    ranked = [told.time_ms for told in room.told if told.top_givers]
    assert ranked[0] == BEGIN_MS + 7_000
    assert {b - a for a, b in pairwise(ranked)} <= {1_000, 2_000, 3_000}
    assert len(ranked) <= 7
    room.passes(4)
    assert room.folded["top_givers"][0].gifts == 12


def test_nothing_is_told_where_nothing_changed(room: Room) -> None:
    room.takes(LikePayload, "1", count=1, total=5)
    room.passes(400)
    assert room.statistics.is_idle
    told = len(room.told)
    assert told <= 2 + 300_000 // DECAY_MS
    room.passes(200)
    assert len(room.told) == told


def test_windows_decay_by_themselves(room: Room) -> None:
    room.takes(ChatPayload, "1")
    room.given("2", 3, each=10)
    room.passes(11)
    assert room.folded["messages_per_min"] == {"WebcastChatMessage": 1, "WebcastGiftMessage": 1}
    recent = room.folded["recent"]
    assert (recent.gifts, recent.gift_diamonds, recent.gift_cny) == (3, 30, 3.0)
    assert [giver.user.uid for giver in recent.top_givers] == ["2"]
    assert recent.window_s == 12
    room.passes(70)
    assert room.folded["messages_per_min"] == {}
    assert room.folded["recent"].gifts == 3
    room.passes(240)
    recent = room.folded["recent"]
    assert (recent.gifts, recent.messages, recent.top_givers) == (0, {}, ())
    assert recent.window_s == 300
    assert (room.folded["gifts"], room.folded["messages"]) == (
        3,
        {"WebcastChatMessage": 1, "WebcastGiftMessage": 1},
    )


def test_viewers_are_the_newest_number_in_whatever_order_they_come(room: Room) -> None:
    numbers = [(100 + n, 1000 + 10 * n, BEGIN_MS + 4000 * n) for n in range(20)]
    late = numbers[:]
    random.Random(7).shuffle(late)
    for total, total_user, time in [*late[:10], *late, *late[5:]]:
        room.takes(RoomUserSeqPayload, total=total, total_user=total_user, time=time)
    room.takes(RoomUserSeqPayload, total=90, total_user=1190, time=BEGIN_MS + 90_000)
    full = room.full
    assert (full.viewers, full.viewers_peak, full.viewers_total) == (90, 119, 1190)


def test_numbers_that_cannot_be_are_ignored(room: Room) -> None:
    told = [
        (100, 1_000),
        (120, 0),  # left out
        (130, 999),
        (-5, 1_001),
        (7, 2**63 - 1),
        (10**10, 1_002),
        (0, 0),
    ]
    seen = []
    for step, (total, total_user) in enumerate(told):
        time = BEGIN_MS + step * 1_000
        room.takes(RoomUserSeqPayload, total=total, total_user=total_user, time=time)
        seen.append((room.full.viewers, room.full.viewers_total))
    assert seen == [
        (100, 1_000),
        (120, 1_000),
        (130, 1_000),
        (130, 1_001),
        (7, 1_001),
        (7, 1_002),
        (7, 1_002),
    ]
    for total in (50, 2**62, -1, 60):
        room.takes(LikePayload, "1", count=1, total=total)
    room.takes(LikePayload, "1", count=-3, total=0)
    room.takes(LikePayload, "1", count=2**62, total=0)
    assert room.full.likes == 60


def test_a_total_that_leaps_is_believed_when_it_is_said_again(room: Room) -> None:
    room.takes(LikePayload, "1", count=1, total=50)
    for total, likes in ((9_000_000, 50), (60, 60), (9_000_000, 60), (9_000_007, 9_000_007)):
        room.takes(LikePayload, "1", count=1, total=total)
        assert room.full.likes == likes


def test_viewers_in_the_corner_count_where_there_is_no_other_number(room: Room) -> None:
    corner = {"display_type": 1, "display_value": 40, "display_version": "5"}
    room.takes(RoomStatsPayload, **corner)
    room.takes(RoomStatsPayload, **{**corner, "display_value": 7, "display_version": "4"})
    room.takes(RoomStatsPayload, **{**corner, "display_value": 7, "is_hidden": True})
    room.takes(RoomStatsPayload, **{**corner, "display_value": 7, "display_type": 3})
    assert room.full.viewers == 40
    room.takes(RoomUserSeqPayload, total=50, total_user=60)
    room.takes(RoomStatsPayload, **{**corner, "display_version": "6"})
    assert room.full.viewers == 50


def test_likes_are_upstreams_total_else_the_sum(room: Room) -> None:
    room.takes(LikePayload, "1", count=5)
    room.takes(LikePayload, "2", count=7)
    assert room.full.likes == 12
    for total in (900, 1000, 950):
        room.takes(LikePayload, "1", count=4, total=total)
    full = room.full
    assert full.likes == 1000
    recent = full.recent
    assert recent
    assert recent.likes == 12 + 4 + 100, "what came before the relay did is not of now"


def test_people_are_counted_once_and_hidden_ones_not_at_all(room: Room) -> None:
    for uid in ("1", "2", "1", MASKED_UID, MASKED_UID):
        room.takes(MemberPayload, uid, action=1)
        room.takes(SocialPayload, uid, action=1)
        room.takes(ChatPayload, uid)
        room.takes(FansclubPayload, uid, action=2)
        room.given(uid, 1, group=f"{len(room.told)}{random.random()}")
    room.takes(MemberPayload, None, action=1)
    room.takes(MemberPayload, "9", action=5)
    room.takes(FansclubPayload, "9", action=1)
    full = room.full
    assert (full.newcomers, full.followers, full.chatters, full.fansclub_joins, full.givers) == (
        (2,) * 5
    )
    assert full.entries == 6
    assert full.gifts == 5
    assert {giver.user.uid for giver in full.top_givers or ()} == {"1", "2"}


def test_shares_are_upstreams_total_else_their_number(room: Room) -> None:
    for total in (0, 0, 41, 40):
        room.takes(SocialPayload, "1", action=3, share_total_count=total)
    assert room.full.shares == 41


def test_gifts_add_up_by_increments_and_rank_those_who_gave(room: Room) -> None:
    for uid in range(1, 31):
        for count in (1, 3, 2, 3):
            room.given(str(uid), count, each=uid)
    full = room.full
    assert (full.gifts, full.gift_diamonds) == (90, 3 * sum(range(31)))
    assert full.gift_cny == pytest.approx(0.3 * sum(range(31)))
    assert full.givers == 30
    top = full.top_givers or ()
    assert [(each.user.uid, each.gifts, each.diamonds) for each in top] == [
        (str(uid), 3, 3 * uid) for uid in range(30, 20, -1)
    ]
    room.given("1", 100, each=5, group="1777600009")
    first = (room.full.top_givers or ())[0]
    assert (first.user.uid, first.diamonds, first.cny) == ("1", 503, 50.3)


def test_rankings_are_right_in_any_order(room: Room) -> None:
    rng = random.Random(11)
    sums: dict[str, int] = {}
    for number in range(2000):
        uid, each = str(rng.randrange(1, 200)), rng.randrange(50)
        sums[uid] = sums.get(uid, 0) + each
        room.given(uid, 1, each=each, group=str(number))
    top = room.full.top_givers or ()
    assert [each.diamonds for each in top] == sorted(sums.values(), reverse=True)[:10]
    assert all(sums[each.user.uid] == each.diamonds for each in top)


def test_many_givers_are_bounded_and_those_who_gave_most_are_kept(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(givers, "MAX_GIVERS", 40)
    for number in range(500):
        room.given(f"1{number}", 1, each=1000 - number)
    room.given("10", 2, each=1000)
    full = room.full
    assert full.givers == 500
    assert [each.user.uid for each in full.top_givers or ()] == [f"1{n}" for n in range(10)]
    assert (full.top_givers or ())[0].diamonds == 2000


def test_givers_of_the_last_minutes_are_counted_however_many_they_are(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(givers, "MAX_GIVERS", 40)
    room.given("1", 1, each=10)
    for number in range(2, 100):
        room.passes(2)
        room.given(f"{number}", 1, each=20)
    room.passes(100)
    room.given("1", 2, each=3, group="2")
    room.passes(204)  # by now all the others are too long ago
    recent = room.folded["recent"].top_givers
    assert [(each.user.uid, each.gifts, each.diamonds) for each in recent] == [("1", 2, 6)]


def test_who_is_at_the_top_stays_when_many_are_level(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(givers, "MAX_GIVERS", 40)
    for number in range(1, 41):
        room.given(f"{number}", 1, each=1)
    room.given("40", 1, each=1, group="2")
    for number in range(1, 40):
        room.given(f"{number}", 1, each=1, group="2")
    room.given("41", 1, each=1)
    top = room.full.top_givers or ()
    assert [each.diamonds for each in top] == [2] * 10
    room.given("40", 1, each=1, group="3")
    first = (room.full.top_givers or ())[0]
    assert (first.user.uid, first.diamonds) == ("40", 3)


def test_the_next_broadcast_begins_anew(room: Room) -> None:
    room.takes(LikePayload, "1", count=1, total=5000)
    room.takes(MemberPayload, "1", action=1)
    room.passes(10)
    room.takes(MemberPayload, "1", action=1, room_id=NEXT_ROOM)
    room.takes(LikePayload, "1", count=1, total=5001)  # of the one before, and late
    room.passes(1)
    last = room.told[-1]
    assert (last.full, last.room_id, last.likes, last.newcomers) == (True, NEXT_ROOM, 0, 1)
    assert last.messages == {"WebcastMemberMessage": 1}
    room.passes(LATE_MS / 1000)
    room.takes(LikePayload, "1", count=1, total=5001)
    assert room.full.likes == 5001, "a recording that plays again"


def test_methods_are_bounded(room: Room) -> None:
    for number in range(3 * counts.MAX_METHODS):
        payload = {"payload_base64": ""}
        event = Event(f"Webcast{number}Message", "0", ROOM, "80000000001", BEGIN_MS, payload)
        room.statistics.take(event)
    messages = room.full.messages or {}
    assert len(messages) == counts.MAX_METHODS + 1
    assert messages["other"] == 2 * counts.MAX_METHODS


def test_series_say_what_happened_step_by_step(room: Room) -> None:
    room.now_ms = BEGIN_MS + 500
    for step in range(12):
        room.takes(RoomUserSeqPayload, total=100 + step, total_user=1000 + step)
        for _ in range(step):
            room.takes(ChatPayload, "1")
        room.takes(LikePayload, "1", count=2, total=2 * (step + 1))
        room.given("1", step + 1, each=7)
        room.passes(10)
    points = [msgspec.json.decode(point) for point in room.statistics.series(10)]
    assert [point["time_ms"] for point in points] == [
        BEGIN_MS + 10_000 * step for step in range(len(points))
    ]
    assert [point["viewers"] for point in points[:12]] == [100 + step for step in range(12)]
    assert [point["messages"].get("WebcastChatMessage", 0) for point in points[:12]] == [*range(12)]
    assert {point["likes"] for point in points[:12]} == {2}
    assert {point["gift_diamonds"] for point in points[:12]} == {7}
    minutes = [msgspec.json.decode(point) for point in room.statistics.series(60)]
    assert sum(point["likes"] for point in minutes) == 24
    assert [point["time_ms"] % 60_000 for point in minutes] == [0] * len(minutes)


def test_what_comes_after_a_pause_is_of_now(room: Room) -> None:
    room.takes(ChatPayload, "1")
    room.passes(400)
    assert room.statistics.is_idle
    room.now_ms += 3_600_000
    room.takes(ChatPayload, "1")
    room.passes(11)
    assert room.folded["messages_per_min"] == {"WebcastChatMessage": 1}
    assert room.folded["recent"].messages == {"WebcastChatMessage": 1}
    last = msgspec.json.decode(room.statistics.series(10)[-1])
    assert (last["time_ms"], last["messages"]) == (BEGIN_MS + 4_000_000, {"WebcastChatMessage": 1})


def test_series_are_bounded(room: Room) -> None:
    for _ in range(500):
        room.takes(ChatPayload, "1")
        room.passes(10)
    assert len(room.statistics.series(10)) == 361
    assert len(room.statistics.series(60)) <= 85


def test_it_goes_on_after_a_restart(room: Room) -> None:
    room.takes(RoomUserSeqPayload, total=100, total_user=900)
    room.takes(LikePayload, "1", count=1, total=70)
    for uid in ("1", "2", "3"):
        room.takes(MemberPayload, uid, action=1)
        room.given(uid, int(uid), each=5)
    state = msgspec.msgpack.encode(room.statistics.state())
    again = Room()
    again.now_ms = room.now_ms
    again.statistics.restore(msgspec.msgpack.decode(state, type=StatisticsState))
    assert again.statistics.series(10) == room.statistics.series(10)
    assert again.full.recent == room.full.recent
    assert again.statistics.full().likes == 70
    again.takes(MemberPayload, "2", action=1)
    again.takes(MemberPayload, "4", action=1)
    again.takes(LikePayload, "1", count=1, total=71)
    again.given("1", 10, each=5, group="1777600009")
    full = again.full
    assert (full.since_ms, full.viewers, full.viewers_total) == (BEGIN_MS, 100, 900)
    assert (full.likes, full.newcomers, full.entries) == (71, 4, 5)
    assert (full.messages or {})["WebcastMemberMessage"] == 3 + 2
    assert (full.gifts, full.gift_diamonds) == (16, 80)
    assert [(each.user.uid, each.diamonds) for each in full.top_givers or ()] == [
        ("1", 55),
        ("3", 15),
        ("2", 10),
    ]


def test_a_clock_that_is_put_back_stops_nothing(room: Room) -> None:
    room.takes(ChatPayload, "1")
    room.passes(10)
    room.now_ms -= 3_600_000
    told = len(room.told)
    room.takes(ChatPayload, "2")
    room.passes(2)
    assert len(room.told) > told
    assert room.folded["chatters"] == 2
    room.passes(400)
    assert room.folded["messages_per_min"] == {}
    assert room.statistics.is_idle


def test_the_last_changes_are_told_at_once(room: Room) -> None:
    room.takes(ChatPayload, "1")
    room.passes(1)
    room.takes(ChatPayload, "2")
    last = room.statistics.last(room.now_ms)
    assert last is not None
    assert (last.chatters, last.messages) == (2, {"WebcastChatMessage": 2})
    assert room.statistics.last(room.now_ms) is None


def test_people_are_counted_exactly_then_nearly() -> None:
    people = Distinct({}, 1)
    rises = sum(people.add(str(number)) for number in range(distinct.EXACT))
    assert people.count == rises == distinct.EXACT
    for number in range(0, distinct.EXACT, 7):
        assert people.add(str(number)) == 0
    for number in range(300_000):
        rises += people.add(str(number))
    assert people.count == rises
    assert people.count == pytest.approx(300_000, rel=0.01)
    before = people.count
    assert sum(people.add(str(number)) for number in range(300_000)) == 0
    assert people.count == before


def test_people_who_do_several_things_are_counted_for_each() -> None:
    known: dict[str, int] = {}
    entered, wrote = Distinct(known, 1), Distinct(known, 2)
    for number in range(300):
        wrote.add(str(number))
    for number in range(distinct.EXACT + 1):
        entered.add(str(number))
    assert (entered.count, wrote.count) == (distinct.EXACT + 1, 300)
    assert len(known) == 300, "those who are counted nearly aren't kept"
    assert sum(wrote.add(str(number)) for number in range(400)) == 100
    kept = entered.state(), wrote.state()
    known = {}
    entered, wrote = Distinct(known, 1), Distinct(known, 2)
    entered.restore(kept[0])
    wrote.restore(kept[1])
    assert (entered.count, wrote.count) == (distinct.EXACT + 1, 400)
    assert sum(wrote.add(str(number)) for number in range(500)) == 100
    assert entered.add("7") == 0
