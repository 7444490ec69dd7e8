"""The push WebSocket: handshake, frames, acks, heartbeats, pings, cuts, continuing."""

import gzip
from collections import Counter
from typing import Any

import pytest
import websockets
from sim_client import HEARTBEAT, PATIENCE_S, push_url, until, watch

from relay.sim import Behaviours, Scenario, Simulator, Step, Timing
from relay.sim.ledger import ConnectionRecord
from relay.sim.room import SimRoom
from relay.webcast.pb import webcast_pb2 as pb

LOW_VALUE = {"WebcastRoomStatsMessage", "WebcastRoomRankMessage"}
CONTROL = "WebcastControlMessage"


def simulator(rate: float = 200, timing: Timing | None = None, **behaviours: Any) -> Simulator:
    return Simulator(
        Scenario(rooms=1, rate=rate, timing=timing or Timing(), behaviours=Behaviours(**behaviours))
    )


def only(sim: Simulator) -> SimRoom:
    return next(iter(sim.rooms.values()))


def last_record(sim: Simulator) -> ConnectionRecord:
    return sim.ledger.of_room(only(sim).web_rid)[-1]


def sent_ids(room: SimRoom, **wanted: object) -> list[int]:
    """What the room sent, as its ledger says."""
    return [
        int(message.msg_id)
        for message in room.ledger.sent
        if all(getattr(message, name) == value for name, value in wanted.items())
    ]


async def handshake(sim: Simulator, url: str, **headers: str) -> websockets.Response:
    """Try a handshake that is refused; give the answer."""
    agent = headers.pop("agent", "Mozilla/5.0 test")
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(
            url,
            additional_headers=headers,
            user_agent_header=agent or None,
            open_timeout=PATIENCE_S,
            proxy=None,
        ):
            pass
    return refused.value.response


# --- the handshake


@pytest.mark.parametrize(
    ("changes", "headers", "reason"),
    [
        ({"browser_version": ""}, {}, "browser_version"),
        ({"user_unique_id": "", "aid": ""}, {}, "aid, user_unique_id"),
        ({"room_id": "7000000000000000000"}, {}, "no such room_id"),
        ({}, {"Cookie": "other=1"}, "ttwid"),
        ({}, {"agent": ""}, "User-Agent"),
    ],
)
async def test_a_poor_handshake_is_blocked_as_douyin_does(
    changes: dict[str, str], headers: dict[str, str], reason: str
) -> None:
    async with simulator() as sim:
        url = push_url(sim, only(sim).room_id, **changes)
        answer = await handshake(sim, url, **({"Cookie": "ttwid=x"} | headers))
        assert answer.status_code == 200
        assert answer.headers["Handshake-Msg"] == "DEVICE_BLOCKED"
        assert answer.headers["Handshake-Status"] == "415"
        assert not answer.body
        assert reason in sim.ledger.refusals[-1].reason


async def test_the_scenario_can_refuse_every_handshake() -> None:
    async with simulator() as sim:
        room = only(sim)
        url = push_url(sim, room.room_id)
        for behaviour, status in (("blocked", 200), ("403", 403), ("503", 503)):
            room.change({"push": behaviour})
            answer = await handshake(sim, url, Cookie="ttwid=x")
            assert answer.status_code == status
            assert (answer.headers.get("Handshake-Msg") == "DEVICE_BLOCKED") == (status == 200)
        room.change({"push": "reset"})
        with pytest.raises(websockets.InvalidMessage):
            async with watch(sim):
                pass
        room.change({"push": "ok"})
        async with watch(sim) as viewer:
            await viewer.read_messages(1)
        assert room.ledger.requests["push blocked"] == 1


# --- frames


