"""What a room goes through: broadcasts come and go, names meet, tasks crash, upstream refuses."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from recorded_upstream import (
    REPLAYED,
    WEB_RID,
    Batch,
    RecordedUpstream,
    Sent,
    read_message,
    text,
    whole,
)
from watching import Listener, quick, watching

from relay.config import WatchConfig
from relay.errors import ConfigError, RoomNameError, RoomRefusedError
from relay.hub import RoomState
from relay.room import session
from relay.room.fetcher import Fetcher
from relay.room.retry import BackOff
from relay.webcast.decode import Decoded
from relay.webcast.pb.webcast_pb2 import Response

pytestmark = pytest.mark.recorded

NEXT_ID = "7600000000000000002"


def control(action: int, msg_id: int = 7_650_000_000_000_000_001) -> Batch:
    payload = whole(2, action)
    raw = text(1, "WebcastControlMessage") + text(2, payload) + whole(3, msg_id)
    return Batch((read_message(raw),))


def low_value(msg_id: int) -> Batch:
    raw = text(1, "WebcastRoomStatsMessage") + whole(3, msg_id)
    return Batch((read_message(raw),))


def asked(upstream: RecordedUpstream) -> int:
    return upstream.requests["enter"] + upstream.requests["reflow"]


def end(upstream: RecordedUpstream) -> None:
    upstream.status = "offline"


# Broadcasts


@pytest.mark.parametrize("action", [3, 4])
async def test_a_room_is_followed_from_broadcast_to_broadcast(
    upstream: RecordedUpstream, batches: list[Batch], action: int
) -> None:
    end(upstream)
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        await listener.until_state(RoomState.WAITING)
        upstream.status = "live"
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        end(upstream)
        await upstream.send(control(action))
        await listener.until(lambda: "ended" in listener.states)
        await listener.until_state(RoomState.WAITING)
        upstream.room_id, upstream.status = NEXT_ID, "live"
        upstream.replay = False
        await upstream.until(lambda: len(upstream.connections) == 2)
        await upstream.send(batches[1])
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        stream = manager.streams()[0]
        assert manager.find(NEXT_ID) is manager.find("7600000000000000001") is stream

    assert listener.states == [
        "resolving", "waiting", "connecting", "live", "ended", "waiting", "connecting", "live",
    ]  # fmt: skip
    assert listener.events == upstream.sent_names
    events = [frame for frame in listener.frames if "op" not in frame]
    # Each event has its own broadcast, and offsets run on.
    assert [e["room_id"] for e in events][-len(batches[1].messages) :] == [NEXT_ID] * len(
        batches[1].messages
    )
    assert [e["offset"] for e in events] == list(range(1, len(events) + 1))
    assert upstream.connections[1].query["room_id"] == NEXT_ID
    assert listener.gaps == []


async def test_an_ending_that_was_not_said_is_noticed(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID, policy=quick(doubt_s=0.05)) as (_, listener):
        await upstream.send(batches[0])
        await listener.until_state(RoomState.LIVE)
        end(upstream)
        # The closed room takes the next connection as if nothing were, and repeats old messages.
        await upstream.cut()
        await listener.until(lambda: "ended" in listener.states)

    assert listener.events == upstream.sent_names


async def test_a_next_broadcast_that_has_begun_already_is_entered_at_once(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(batches[0])
        await listener.until_state(RoomState.LIVE)
        upstream.room_id = NEXT_ID
        await upstream.send(control(3))
        await upstream.until(lambda: len(upstream.connections) == 2)
        await upstream.send(batches[1])
        await listener.until(lambda: listener.states[-1:] == ["live"])

    assert listener.states[1:] == ["connecting", "live", "ended", "connecting", "live"]


async def test_an_ending_that_upstream_denies_is_none(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(batches[0])
        await upstream.send(control(3))
        before = asked(upstream)
        await upstream.until(lambda: asked(upstream) >= before + 3)
        await upstream.send(batches[1])
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert listener.states == ["resolving", "connecting", "live"]
    assert len(upstream.connections) == 1


@pytest.mark.parametrize("action", [1, 2])
async def test_pause_and_resume_are_no_ending(
    upstream: RecordedUpstream, batches: list[Batch], action: int
) -> None:
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(control(action))
        before = asked(upstream)
        await upstream.send(batches[1])
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert asked(upstream) == before


async def test_unknown_is_no_ending_and_the_connection_stays(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(batches[0])
        await listener.until_state(RoomState.LIVE)
        upstream.status = upstream.reflow = "empty"
        await upstream.send(control(3))
        before = upstream.requests["reflow"]
        await upstream.until(lambda: upstream.requests["reflow"] >= before + 5)
        await upstream.send(batches[1])
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        assert listener.states == ["resolving", "connecting", "live"]
        # Once it is known again, the ending is reported.
        end(upstream)
        await listener.until(lambda: "ended" in listener.states)

    assert len(upstream.connections) == 1


async def test_one_way_of_asking_makes_up_for_another(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    """web/enter is refused and the page too; the broadcast itself can be asked about."""
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(batches[0])
        await listener.until_state(RoomState.LIVE)
        upstream.status = "empty"
        upstream.room_id = NEXT_ID
        await upstream.send(control(3))
        await listener.until(lambda: "ended" in listener.states)


async def test_a_room_that_is_refused_is_blocked_neither_live_nor_offline(
    upstream: RecordedUpstream,
) -> None:
    upstream.status = "empty"
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        await listener.until_state(RoomState.BLOCKED)
        assert manager.streams()[0].status.reason == "empty_body"
        upstream.status = "live"
        await upstream.connected()

    assert listener.states[:2] == ["blocked", "connecting"]


async def test_a_handshake_that_is_refused_for_good_is_blocked(
    upstream: RecordedUpstream,
) -> None:
    upstream.block_handshakes = True
    async with watching(upstream.config(transport="socket"), WEB_RID) as (manager, listener):
        await listener.until_state(RoomState.BLOCKED)
        status = manager.streams()[0].status

    assert (status.reason, status.transport) == ("device_blocked", "")


async def test_a_socket_that_is_taken_and_dropped_is_made_up_for_by_polling(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    upstream.drop_connections = True
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        await upstream.until(lambda: len(upstream.connections) == 2)
        upstream.sent.extend(batches[0].messages)
        await listener.until(lambda: bool(listener.events))
        assert manager.streams()[0].status.transport == "poll"


# Stalls


async def test_a_connection_without_messages_is_given_up(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    policy = quick(heartbeats_only_s=0.3)
    async with watching(upstream.config(transport="socket"), WEB_RID, policy=policy) as (
        manager,
        _,
    ):
        await upstream.send(batches[0])
        await upstream.until(lambda: len(upstream.connections) == 2)
        assert set(manager.streams()[0].counters.reconnects) == {"heartbeats_only"}


async def test_a_connection_with_messages_that_prove_nothing_is_given_up_if_the_room_is_live(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    policy = quick(low_value=BackOff(0.2, 0.2))
    async with watching(upstream.config(transport="socket"), WEB_RID, policy=policy) as (
        manager,
        listener,
    ):
        await upstream.send(batches[0])
        before = asked(upstream)
        number = 1
        while len(upstream.connections) < 2:
            await upstream.send(low_value(number))
            number += 1
            await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        assert set(manager.streams()[0].counters.reconnects) == {"low_value_only"}
        # The room was asked first.
        assert asked(upstream) > before


async def test_messages_that_closed_rooms_send_do_not_hide_the_ending(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    policy = quick(low_value=BackOff(0.1, 0.1))
    async with watching(upstream.config(), WEB_RID, policy=policy) as (_, listener):
        await upstream.send(batches[0])
        await listener.until_state(RoomState.LIVE)
        end(upstream)
        number = 1
        while "ended" not in listener.states:
            await upstream.send(low_value(number))
            number += 1
            await listener.until(
                lambda: len(listener.events) >= len(upstream.sent) or "ended" in listener.states
            )


# Losses


async def test_a_long_break_without_anything_repeated_is_announced(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    upstream.replay = False
    policy = quick(replay_covers_s=0.0)
    async with watching(upstream.config(), WEB_RID, policy=policy) as (_, listener):
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        await upstream.cut()
        await upstream.send(batches[1])
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    kinds = [frame.get("op", "event") for frame in listener.frames if frame.get("op") != "room"]
    # It stands where the loss may be: after what came before the break.
    first_batch, second_batch = len(batches[0].messages), len(batches[1].messages)
    assert kinds == ["event"] * first_batch + ["gap"] + ["event"] * second_batch
    assert listener.gaps == ["upstream_reconnect"]


async def test_a_short_break_with_the_position_kept_is_not(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    upstream.replay = False
    async with watching(upstream.config(), WEB_RID) as (_, listener):
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        await upstream.cut()
        await upstream.send(batches[1])
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert listener.gaps == []


# Names and holders


async def test_two_names_of_one_room_become_one(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID, upstream.room_id) as (manager, listener):
        await listener.until(lambda: bool(listener.moved_to))
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        assert len(manager.streams()) == 1
        stream = manager.streams()[0]
        assert manager.find(WEB_RID) is manager.find(upstream.room_id) is stream
        assert manager.find(f"https://live.douyin.com/{WEB_RID}?from=x") is stream

    assert listener.events == upstream.sent_names
    assert len(upstream.connections) == 1


async def test_a_room_on_demand_lingers_and_stops(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config()) as (manager, listener):
        stream = manager.acquire(WEB_RID)
        assert manager.acquire(f"https://live.douyin.com/{WEB_RID}") is stream
        listener.listen(stream)
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        manager.release(stream)
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))
        assert listener.ended_with == []
        manager.release(stream)
        await listener.until(lambda: listener.ended_with == ["idle"])
        assert manager.streams() == []
        assert manager.find(WEB_RID) is None
        await upstream.until(lambda: upstream.open is None)


async def test_a_room_taken_up_again_while_it_lingers_goes_on(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    watch = WatchConfig(status_poll_s=0.02, linger_s=60.0, max_rooms=1)
    async with watching(upstream.config(), watch=watch) as (manager, listener):
        stream = manager.acquire(WEB_RID)
        manager.release(stream)
        assert manager.acquire(WEB_RID) is stream
        with pytest.raises(RoomRefusedError, match="max_rooms"):
            manager.acquire("650000000009")
        manager.release(stream)
        # A room that nobody holds and that isn't live makes way.
        listener.listen(stream)
        assert manager.acquire("650000000009") is not stream
        await listener.until(lambda: listener.ended_with == ["idle"])


async def test_a_live_room_that_lingers_does_not_make_way(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    watch = WatchConfig(status_poll_s=0.02, linger_s=60.0, max_rooms=2)
    async with watching(upstream.config(), watch=watch) as (manager, listener):
        stream = manager.acquire(WEB_RID)
        listener.listen(stream)
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        manager.release(stream)
        # Its clients poll, and come back; who asked for what isn't there does so, too.
        for name in ("650000000007", "650000000008", "650000000009"):
            manager.release(manager.acquire(name))
            assert manager.find(WEB_RID) is stream
        manager.acquire("650000000009")
        with pytest.raises(RoomRefusedError, match="max_rooms"):
            manager.acquire("650000000010")


async def test_a_room_that_was_added_stays_until_it_is_removed(
    upstream: RecordedUpstream,
) -> None:
    async with watching(upstream.config()) as (manager, listener):
        stream = manager.acquire(WEB_RID)
        assert manager.add(WEB_RID) is stream
        manager.release(stream)
        listener.listen(stream)
        connection = await upstream.connected()
        assert manager.find(WEB_RID) is stream
        assert manager.remove(WEB_RID)
        assert listener.ended_with == ["removed"]
        assert not manager.remove(WEB_RID)
        await upstream.until(lambda: upstream.open is not connection)
        # The server may still give up what the clients held.
        manager.release(stream)


async def test_a_room_that_upstream_does_not_know_ends_on_demand_and_stays_configured(
    upstream: RecordedUpstream,
) -> None:
    missing = "650000000404"
    async with watching(upstream.config(), missing) as (manager, listener):
        await listener.until_state(RoomState.ERROR)
        assert manager.streams()[0].status.reason == "not_found"
        other = manager.acquire("650000000405")
        listener.listen(other)
        await listener.until(lambda: listener.ended_with == ["not_found"])
        assert [stream.status.name for stream in manager.streams()] == [missing]


async def test_one_answer_that_a_room_is_unknown_is_doubted(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    upstream.status = "not_found"
    async with watching(upstream.config(), WEB_RID, policy=quick(missing_answers=10**9)) as (
        _,
        listener,
    ):
        await upstream.until(lambda: upstream.requests["enter"] >= 2)
        upstream.status = "live"
        await upstream.send(batches[0])
        await listener.until_state(RoomState.LIVE)

    assert listener.states == ["resolving", "connecting", "live"]


async def test_a_room_that_was_there_is_waited_for_however_often_upstream_denies_it(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    end(upstream)
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        await listener.until_state(RoomState.WAITING)
        upstream.status, upstream.reflow = "not_found", "empty"
        stream = manager.streams()[0]
        await listener.until(lambda: stream.status.reason == "not_found")
        assert stream.status.state is RoomState.WAITING
        upstream.status = "live"
        await upstream.send(batches[0])
        await listener.until_state(RoomState.LIVE)


async def test_names_and_limits_are_refused_in_words(upstream: RecordedUpstream) -> None:
    watch = WatchConfig(on_demand=False)
    async with watching(upstream.config(), "650000000404", watch=watch) as (manager, listener):
        await listener.until_state(RoomState.ERROR)
        with pytest.raises(RoomNameError, match="names no room"):
            manager.acquire("no such room")
        with pytest.raises(RoomRefusedError, match="on_demand is off"):
            manager.acquire(WEB_RID)
        assert manager.find(WEB_RID) is None
    with pytest.raises(RoomRefusedError, match="stopping"):
        manager.add(WEB_RID)
    with pytest.raises(ConfigError, match=r"rooms\[0\]\.room"):
        async with watching(upstream.config(), "no such room"):
            pass
    with pytest.raises(ConfigError, match=r"watch\.max_rooms"):
        async with watching(upstream.config(), "1", "2", watch=WatchConfig(max_rooms=1)):
            pass


async def test_rooms_asked_for_before_the_manager_runs_are_watched(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    # `watching` asks for the configured rooms before its task has had a turn.
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        assert manager.streams()[0].status.state is RoomState.RESOLVING
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))


# Crashes


async def test_a_crash_costs_its_room_only_and_is_retried(
    upstream: RecordedUpstream, batches: list[Batch], monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = Fetcher._follow
    crashes = 0

    async def crash_thrice(self: Fetcher, *args: object) -> object:
        nonlocal crashes
        if self._name.value == WEB_RID and crashes < 3:
            crashes += 1
            raise ZeroDivisionError("a bug")
        return await follow(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Fetcher, "_follow", crash_thrice)
    async with watching(upstream.config(), WEB_RID, "650000000404") as (manager, listener):
        await upstream.send(batches[0])
        await listener.until(lambda: bool(listener.events))
        tasks = {task.get_name() for task in asyncio.all_tasks()}
        other = manager.find("650000000404")
        assert other is not None

    assert crashes == 3
    assert "error" in listener.states
    assert {f"room:{WEB_RID}", "room:650000000404"} <= tasks
    assert other.status.reason == "not_found"


class Crashes:
    """Makes rooms crash at Responses that a test chooses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.at: Callable[[Response], bool] = lambda _response: False
        self._decode = session.decode_response
        monkeypatch.setattr(session, "decode_response", self._crash_or_decode)

    def _crash_or_decode(self, response: Response, **context: Any) -> list[Decoded]:
        if self.at(response):
            self.count += 1
            raise ZeroDivisionError("a bug")
        return self._decode(response, **context)