async def test_frames_look_like_recorded_ones() -> None:
    async with simulator() as sim, watch(sim) as viewer:
        await viewer.read_messages(50)
        seqids = [frame.seqid for frame in viewer.frames]
        assert seqids == sorted(set(seqids))
        assert len({frame.logid for frame in viewer.frames}) == len(viewer.frames)
        for frame, response in zip(viewer.frames, viewer.responses, strict=True):
            assert (frame.service, frame.method, frame.payload_encoding) == (8888, 8, "pb")
            headers = {header.key: header.value for header in frame.headers}
            assert headers["compress_type"] == "gzip"
            assert gzip.decompress(frame.payload)
            assert headers["im-now"].isdigit()
            assert headers["im-cursor"] == response.cursor
            # Two pairs for one place: acks must carry the Response's.
            assert headers["im-internal_ext"] != response.internal_ext
            assert response.need_ack
            assert response.heartbeat_duration == 15


async def test_busy_rooms_put_several_messages_into_a_frame() -> None:
    async with simulator(rate=5000) as sim, watch(sim) as viewer:
        await viewer.read_messages(2000)
        sizes = [len(response.messages) for response in viewer.responses]
        assert max(sizes) > 5
        assert max(sizes) <= 100
        assert viewer.unreadable == 0


async def test_some_frames_are_not_compressed() -> None:
    async with simulator(uncompressed_every=3) as sim, watch(sim) as viewer:
        await viewer.read_until(lambda: len(viewer.frames) >= 30)
        plain = [frame for frame in viewer.frames if not frame.payload.startswith(b"\x1f\x8b")]
        assert 5 <= len(plain) <= 15
        for frame in plain:
            assert pb.PushFrame.Header(key="compress_type", value="none") in frame.headers


async def test_corrupt_frames_can_not_be_read_and_cost_only_themselves() -> None:
    async with (
        simulator(corrupt_every=4, uncompressed_every=7, replay=0) as sim,
        watch(sim) as viewer,
    ):
        await viewer.read_until(lambda: viewer.unreadable >= 20)
        room = only(sim)
        good = sent_ids(room, corrupt=False)
        start = good.index(viewer.msg_ids[0])
        assert viewer.msg_ids == good[start : start + len(viewer.msg_ids)]
        assert not set(viewer.msg_ids) & set(sent_ids(room, corrupt=True))
        assert last_record(sim).corrupt_frames >= 20


async def test_duplicates_come_again_with_the_same_msg_id() -> None:
    async with simulator(duplicate_every=10, replay=0) as sim, watch(sim) as viewer:
        await viewer.read_messages(200)
        counts = Counter(viewer.msg_ids)
        twice = [msg_id for msg_id, count in counts.items() if count == 2]
        assert len(twice) >= 15
        assert max(counts.values()) == 2
        assert set(twice) <= set(sent_ids(only(sim), duplicate=True))


async def test_messages_change_places() -> None:
    async with simulator(reorder_every=5, replay=0) as sim, watch(sim) as viewer:
        await viewer.read_messages(200)
        ids = viewer.msg_ids
        # Ids are made in order: an id lower than the one before it came late.
        late = [index for index in range(1, len(ids)) if ids[index] < ids[index - 1]]
        assert 30 <= len(late) <= 50
        assert len(set(ids)) == len(ids)


async def test_reordering_and_repeating_everything_still_sends_everything() -> None:
    everything = simulator(reorder_every=1, duplicate_every=1, replay=0)
    async with everything as sim, watch(sim) as viewer:
        await viewer.read_messages(200)
        got = sorted(set(viewer.msg_ids))[2:-2]
        made = sorted(set(sent_ids(only(sim))))
        assert len(got) < 150
        assert got == made[made.index(got[0]) :][: len(got)]


async def test_unknown_methods_arrive_among_the_others() -> None:
    async with simulator(unknown_method_every=4) as sim, watch(sim) as viewer:
        await viewer.read_messages(40)
        unknown = [m for m in viewer.methods if not hasattr(pb, m.removeprefix("Webcast"))]
        assert len(unknown) >= 4


async def test_gifts_need_a_login_where_the_room_says_so() -> None:
    async with (
        simulator(gifts_need_login=True) as sim,
        watch(sim) as anonymous,
        watch(sim, cookie="ttwid=x; sessionid=y") as login,
    ):
        await anonymous.read_messages(100)
        await login.read_messages(100)
        assert "WebcastGiftMessage" not in anonymous.methods
        assert "WebcastGiftMessage" in login.methods
        first, second = sim.ledger.of_room(only(sim).web_rid)
        assert (first.logged_in, second.logged_in) == (False, True)


async def test_all_connections_of_a_room_get_the_same() -> None:
    async with simulator(replay=0) as sim, watch(sim) as one, watch(sim) as other:
        await one.read_messages(100)
        await other.read_messages(100)
        start = one.msg_ids.index(other.msg_ids[0])
        common = one.msg_ids[start:]
        assert common == other.msg_ids[: len(common)]


async def test_the_same_seed_plays_the_same_show_over_the_wire() -> None:
    shows = []
    for _ in range(2):
        async with simulator(duplicate_every=9, reorder_every=7) as sim:
            cursor, ext = only(sim).current.pair(0, 1, 1)
            start = {"cursor": cursor, "internal_ext": ext, "need_persist_msg_count": "0"}
            async with watch(sim, **start) as viewer:
                await viewer.read_messages(80)
                chats = [
                    pb.ChatMessage.FromString(message.payload)
                    for message in viewer.messages[:80]
                    if message.method == "WebcastChatMessage"
                ]
                lines = [(chat.user.nickname, chat.content) for chat in chats]
                shows.append((viewer.methods[:80], lines))
    assert shows[0] == shows[1]


# --- acks


async def test_good_acks_are_counted() -> None:
    async with simulator() as sim, watch(sim) as viewer:
        await viewer.read_messages(40)
        record = last_record(sim)
        await until(lambda: record.acks_good >= len(viewer.frames))
        assert record.acks_bad == 0
        assert record.acks_wanted == record.acks_good + record.acks_missing


async def test_acks_with_the_headers_internal_ext_are_bad() -> None:
    async with simulator() as sim, watch(sim) as viewer:
        viewer.ack_headers = True
        await viewer.read_messages(20)
        record = last_record(sim)
        await until(lambda: record.acks_bad >= len(viewer.frames))
        assert record.acks_good == 0


async def test_acks_for_unknown_frames_are_bad_and_no_acks_are_missing() -> None:
    async with simulator(ack_every=2, replay=0) as sim, watch(sim) as viewer:
        ack = pb.PushFrame(logid=42, payload_type="ack", payload=b"x")
        await viewer.ws.send(ack.SerializeToString())
        await viewer.ws.send(b"\xff\xff")
        await viewer.ws.send(pb.PushFrame(payload_type="msg").SerializeToString())
        for _ in range(20):
            await viewer.ws.recv()
        record = last_record(sim)
        await until(lambda: record.acks_bad == 1 and record.odd_frames == 2)
        assert record.acks_good == 0
        assert record.acks_missing == record.acks_wanted
        assert 5 <= record.acks_wanted < record.frames


# --- heartbeats and pings


async def test_heartbeats_are_answered_in_whatever_form_they_come() -> None:
    async with simulator(rate=1) as sim, watch(sim) as viewer:
        await viewer.ws.send(HEARTBEAT.decode())
        await viewer.ws.ping(HEARTBEAT)
        await viewer.read_until(lambda: len(viewer.other) == 3)
        assert {frame.payload_type for frame in viewer.other} == {"hb"}
        assert {frame.payload for frame in viewer.other} == {b""}
        assert last_record(sim).heartbeats == 3


async def test_no_heartbeat_is_a_cut() -> None:
    async with simulator(timing=Timing(heartbeat_deadline_s=2)) as sim, watch(sim) as viewer:
        assert await viewer.read_to_end() == 1006
        await until(lambda: last_record(sim).close_cause == "no_heartbeat")