@pytest.fixture
def crashes(monkeypatch: pytest.MonkeyPatch) -> Crashes:
    return Crashes(monkeypatch)


def more_than_repeated(batches: list[Batch]) -> list[Sent]:
    messages = [message for batch in batches[1:30] for message in batch.messages]
    assert len(messages) > REPLAYED
    return messages


async def test_a_crash_in_the_middle_of_a_broadcast_loses_nothing(
    upstream: RecordedUpstream, batches: list[Batch], crashes: Crashes
) -> None:
    async with watching(upstream.config(transport="poll"), WEB_RID) as (_, listener):
        upstream.sent.extend(batches[0].messages)
        await listener.until(lambda: bool(listener.events))
        crashes.at = lambda _response: crashes.count == 0
        upstream.sent.extend(more_than_repeated(batches))
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert crashes.count == 1
    assert listener.events == upstream.sent_names
    assert listener.gaps == []


async def test_what_a_crash_loses_is_announced(
    upstream: RecordedUpstream, batches: list[Batch], crashes: Crashes
) -> None:
    policy = quick(replay_covers_s=0.0)
    config = upstream.config(transport="poll")
    async with watching(config, WEB_RID, policy=policy) as (_, listener):
        upstream.sent.extend(batches[0].messages)
        await listener.until(lambda: bool(listener.events))
        before = listener.events
        crashes.at = lambda _response: crashes.count == 0
        upstream.honour_cursors = False
        upstream.sent.extend(more_than_repeated(batches))
        await listener.until(lambda: listener.events[-1:] == upstream.sent_names[-1:])

    assert listener.events == before + upstream.sent_names[-REPLAYED:]
    assert listener.gaps == ["upstream_reconnect"]