async def test_who_answers_pings_stays() -> None:
    timing = Timing(ping_interval_s=0.05, pong_deadline_s=3)
    async with simulator(timing=timing) as sim, watch(sim) as viewer:
        await viewer.read_until(lambda: last_record(sim).pongs >= 70)
        assert not last_record(sim).close_cause


async def test_who_does_not_answer_pings_is_cut() -> None:
    timing = Timing(ping_interval_s=0.05, pong_deadline_s=2)
    async with simulator(timing=timing) as sim, watch(sim) as viewer:
        record = last_record(sim)
        viewer.ws.transport.pause_reading()
        await until(lambda: record.close_cause == "no_pong")
        assert record.pings > record.pongs
        viewer.ws.transport.resume_reading()
        assert await viewer.read_to_end() == 1006


# --- how connections end


async def test_cuts_have_no_close_handshake() -> None:
    async with simulator() as sim, watch(sim) as viewer:
        await viewer.read_messages(5)
        only(sim).obey(Step(do="cut"))
        assert await viewer.read_to_end() == 1006
        await until(lambda: last_record(sim).close_cause == "cut")


async def test_connections_are_cut_now_and_then() -> None:
    async with simulator() as sim:
        for _ in range(3):
            only(sim).change({"cut_every_s": 0})
            async with watch(sim) as viewer:
                await viewer.read_messages(5)
                only(sim).change({"cut_every_s": 0.1})
                assert await viewer.read_to_end() == 1006
        await until(lambda: len(sim.ledger.closed) == 3)
        assert {record.close_cause for record in sim.ledger.closed} == {"cut"}


@pytest.mark.parametrize("code", [1001, 1012, 1013])
async def test_a_proper_close_carries_its_code(code: int) -> None:
    async with simulator() as sim, watch(sim) as viewer:
        await viewer.read_messages(5)
        only(sim).obey(Step(do="close", code=code))
        assert await viewer.read_to_end() == code


async def test_a_close_frame_comes_before_the_cut() -> None:
    async with simulator() as sim, watch(sim) as viewer:
        await viewer.read_messages(5)
        only(sim).obey(Step(do="close_frame"))
        assert await viewer.read_to_end() == 1006
        assert viewer.other[-1].payload_type == "close"


async def test_a_client_that_leaves_gets_no_close_handshake_either() -> None:
    async with simulator() as sim, watch(sim) as viewer:
        await viewer.read_messages(5)
        await viewer.ws.close()
        assert viewer.ws.close_code == 1006
        await until(lambda: last_record(sim).close_cause == "client")
        assert last_record(sim).closed_ms > 0


# --- continuing


async def test_a_fresh_connection_first_gets_what_was_persisted() -> None:
    async with simulator() as sim:
        room = only(sim)
        await until(lambda: len(room.ledger.sent) >= 60)
        async with watch(sim) as one, watch(sim, need_persist_msg_count="4") as four:
            await one.read()
            await one.read_messages(1)
            await four.read_messages(1)
            assert len(one.responses[0].messages) == 15
            assert len(four.responses[0].messages) == 4
            before = set(sent_ids(room))
            assert {message.msg_id for message in one.responses[0].messages} <= before
        async with watch(sim, need_persist_msg_count="0") as none:
            await none.read_messages(10)
            assert last_record(sim).replayed == 0


async def test_the_pair_continues_exactly_over_many_cuts() -> None:
    async with simulator(rate=500, replay=15) as sim:
        room = only(sim)
        pair: dict[str, str] = {}
        seen: list[int] = []
        for _ in range(10):
            async with watch(sim, **pair) as viewer:
                await viewer.read_messages(60)
                room.obey(Step(do="cut"))
                await viewer.read_to_end()
                pair = viewer.pair
                await until(lambda: not sim.ledger.connections)
                replayed = sim.ledger.closed[-1].replayed
                if seen:
                    assert sim.ledger.closed[-1].resume == "continued"
                    assert set(viewer.msg_ids[:replayed]) <= set(seen)
                seen += viewer.msg_ids[replayed:]
        sent = sent_ids(room)
        start = sent.index(seen[0])
        assert seen == sent[start : start + len(seen)]