async def test_a_position_that_brings_the_crash_back_is_left(
    upstream: RecordedUpstream, batches: list[Batch], crashes: Crashes
) -> None:
    # A crash within the cap after the last one counts as the next.
    policy = quick(crash=BackOff(0.005, 60.0))
    config = upstream.config(transport="poll")
    async with watching(config, WEB_RID, policy=policy) as (_, listener):
        upstream.sent.extend(batches[0].messages)
        await listener.until(lambda: bool(listener.events))
        before = listener.events
        crashes.at = lambda response: len(response.messages) > REPLAYED
        upstream.sent.extend(more_than_repeated(batches))
        await listener.until(lambda: listener.events[-1:] == upstream.sent_names[-1:])

    assert crashes.count == 2
    assert listener.events == before + upstream.sent_names[-REPLAYED:]
    assert listener.gaps == ["upstream_reconnect"]


async def test_a_broadcast_that_was_not_over_is_taken_up_where_it_was(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(transport="poll"), WEB_RID) as (_, listener):
        upstream.sent.extend(batches[0].messages)
        await listener.until(lambda: bool(listener.events))
        end(upstream)
        upstream.sent.extend(control(3).messages)
        await listener.until_state(RoomState.WAITING)
        upstream.sent.extend(more_than_repeated(batches))
        upstream.status = "live"
        await listener.until(lambda: len(listener.events) >= len(upstream.sent))

    assert "ended" in listener.states
    assert listener.events == upstream.sent_names
    assert listener.gaps == []


async def test_a_room_can_be_removed_in_the_middle_of_a_broadcast(
    upstream: RecordedUpstream, batches: list[Batch]
) -> None:
    async with watching(upstream.config(), WEB_RID) as (manager, listener):
        for batch in batches[:20]:
            await upstream.send(batch)
        await listener.until(lambda: bool(listener.events))
        manager.remove(WEB_RID)
        heard = len(listener.events)
        stream = manager.add(WEB_RID)
        again = Listener(manager._hub)
        again.listen(stream)
        await upstream.until(lambda: len(upstream.connections) == 2)
        await again.until(lambda: bool(again.events))
        assert len(listener.events) == heard
        again.stop()