async def test_the_header_pair_continues_as_well_as_the_responses() -> None:
    async with simulator() as sim:
        async with watch(sim) as viewer:
            await viewer.read_messages(30)
            headers = {header.key: header.value for header in viewer.frames[-1].headers}
            last = viewer.msg_ids[-1]
        pair = {"cursor": headers["im-cursor"], "internal_ext": headers["im-internal_ext"]}
        async with watch(sim, **pair, need_persist_msg_count="0") as viewer:
            await viewer.read_messages(5)
            sent = sent_ids(only(sim))
            assert viewer.msg_ids[0] == sent[sent.index(last) + 1]
            assert last_record(sim).resume == "continued"


async def test_made_up_pairs_are_accepted_and_start_at_the_end() -> None:
    async with simulator() as sim:
        pair = {
            "cursor": "t-1700000000000_r-1_d-1_u-1_h-1",
            "internal_ext": "internal_src:dim|wss_push_room_id:1|seq:1|wrds_v:7100000000000000000",
        }
        async with watch(sim, **pair) as viewer:
            await viewer.read_messages(5)
            assert last_record(sim).resume == "foreign"


async def test_a_pair_of_another_room_or_broadcast_is_no_pair() -> None:
    async with Simulator(Scenario(rooms=2, rate=200)) as sim:
        first, second = sim.rooms.values()
        await until(lambda: first.current.head > 30 and second.current.head > 30)
        old = first.current
        first.obey(Step(do="next_broadcast"))
        for broadcast in (old, first.current):
            cursor, ext = broadcast.pair(20, 1, 1)
            async with watch(sim, second.room_id, cursor=cursor, internal_ext=ext) as viewer:
                await viewer.read_messages(1)
            assert sim.ledger.of_room(second.web_rid)[-1].resume == "foreign"
        cursor, ext = old.pair(20, 1, 1)
        async with watch(sim, first.room_id, cursor=cursor, internal_ext=ext) as viewer:
            await viewer.read_messages(1)
        assert sim.ledger.of_room(first.web_rid)[-1].resume == "foreign"


@pytest.mark.parametrize(
    "pair",
    [
        {"cursor": f"t-1_r-{'9' * 5000}_d-1_u-1", "internal_ext": "wrds_v:1"},
        {"cursor": "x", "internal_ext": ""},
        {"cursor": "t-1_r-٣_d-1_u-1", "internal_ext": "wrds_v:٣", "need_persist_msg_count": "٣"},
    ],
)
async def test_hostile_parameters_are_no_trouble(pair: dict[str, str]) -> None:
    async with simulator() as sim, watch(sim, **pair) as viewer:
        await viewer.read_messages(1)
        assert last_record(sim).resume == "foreign"


async def test_a_pair_of_polling_continues_on_the_socket() -> None:
    async with simulator() as sim:
        room = only(sim)
        await until(lambda: len(room.ledger.sent) >= 40)
        broadcast = room.current
        cursor, ext = broadcast.pair(10, 1, 2)
        async with watch(sim, cursor=cursor, internal_ext=ext, need_persist_msg_count="0") as late:
            await late.read_messages(40)
            expected = [int(m.msg_id) for m in room.ledger.sent if m.batch > 10]
            assert late.msg_ids == expected[: len(late.msg_ids)]


# --- the end


async def test_the_end_is_told_by_control_3_and_then_only_low_value_messages_flow() -> None:
    async with simulator(timing=Timing(low_value_interval_s=0.05)) as sim, watch(sim) as viewer:
        await viewer.read_messages(20)
        only(sim).obey(Step(do="end"))
        await viewer.read_until(lambda: CONTROL in viewer.methods)
        control = pb.ControlMessage.FromString(viewer.messages[-1].payload)
        assert control.action == 3
        assert control.tips
        end = len(viewer.messages)
        await viewer.read_messages(end + 4)
        assert set(viewer.methods[end:]) == LOW_VALUE
        # The room_id goes on taking connections.
        async with watch(sim) as late:
            await late.read_messages(3)
            assert set(late.methods) <= LOW_VALUE


async def test_a_missed_end_is_still_in_the_log() -> None:
    async with simulator() as sim:
        async with watch(sim) as viewer:
            await viewer.read_messages(20)
            pair = viewer.pair
        only(sim).obey(Step(do="end"))
        async with watch(sim, **pair) as viewer:
            await viewer.read_until(lambda: CONTROL in viewer.methods)


async def test_the_next_broadcast_has_its_own_room_id_and_stream() -> None:
    async with simulator(timing=Timing(low_value_interval_s=0.05)) as sim:
        room = only(sim)
        old = room.room_id
        async with watch(sim) as before:
            await before.read_messages(10)
            room.obey(Step(do="next_broadcast"))
            end = len(before.messages)
            async with watch(sim, room.room_id) as after:
                await after.read_messages(30)
                chat = next(m for m in after.messages if m.method == "WebcastChatMessage")
                assert str(pb.ChatMessage.FromString(chat.payload).common.room_id) == room.room_id
                assert room.room_id != old
            await before.read_until(lambda: set(before.methods[end:]) >= LOW_VALUE)
            assert not set(after.msg_ids) & set(before.msg_ids)


# --- stalls


async def test_a_silent_stall_sends_nothing_until_it_is_over() -> None:
    timing = Timing(ping_interval_s=0.05)
    async with simulator(timing=timing, replay=0) as sim, watch(sim) as viewer:
        await viewer.read_messages(10)
        room, record = only(sim), last_record(sim)
        room.change({"stall": "silent"})
        heartbeats = record.heartbeats
        await viewer.ws.send(HEARTBEAT)
        await until(lambda: record.heartbeats > heartbeats)
        frames, pings, sent = record.frames, record.pings, len(room.ledger.sent)
        await until(lambda: len(room.ledger.sent) >= sent + 30)
        assert record.frames <= frames + 1
        assert record.pings <= pings + 1
        room.change({"stall": "none"})
        await viewer.read_messages(len(viewer.messages) + 40)
        # Nothing is lost to a connection that outlives the stall; hb answers are.
        sent = sent_ids(room)
        start = sent.index(viewer.msg_ids[0])
        assert viewer.msg_ids == sent[start : start + len(viewer.msg_ids)]


async def test_a_heartbeats_only_stall_still_answers_and_pings() -> None:
    timing = Timing(ping_interval_s=0.05)
    async with simulator(timing=timing, stall="heartbeats") as sim, watch(sim) as viewer:
        await viewer.ws.send(HEARTBEAT)
        await viewer.read_until(lambda: len(viewer.other) == 2)
        await until(lambda: last_record(sim).pongs >= 2)
        assert not viewer.messages


async def test_a_low_value_stall_is_cured_by_connecting_again() -> None:
    async with simulator(rate=1000, replay=0) as sim, watch(sim) as viewer:
        await viewer.read_messages(50)
        room = only(sim)
        room.obey(Step(do="stall", stall="low_value"))
        await viewer.read_until(lambda: set(viewer.methods[-6:]) <= LOW_VALUE)
        # Low-value frames do not move the pair past what is held back.
        frozen = viewer.pair["internal_ext"]
        stuck = [r for r in viewer.responses if r.internal_ext == frozen]
        assert sum(len(response.messages) for response in stuck) >= 6
        async with watch(sim, **viewer.pair) as cured:
            await cured.read_messages(200)
            sent = sent_ids(room)
            start = sent.index(stuck[0].messages[-1].msg_id) + 1
            assert cured.msg_ids == sent[start : start + len(cured.msg_ids)]
            assert "WebcastChatMessage" in cured.methods
